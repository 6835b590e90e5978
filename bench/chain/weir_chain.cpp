#include "bench/chain/workload.hpp"

#include <weir/weir.hpp>

namespace bench::chain {

namespace {

weir::pipe<void, std::uint64_t> with_stages(weir::pipe<void, std::uint64_t> so_far, std::size_t n,
                                            std::size_t capacity) {
  for (; n > 0; --n) {
    so_far = so_far | weir::map([](std::uint64_t x) { return step(x); }) | weir::edge(capacity);
  }
  return so_far;
}

} // namespace

std::uint64_t run_weir(std::uint64_t items, std::size_t stages, std::size_t capacity) {
  std::uint64_t sum = 0;
  const weir::plan plan = with_stages(weir::iota<std::uint64_t>(0, items) | weir::edge(capacity), stages, capacity) |
                          weir::for_each([&sum](std::uint64_t x) { sum += x; });
  plan.run();
  return sum;
}

} // namespace bench::chain
