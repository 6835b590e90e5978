// Stages on an engine of one thread, CPU time of the process: what an item costs in an operator, at a queue between stages, at one
// between coroutines, in a hub. Runs are long, so that their start does not count.

#include <weir/hub.hpp>
#include <weir/weir.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace {

using number = std::uint64_t;
using pipe = weir::pipe<void, number>;
constexpr std::int64_t k_items = 1'000'000;
constexpr std::size_t k_stages = 8; // and a queue before each and behind the last

weir::engine& one_thread() {
  static weir::engine only(1);
  return only;
}
auto numbers() { return weir::iota<number>(0, k_items); }
// What the compiler cannot turn into a closed form.
number mix(number x) noexcept { return (x ^ x >> 7) * 3 + 1; }
auto mixed() { // a lambda: a pointer to the function would be called, not inlined
  return weir::map([](number x) { return mix(x); });
}

// The plan that `make(sum)` gives must sum up to what the first run did; `each`: what counts as an item.
template <class Make>
void run(benchmark::State& state, std::int64_t each, Make make) {
  number first = 0;
  make(first).run({}, one_thread());
  for (auto _ : state) {
    number sum = 0;
    make(sum).run({}, one_thread());
    if (sum != first) { return state.SkipWithError("wrong answer"); }
  }
  state.SetItemsProcessed(state.iterations() * each);
}
auto into(number& sum) {
  return weir::for_each([&sum](number x) { sum += x; });
}

void nothing(benchmark::State& state) {
  run(state, k_items, [](number& sum) { return numbers() | into(sum); });
}
void fused_map(benchmark::State& state) {
  run(state, k_items, [](number& sum) { return numbers() | mixed() | into(sum); });
}
void fused_map_filter(benchmark::State& state) {
  run(state, k_items,
      [](number& sum) { return numbers() | mixed() | weir::filter([](number x) { return x % 2 == 0; }) | into(sum); });
}
void queues(benchmark::State& state) {
  run(state, k_items * (k_stages + 1), [](number& sum) {
    pipe made = numbers() | weir::edge(1024);
    for (std::size_t s = 0; s < k_stages; ++s) { made = made | mixed() | weir::edge(1024); }
    return made | into(sum);
  });
}

weir::task pass(weir::inlet<number> in, weir::outlet<number> out) {
  while (const auto x = co_await in.pop()) {
    if (!co_await out.push(mix(*x))) { co_return; }
  }
}
void coroutines(benchmark::State& state) {
  run(state, k_items * (k_stages + 1), [](number& sum) {
    pipe made = numbers() | weir::edge(1024);
    for (std::size_t s = 0; s < k_stages; ++s) { made = made | weir::stage("pass", pass) | weir::edge(1024); }
    return made | into(sum);
  });
}

void hub(benchmark::State& state) {
  const auto branches = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::vector<number> sums(branches, 0);
    weir::hub<number> where;
    for (number& sum : sums) { (void)where.attach(into(sum)); }
    (numbers() | weir::edge(1024) | where.sink()).run({}, one_thread());
    for (const number sum : sums) {
      if (sum != number{k_items} * (k_items - 1) / 2) { return state.SkipWithError("wrong answer"); }
    }
  }
  state.SetItemsProcessed(state.iterations() * k_items);
}

BENCHMARK(nothing)->Name("stage: source and sink, fused")->MeasureProcessCPUTime();
BENCHMARK(fused_map)->Name("stage: source, map, sink, fused")->MeasureProcessCPUTime();
BENCHMARK(fused_map_filter)->Name("stage: source, map, filter, sink, fused")->MeasureProcessCPUTime();
BENCHMARK(queues)->Name("stage: a map behind a queue")->MeasureProcessCPUTime();
BENCHMARK(coroutines)->Name("stage: a coroutine behind a queue")->MeasureProcessCPUTime();
BENCHMARK(hub)->Name("stage: hub; branches")->Arg(1)->Arg(2)->MeasureProcessCPUTime();

} // namespace
