// oneTBB parallel_pipeline, 1024 tokens: one item a token with serial filters, and 256 items a token with parallel ones.

#include "bench/chain/workload.hpp"

#include <oneapi/tbb/parallel_pipeline.h>

#include <array>
#include <memory>

namespace bench::chain {

namespace {

constexpr std::size_t k_tokens = 1024;
constexpr std::size_t k_batch = 256;

struct batch {
  std::array<std::uint64_t, k_batch> items;
  std::size_t count;
};

template <class T, class F>
tbb::filter<void, T> with_stages(tbb::filter<void, T> so_far, std::size_t n, tbb::filter_mode mode, F f) {
  for (; n > 0; --n) { so_far = so_far & tbb::make_filter<T, T>(mode, f); }
  return so_far;
}

} // namespace

std::uint64_t run_tbb_one(std::uint64_t items, std::size_t stages) {
  std::uint64_t next = 0;
  std::uint64_t sum = 0;
  const auto source =
      tbb::make_filter<void, std::uint64_t>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& fc) {
        if (next == items) { fc.stop(); }
        return next++;
      });
  const auto sink =
      tbb::make_filter<std::uint64_t, void>(tbb::filter_mode::serial_in_order, [&](std::uint64_t x) { sum += x; });
  tbb::parallel_pipeline(k_tokens, with_stages(source, stages, tbb::filter_mode::serial_in_order, step) & sink);
  return sum;
}

std::uint64_t run_tbb_batched(std::uint64_t items, std::size_t stages) {
  using token = batch*;
  auto pool = std::make_unique<std::array<batch, k_tokens + 1>>();
  std::uint64_t next = 0;
  std::size_t slot = 0;
  std::uint64_t sum = 0;
  const auto source =
      tbb::make_filter<void, token>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& fc) -> token {
        if (next == items) {
          fc.stop();
          return nullptr;
        }
        batch& b = (*pool)[slot++ % pool->size()];
        b.count = 0;
        while (b.count < k_batch && next != items) { b.items[b.count++] = next++; }
        return &b;
      });
  const auto work = [](token b) {
    for (std::size_t i = 0; i < b->count; ++i) { b->items[i] = step(b->items[i]); }
    return b;
  };
  const auto sink = tbb::make_filter<token, void>(tbb::filter_mode::serial_in_order, [&](token b) {
    for (std::size_t i = 0; i < b->count; ++i) { sum += b->items[i]; }
  });
  tbb::parallel_pipeline(k_tokens, with_stages(source, stages, tbb::filter_mode::parallel, work) & sink);
  return sum;
}

} // namespace bench::chain
