// counted FORM ITEMS: a fixed chain for bench/instructions, alone in its process: four trivial stages behind queues of 1024.
//   plain      as it comes: every stage keeps its account, nobody looks at it
//   observed   with an observer for each kind of event of each stage
// Prints the sum, and for `observed` how many turns moved items.

#include <weir/weir.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

namespace {

using number = std::uint64_t;

weir::plan chain(number items, number& sum) {
  weir::pipe<void, number> made = weir::iota<number>(0, items) | weir::edge(1024);
  for (int s = 0; s < 4; ++s) {
    made = made | weir::map([](number x) { return x * 3 + 1; }) | weir::edge(1024);
  }
  return made | weir::for_each([&sum](number x) { sum += x; });
}

} // namespace

int main(int count, char** words) {
  if (count != 3) { return 2; }
  const std::string form = words[1];
  number sum = 0;
  number turns = 0;
  weir::plan plan = chain(std::stoull(words[2]), sum);
  if (form == "observed") {
    for (const weir::event what : {weir::event::pause, weir::event::drain, weir::event::resume, weir::event::end,
                                   weir::event::finish, weir::event::close, weir::event::error}) {
      plan.on(what, [](const weir::event_info&) {});
    }
    plan.on(weir::event::data, [&turns](const weir::event_info&) { ++turns; });
  }
  weir::engine one(1); // one thread: what others do while they look for work is not counted
  plan.run({}, one);
  std::printf("%llu %llu\n", static_cast<unsigned long long>(sum), static_cast<unsigned long long>(turns));
}
