#include "bench/engine/workload.hpp"

#include <weir/weir.hpp>

#include <stdexcept>
#include <utility>

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

std::uint64_t weir_stages(std::uint64_t items, std::size_t stages) {
  pipe made = numbers(items);
  for (; stages > 0; --stages) {
    made = made | weir::map([](std::uint64_t x) { return step(x); }) | weir::edge(1024);
  }
  return sum_of(made, one_thread());
}

std::uint64_t weir_coroutines(std::uint64_t items, std::size_t stages) {
  pipe made = numbers(items);
  for (; stages > 0; --stages) { made = made | weir::stage("pass", pass) | weir::edge(1024); }
  return sum_of(made, one_thread());
}

std::uint64_t weir_heavy(std::uint64_t items, std::size_t stages, std::uint64_t turns) {
  pipe made = numbers(items);
  for (; stages > 0; --stages) {
    made = made | weir::map([turns](std::uint64_t x) { return heavy(x, turns); }) | weir::edge(1024);
  }
  return sum_of(made);
}

std::uint64_t weir_farm(std::uint64_t items, std::uint64_t turns) {
  struct result {
    std::uint64_t at, value;
  };
  std::uint64_t sum = 0;
  std::uint64_t next = 0;
  const auto work = weir::map([turns](std::uint64_t x) { return result{x, heavy(x, turns)}; });
  (weir::iota<std::uint64_t>(0, items) | weir::parallel(0, work) | weir::for_each([&](const result& r) {
     if (r.at != next++) { throw std::runtime_error("weir: out of order"); }
     sum += r.value;
   })).run();
  return sum;
}

std::uint64_t weir_many(std::size_t pipelines, std::uint64_t items) {
  std::vector<std::uint64_t> sums(pipelines, 0);
  std::vector<weir::run> runs;
  runs.reserve(pipelines);
  for (std::uint64_t& sum : sums) {
    runs.push_back((numbers(items) | weir::map([](std::uint64_t x) { return step(x); }) | weir::edge(1024) |
                    weir::for_each([&sum](std::uint64_t x) {
                      sum += x;
                    })).start());
  }
  std::uint64_t all = 0;
  for (std::size_t p = 0; p < pipelines; ++p) {
    runs[p].wait();
    all += sums[p];
  }
  return all;
}

void weir_start() {
  if (weir_many(1, 1) != step(0)) { throw std::runtime_error("weir: wrong answer"); }
}

} // namespace bench::engine
