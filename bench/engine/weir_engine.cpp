#include "bench/engine/workload.hpp"

#include <weir/weir.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

namespace bench::engine {

namespace {

using pipe = weir::pipe<void, std::uint64_t>;

std::uint64_t sum_of(pipe made, weir::engine& where = weir::engine::shared()) {
  std::uint64_t sum = 0;
  (std::move(made) | weir::for_each([&sum](std::uint64_t x) { sum += x; })).run({}, where);
  return sum;
}

weir::engine& one_thread() {
  static weir::engine only(1);
  return only;
}

weir::task pass(weir::inlet<std::uint64_t> in, weir::outlet<std::uint64_t> out) {
  while (const auto x = co_await in.pop()) {
    if (!co_await out.push(step(*x))) { co_return; }
  }
}

pipe numbers(std::uint64_t items) { return weir::iota<std::uint64_t>(0, items) | weir::edge(1024); }

} // namespace

std::uint64_t weir_fused(std::uint64_t items) {
  std::uint64_t sum = 0;
  const auto one = weir::map([](std::uint64_t x) { return mix(x); });
  (weir::iota<std::uint64_t>(0, items) | one | one | one | one | weir::for_each([&sum](std::uint64_t x) {
     sum += x;
   })).run();
  return sum;
}

std::uint64_t weir_filtered(std::uint64_t items) {
  std::uint64_t sum = 0;
  (weir::iota<std::uint64_t>(0, items) | weir::map([](std::uint64_t x) { return mix(x); }) |
   weir::filter([](std::uint64_t x) { return x % 2 == 0; }) | weir::map([](std::uint64_t x) { return mix(x); }) |
   weir::filter([](std::uint64_t x) { return x % 3 == 1; }) | weir::for_each([&sum](std::uint64_t x) {
     sum += x;
   })).run();
  return sum;
}

std::uint64_t weir_stages(std::uint64_t items, std::size_t stages) { return weir_light(items, stages, one_thread()); }

std::uint64_t weir_coroutines(std::uint64_t items, std::size_t stages) {
  pipe made = numbers(items);
  for (; stages > 0; --stages) { made = made | weir::stage("pass", pass) | weir::edge(1024); }
  return sum_of(made, one_thread());
}

std::uint64_t weir_light(std::uint64_t items, std::size_t stages, weir::engine& where) {
  pipe made = numbers(items);
  for (; stages > 0; --stages) {
    made = made | weir::map([](std::uint64_t x) { return step(x); }) | weir::edge(1024);
  }
  return sum_of(made, where);
}

std::uint64_t weir_heavy(std::uint64_t items, const chain_work& work, weir::engine& where) {
  struct item {
    std::uint64_t at, value;
  };
  weir::pipe<void, item> made = weir::iota<std::uint64_t>(0, items) | weir::map([](std::uint64_t x) {
                                  return item{x, x};
                                }) |
                                weir::edge(1024);
  for (std::size_t s = 0; s < work.turns.size(); ++s) {
    const auto stage = weir::map([turns = work.turns[s]](item x) { return item{x.at, heavy(x.value, turns)}; });
    if (s == work.farmed) {
      made = made | weir::parallel(0, stage) | weir::edge(1024);
    } else {
      made = made | stage | weir::edge(1024);
    }
  }
  std::uint64_t sum = 0;
  std::uint64_t next = 0;
  (made | weir::for_each([&](const item& x) {
     if (x.at != next++) { throw std::runtime_error("weir: out of order"); }
     sum += x.value;
   })).run({}, where);
  return sum;
}

std::uint64_t weir_heavy(std::uint64_t items, const chain_work& work) {
  return weir_heavy(items, work, weir::engine::shared());
}

} // namespace bench::engine
