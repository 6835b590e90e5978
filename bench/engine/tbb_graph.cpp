// oneTBB's flow graph. Its serial chains reorder, so a sequencer stands before the sink.

#include "bench/engine/workload.hpp"

#include <oneapi/tbb/flow_graph.h>

#include <deque>
#include <stdexcept>

namespace bench::engine {

std::uint64_t tbb_graph_heavy(std::uint64_t items, const chain_work& work) {
  struct item {
    std::uint64_t at, value;
  };
  constexpr std::size_t k_tokens = 1024;
  std::uint64_t next = 0;
  std::uint64_t due = 0;
  std::uint64_t sum = 0;
  bool in_order = true;
  tbb::flow::graph g;
  tbb::flow::input_node<item> source(g, [&](tbb::flow_control& fc) {
    if (next == items) { fc.stop(); }
    const item x{next, next};
    ++next;
    return x;
  });
  tbb::flow::limiter_node<item> tokens(g, k_tokens);
  std::deque<tbb::flow::function_node<item, item>> stages;
  tbb::flow::sequencer_node<item> order(g, [](const item& x) { return x.at; });
  tbb::flow::function_node<item, tbb::flow::continue_msg> sink(g, tbb::flow::serial, [&](const item& x) {
    in_order = in_order && x.at == due++;
    sum += x.value;
    return tbb::flow::continue_msg();
  });
  tbb::flow::make_edge(source, tokens);
  tbb::flow::sender<item>* last = &tokens;
  for (std::size_t s = 0; s < work.turns.size(); ++s) {
    const bool free = s == work.farmed;
    stages.emplace_back(g, free ? tbb::flow::unlimited : tbb::flow::serial, [turns = work.turns[s]](const item& x) {
      return item{x.at, heavy(x.value, turns)};
    });
    tbb::flow::make_edge(*last, stages.back());
    last = &stages.back();
  }
  tbb::flow::make_edge(*last, order);
  tbb::flow::make_edge(order, sink);
  tbb::flow::make_edge(sink, tokens.decrementer());
  source.activate();
  g.wait_for_all();
  if (!in_order) { throw std::runtime_error("flow graph: out of order"); }
  return sum;
}

} // namespace bench::engine
