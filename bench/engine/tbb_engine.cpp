// oneTBB's parallel_pipeline, 1024 tokens.

#include "bench/engine/workload.hpp"

#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bench::engine {

namespace {

constexpr std::size_t k_tokens = 1024;
constexpr auto k_serial = tbb::filter_mode::serial_in_order;

using numbers = std::vector<std::uint64_t>;

auto source_of(std::uint64_t& next, std::uint64_t items) {
  return tbb::make_filter<void, std::uint64_t>(k_serial, [&next, items](tbb::flow_control& fc) {
    if (next == items) { fc.stop(); }
    return next++;
  });
}

auto sink_into(std::uint64_t& sum) {
  return tbb::make_filter<std::uint64_t, void>(k_serial, [&sum](std::uint64_t x) { sum += x; });
}

// Source, one stage, sink; `batch` items a token.
std::uint64_t many_a_token(std::uint64_t items, std::size_t batch) {
  std::uint64_t next = 0;
  std::uint64_t sum = 0;
  const auto source = tbb::make_filter<void, numbers>(k_serial, [&](tbb::flow_control& fc) -> numbers {
    if (next == items) {
      fc.stop();
      return {};
    }
    numbers some(std::min<std::uint64_t>(batch, items - next));
    for (std::uint64_t& x : some) { x = next++; }
    return some;
  });
  const auto work = [](numbers some) {
    for (std::uint64_t& x : some) { x = step(x); }
    return some;
  };
  const auto sink = tbb::make_filter<numbers, void>(k_serial, [&sum](const numbers& some) {
    for (const std::uint64_t x : some) { sum += x; }
  });
  tbb::parallel_pipeline(k_tokens,
                         source & tbb::make_filter<numbers, numbers>(tbb::filter_mode::parallel, work) & sink);
  return sum;
}

} // namespace

// In order at the sink, whatever the filters between are.
std::uint64_t tbb_heavy(std::uint64_t items, const chain_work& work, bool parallel) {
  struct item {
    std::uint64_t at, value;
  };
  std::uint64_t next = 0;
  std::uint64_t due = 0;
  std::uint64_t sum = 0;
  tbb::filter<void, item> so_far = tbb::make_filter<void, item>(k_serial, [&](tbb::flow_control& fc) {
    if (next == items) { fc.stop(); }
    const item x{next, next};
    ++next;
    return x;
  });
  for (std::size_t s = 0; s < work.turns.size(); ++s) {
    const bool free = work.farmed == chain_work::k_none ? parallel : s == work.farmed;
    so_far = so_far & tbb::make_filter<item, item>(free ? tbb::filter_mode::parallel : k_serial,
                                                   [turns = work.turns[s]](item x) {
                                                     return item{x.at, heavy(x.value, turns)};
                                                   });
  }
  tbb::parallel_pipeline(k_tokens, so_far & tbb::make_filter<item, void>(k_serial, [&](item x) {
                                     if (x.at != due++) { throw std::runtime_error("tbb: out of order"); }
                                     sum += x.value;
                                   }));
  return sum;
}

std::uint64_t tbb_heavy_on(std::size_t threads, std::uint64_t items, const chain_work& work) {
  tbb::task_arena arena(static_cast<int>(threads));
  return arena.execute([&] { return tbb_heavy(items, work, true); });
}

std::uint64_t tbb_light(std::uint64_t items, std::size_t stages) {
  std::uint64_t next = 0;
  std::uint64_t sum = 0;
  tbb::filter<void, std::uint64_t> so_far = source_of(next, items);
  const auto work = [](std::uint64_t x) { return step(x); };
  for (; stages > 0; --stages) { so_far = so_far & tbb::make_filter<std::uint64_t, std::uint64_t>(k_serial, work); }
  tbb::parallel_pipeline(k_tokens, so_far & sink_into(sum));
  return sum;
}

std::uint64_t tbb_many(std::size_t pipelines, std::uint64_t items, std::size_t batch) {
  std::vector<std::uint64_t> sums(pipelines, 0);
  tbb::task_group all;
  for (std::uint64_t& sum : sums) {
    all.run([&sum, items, batch] { sum = batch == 1 ? tbb_light(items, 1) : many_a_token(items, batch); });
  }
  all.wait();
  std::uint64_t total = 0;
  for (const std::uint64_t sum : sums) { total += sum; }
  return total;
}

void tbb_start() {
  if (tbb_light(1, 1) != step(0)) { throw std::runtime_error("tbb: wrong answer"); }
}

} // namespace bench::engine
