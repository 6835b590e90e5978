#include "bench/slow/workload.hpp"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/parallel_pipeline.h>

#include <utility>

namespace bench::slow {

namespace {

using shared = std::shared_ptr<payload>; // the flow graph copies what it passes on

struct graph_ends {
  explicit graph_ends(lasting t) : from(t) {}
  maker from;
  taker to;
  tbb::flow::graph g;
  tbb::flow::input_node<shared> source{g, [this](tbb::flow_control& fc) -> shared {
                                         shared next = from.next();
                                         if (!next) { fc.stop(); }
                                         return next;
                                       }};
  tbb::flow::function_node<shared, tbb::flow::continue_msg> sink{g, tbb::flow::serial, [this](const shared& x) {
                                                                   to.take_slowly(*x);
                                                                   return tbb::flow::continue_msg();
                                                                 }};
  void run() {
    source.activate();
    g.wait_for_all();
  }
};

} // namespace

void tbb_pipeline(lasting t) {
  constexpr auto k_serial = tbb::filter_mode::serial_in_order;
  maker from(t);
  taker to;
  tbb::parallel_pipeline(k_held, tbb::make_filter<void, payload*>(k_serial, [&](tbb::flow_control& fc) {
                                   item next = from.next();
                                   if (!next) { fc.stop(); }
                                   return next.release();
                                 }) & tbb::make_filter<payload*, void>(k_serial, [&](payload* p) {
                                   const item mine(p);
                                   to.take_slowly(*mine);
                                 }));
}

void graph_limited(lasting t) {
  graph_ends ends(t);
  tbb::flow::limiter_node<shared> tokens(ends.g, k_held);
  tbb::flow::make_edge(ends.source, tokens);
  tbb::flow::make_edge(tokens, ends.sink);
  tbb::flow::make_edge(ends.sink, tokens.decrementer());
  ends.run();
}

void graph_default(lasting t) {
  graph_ends ends(t);
  tbb::flow::make_edge(ends.source, ends.sink);
  ends.run();
}

} // namespace bench::slow
