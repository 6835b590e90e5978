#include "bench/engine/latency.hpp"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/parallel_pipeline.h>

#include <deque>
#include <utility>

namespace bench::engine {

namespace {

template <class Wait>
latencies paced_inside(pace how, Wait wait_until) {
  constexpr auto k_serial = tbb::filter_mode::serial_in_order;
  arrivals into(how.items);
  std::size_t made = 0;
  auto due = latency_clock::now();
  tbb::filter<void, stamped> so_far = tbb::make_filter<void, stamped>(k_serial, [&](tbb::flow_control& fc) -> stamped {
    if (made++ == how.items) {
      fc.stop();
      return {};
    }
    due += how.apart;
    wait_until(due);
    return {due, latency_clock::now()};
  });
  for (int n = 0; n < 4; ++n) {
    so_far = so_far & tbb::make_filter<stamped, stamped>(k_serial, [](stamped s) { return light(s); });
  }
  tbb::parallel_pipeline(64, so_far & tbb::make_filter<stamped, void>(k_serial, [&](stamped s) { into.note(s); }));
  return into.all(how.items);
}

} // namespace

latencies tbb_sleeping(pace how) {
  return paced_inside(how, [](latency_clock::time_point due) { std::this_thread::sleep_until(due); });
}

latencies tbb_spinning(pace how) {
  return paced_inside(how, [](latency_clock::time_point due) {
    while (latency_clock::now() < due) {}
  });
}

latencies graph_outside(pace how) {
  arrivals into(how.items);
  tbb::flow::graph g;
  std::deque<tbb::flow::function_node<stamped, stamped>> stages;
  for (int n = 0; n < 4; ++n) {
    stages.emplace_back(g, tbb::flow::serial, [](const stamped& s) { return light(s); });
  }
  tbb::flow::function_node<stamped> sink(g, tbb::flow::serial, [&](const stamped& s) {
    into.note(s);
    return tbb::flow::continue_msg();
  });
  for (std::size_t s = 0; s + 1 < stages.size(); ++s) { tbb::flow::make_edge(stages[s], stages[s + 1]); }
  tbb::flow::make_edge(stages.back(), sink);
  push_paced(how, [&](const stamped& s) { stages.front().try_put(s); });
  g.wait_for_all();
  return into.all(how.items);
}

} // namespace bench::engine
