// oneTBB: parallel_pipeline with 1024 tokens, and the flow graph where its authors would use that.

#include "bench/engine/workload.hpp"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/parallel_pipeline.h>
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

// Source, one stage, sink; an item a token.
std::uint64_t one_a_token(std::uint64_t items) {
  std::uint64_t next = 0;
  std::uint64_t sum = 0;
  const auto work = [](std::uint64_t x) { return step(x); };
  tbb::parallel_pipeline(k_tokens, source_of(next, items) &
                                       tbb::make_filter<std::uint64_t, std::uint64_t>(k_serial, work) & sink_into(sum));
  return sum;
}

// The same with `batch` items a token.
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

std::uint64_t tbb_heavy(std::uint64_t items, std::size_t stages, std::uint64_t turns, bool parallel) {
  std::uint64_t next = 0;
  std::uint64_t sum = 0;
  const auto mode = parallel ? tbb::filter_mode::parallel : k_serial;
  tbb::filter<void, std::uint64_t> so_far = source_of(next, items);
  for (; stages > 0; --stages) {
    so_far = so_far &
             tbb::make_filter<std::uint64_t, std::uint64_t>(mode, [turns](std::uint64_t x) { return heavy(x, turns); });
  }
  tbb::parallel_pipeline(k_tokens, so_far & sink_into(sum));
  return sum;
}

std::uint64_t tbb_farm(std::uint64_t items, std::uint64_t turns) { return tbb_heavy(items, 1, turns, true); }

std::uint64_t tbb_graph_farm(std::uint64_t items, std::uint64_t turns) {
  using result = std::pair<std::uint64_t, std::uint64_t>;
  std::uint64_t next = 0;
  std::uint64_t due = 0;
  std::uint64_t sum = 0;
  bool in_order = true;
  tbb::flow::graph g;
  tbb::flow::input_node<std::uint64_t> source(g, [&](tbb::flow_control& fc) -> std::uint64_t {
    if (next == items) { fc.stop(); }
    return next++;
  });
  tbb::flow::limiter_node<std::uint64_t> tokens(g, k_tokens);
  tbb::flow::function_node<std::uint64_t, result> work(g, tbb::flow::unlimited, [turns](std::uint64_t x) {
    return result{x, heavy(x, turns)};
  });
  tbb::flow::sequencer_node<result> order(g, [](const result& r) { return r.first; });
  tbb::flow::function_node<result, tbb::flow::continue_msg> sink(g, tbb::flow::serial, [&](const result& r) {
    in_order = in_order && r.first == due++;
    sum += r.second;
    return tbb::flow::continue_msg();
  });
  tbb::flow::make_edge(source, tokens);
  tbb::flow::make_edge(tokens, work);
  tbb::flow::make_edge(work, order);
  tbb::flow::make_edge(order, sink);
  tbb::flow::make_edge(sink, tokens.decrementer());
  source.activate();
  g.wait_for_all();
  if (!in_order) { throw std::runtime_error("flow graph: out of order"); }
  return sum;
}

std::uint64_t tbb_many(std::size_t pipelines, std::uint64_t items, std::size_t batch) {
  std::vector<std::uint64_t> sums(pipelines, 0);
  tbb::task_group all;
  for (std::uint64_t& sum : sums) {
    all.run([&sum, items, batch] { sum = batch == 1 ? one_a_token(items) : many_a_token(items, batch); });
  }
  all.wait();
  std::uint64_t total = 0;
  for (const std::uint64_t sum : sums) { total += sum; }
  return total;
}

void tbb_start() {
  if (one_a_token(1) != step(0)) { throw std::runtime_error("tbb: wrong answer"); }
}

} // namespace bench::engine
