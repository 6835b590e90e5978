// hub: branches come and go while the run is under way. What was before goes to the old, what is after to the new.
// In Node: readable.pipe(a); … readable.unpipe(a); readable.pipe(b).
#include <weir/weir.hpp>

#include <cstdio>
#include <vector>

int main() {
  weir::feed<int> feed(64);
  weir::hub<int> hub;
  std::vector<int> morning;
  std::vector<int> evening;

  weir::branch_handle first = hub.attach(weir::into(morning));
  weir::run run = (feed.source() | hub.sink()).start();

  for (int x = 0; x < 50'000; ++x) { feed.push(x); } // waits where the branch is behind
  first.detach();
  const weir::report of_first = first.wait(); // it has let out what it was given; the source stands still now
  weir::branch_handle second = hub.attach(weir::into(evening));
  for (int x = 50'000; x < 100'000; ++x) { feed.push(x); }
  feed.finish();
  run.wait(); // over when its branches are

  std::printf("the first branch saw all that it was given: %d\n",
              of_first.stages.back().items_consumed == morning.size());
  std::printf("nothing lost, nothing twice: %d\n", morning.size() + evening.size() == 100'000 &&
                                                       morning.back() + 1 == evening.front() &&
                                                       evening.back() == 99'999);
}
