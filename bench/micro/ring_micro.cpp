// A ring and a bare edge on one thread: what the instructions cost when no line travels. An item is pushed and popped.

#include <weir/cursor.hpp>
#include <weir/edge.hpp>
#include <weir/spsc_ring.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>

namespace {

constexpr std::size_t k_capacity = 1024;

using ring = weir::spsc_ring<std::uint64_t>;

// The sum of what came out, checked against what went in.
void verify(benchmark::State& state, std::uint64_t pushed, std::uint64_t sum) {
  if (sum != pushed * (pushed - 1) / 2) { state.SkipWithError("wrong answer"); }
  state.SetItemsProcessed(static_cast<std::int64_t>(pushed));
}

void spans(benchmark::State& state) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  ring r(k_capacity);
  std::uint64_t next = 0, sum = 0;
  for (auto _ : state) {
    for (std::size_t left = batch; left > 0;) {
      const auto room = r.reserve(left);
      for (std::uint64_t& x : room) { std::construct_at(&x, next++); }
      r.commit(room.size());
      left -= room.size();
    }
    for (auto some = r.peek(batch); !some.empty(); some = r.peek(batch)) {
      for (const std::uint64_t x : some) { sum += x; }
      r.release(some.size());
    }
  }
  verify(state, next, sum);
}
BENCHMARK(spans)->Name("ring: spans")->Arg(1)->Arg(64)->Arg(256);

void one_by_one(benchmark::State& state) {
  ring r(k_capacity);
  std::uint64_t next = 0, sum = 0;
  for (auto _ : state) {
    for (int i = 0; i < 64; ++i) { (void)r.try_push(next++); }
    while (const auto x = r.try_pop()) { sum += *x; }
  }
  verify(state, next, sum);
}
BENCHMARK(one_by_one)->Name("ring: try_push, try_pop");

void cursors(benchmark::State& state) {
  ring r(k_capacity);
  std::uint64_t next = 0, sum = 0;
  weir::push_cursor to(r);
  weir::pop_cursor from(r);
  for (auto _ : state) {
    for (int i = 0; i < 256; ++i) { (void)to.try_push(next++); }
    to.flush();
    while (const std::uint64_t* const x = from.next()) { sum += *x; }
  }
  verify(state, next, sum);
}
BENCHMARK(cursors)->Name("ring: push_cursor, pop_cursor");

template <class Push>
void through_edge(benchmark::State& state, Push push) {
  weir::typed_edge<std::uint64_t> e(weir::edge_options{.capacity = k_capacity}.resolved(k_capacity));
  std::uint64_t next = 0, sum = 0;
  for (auto _ : state) {
    for (int i = 0; i < 64; ++i) { push(e, next++); }
    e.flush_out();
    for (const std::uint64_t* x = e.front(); x != nullptr; x = e.front()) {
      sum += *x;
      e.next();
    }
  }
  verify(state, next, sum);
}
void offers(benchmark::State& state) {
  through_edge(state, [](auto& e, std::uint64_t x) { benchmark::DoNotOptimize(e.offer(x)); });
}
BENCHMARK(offers)->Name("edge: offer, front");
void pushes(benchmark::State& state) {
  through_edge(state, [](auto& e, std::uint64_t x) { benchmark::DoNotOptimize(e.try_push(x)); });
}
BENCHMARK(pushes)->Name("edge: try_push, front");

} // namespace
