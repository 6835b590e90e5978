// hub: branches come and go while the run is under way. What was before goes to the old, what is after to the new.
// In Node: readable.pipe(a); … readable.unpipe(a); readable.pipe(b).
#include <weir/weir.hpp>

#include <atomic>
#include <cstdio>
#include <vector>

int main() {
  weir::hub<int> hub;
  std::vector<int> morning;
  std::vector<int> evening;
  std::atomic<int> seen{0};

  weir::branch_handle first = hub.attach(weir::for_each([&](int x) {
    morning.push_back(x);
    seen = x;
    seen.notify_one();
  }));
  weir::run run = (weir::iota(0, 100'000) | weir::edge(64) | hub.sink()).start();

  seen.wait(0); // until the first branch has had something
  first.detach();
  const weir::report of_first = first.wait(); // it has let out what it was given; the source stands still now
  weir::branch_handle second = hub.attach(weir::into(evening));
  run.wait(); // over when its branches are

  std::printf("the first branch saw all that it was given: %d\n",
              of_first.stages.back().items_consumed == morning.size());
  std::printf("nothing lost, nothing twice: %d\n", morning.size() + evening.size() == 100'000 &&
                                                       morning.back() + 1 == evening.front() &&
                                                       evening.back() == 99'999);
}
