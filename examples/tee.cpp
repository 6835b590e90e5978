// tee: every branch gets every item; the results of two are put together again.
#include <weir/weir.hpp>

#include <cstdio>
#include <string>
#include <tuple>

int main() {
  // Three branches that end in sinks: no join. The slowest governs how fast all of them run.
  long sum = 0;
  long even = 0;
  long largest = 0;
  (weir::iota(1, 1001) |
   weir::tee(weir::for_each([&](int x) { sum += x; }),
             weir::filter([](int x) { return x % 2 == 0; }) | weir::for_each([&](int) { ++even; }),
             weir::edge(16) | weir::for_each([&](int x) { largest = x; }))) // this branch's queue holds 16
      .run();
  std::printf("sum %ld, %ld even, last %ld\n", sum, even, largest);

  // Two branches whose results meet again, one of each.
  const auto words = weir::map([](int x) { return std::string(static_cast<std::size_t>(x), '*'); });
  (weir::iota(1, 4) | weir::tee(weir::items<int>(), words) | weir::zip() |
   weir::for_each([](const std::tuple<int, std::string>& pair) {
     std::printf("%d %s\n", std::get<0>(pair), std::get<1>(pair).c_str());
   })).run();

  // Branches that may hold items back would lock each other up: refused before the start, with the edge's name.
  const auto some = weir::filter([](int x) { return x > 2; });
  try {
    (weir::iota(1, 4) | weir::tee(weir::items<int>(), some) | weir::zip() | weir::for_each([](const auto&) {})).run();
  } catch (const weir::plan_error&) { std::printf("refused: zip() may wait for ever\n"); }
}
