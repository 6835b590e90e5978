// A pool's blocks on one thread.

#include <weir/block.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace {

void take_and_give(benchmark::State& state) {
  const auto held = static_cast<std::size_t>(state.range(0));
  weir::block_pool pool(weir::k_block_size, held * (weir::k_block_size + 4096));
  std::vector<weir::block> some(held);
  for (auto _ : state) {
    for (weir::block& b : some) { b = pool.try_take(); }
    for (weir::block& b : some) {
      if (!b) { return state.SkipWithError("the pool had no block"); }
      b.reset();
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(take_and_give)->Name("block: take, give back; held at a time")->Arg(1)->Arg(16);

void share(benchmark::State& state) {
  weir::block_pool pool(weir::k_block_size, 2 * weir::k_block_size);
  const weir::block one = pool.try_take();
  if (!one) { return state.SkipWithError("the pool had no block"); }
  for (auto _ : state) { benchmark::DoNotOptimize(one.share()); }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(share)->Name("block: share, drop");

} // namespace
