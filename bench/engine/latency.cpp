// Latency: items enter one at a time, far apart, through four light stages. What does a quiet pipeline cost each?

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <oneapi/tbb/flow_graph.h>
#include <weir/feed.hpp>
#include <weir/weir.hpp>

#include <stdexcept>
#include <thread>

namespace bench::engine {

namespace {

using clock = std::chrono::steady_clock;

struct stamped {
  clock::time_point entered;
};

double age_of(const stamped& s) { return std::chrono::duration<double, std::nano>(clock::now() - s.entered).count(); }

template <class Push>
void paced(std::size_t items, std::chrono::microseconds apart, Push push) {
  auto due = clock::now();
  for (; items > 0; --items) {
    due += apart;
    std::this_thread::sleep_until(due);
    push(stamped{clock::now()});
  }
}

void must_be_all(std::size_t got, std::size_t want) {
  if (got != want) { throw std::runtime_error("latency: an item was lost"); }
}

} // namespace

std::vector<double> weir_latency(std::size_t items, std::chrono::microseconds apart) {
  std::vector<double> ages;
  ages.reserve(items);
  weir::feed<stamped> in;
  const auto stage = weir::map([](stamped s) { return s; });
  weir::run run = (in.source() | weir::edge(64) | stage | weir::edge(64) | stage | weir::edge(64) | stage |
                   weir::edge(64) | stage | weir::edge(64) | weir::for_each([&](const stamped& s) {
                     ages.push_back(age_of(s));
                   })).start();
  paced(items, apart, [&](stamped s) { in.push(s); });
  in.finish();
  run.wait();
  must_be_all(ages.size(), items);
  return ages;
}

std::vector<double> tbb_latency(std::size_t items, std::chrono::microseconds apart) {
  using node = tbb::flow::function_node<stamped, stamped>;
  std::vector<double> ages;
  ages.reserve(items);
  tbb::flow::graph g;
  const auto same = [](stamped s) { return s; };
  node a(g, tbb::flow::serial, same), b(g, tbb::flow::serial, same), c(g, tbb::flow::serial, same),
      d(g, tbb::flow::serial, same);
  tbb::flow::function_node<stamped> sink(g, tbb::flow::serial, [&](const stamped& s) {
    ages.push_back(age_of(s));
    return tbb::flow::continue_msg();
  });
  tbb::flow::make_edge(a, b);
  tbb::flow::make_edge(b, c);
  tbb::flow::make_edge(c, d);
  tbb::flow::make_edge(d, sink);
  paced(items, apart, [&](stamped s) { a.try_put(s); });
  g.wait_for_all();
  must_be_all(ages.size(), items);
  return ages;
}

void ask_latency(report& into) {
  constexpr std::size_t k_items = 3000;
  constexpr std::size_t k_rounds = 5;
  const std::string name = "latency at 10,000 items/s, 4 stages";
  if (!into.wants(name)) { return; }
  struct rival {
    const char* who;
    std::vector<double> (*run)(std::size_t, std::chrono::microseconds);
    std::vector<double> p50{}, p99{};
  };
  std::vector<rival> all = {{"weir", weir_latency}, {"flow graph", tbb_latency}};
  for (std::size_t round = 0; round < k_rounds; ++round) {
    for (rival& r : all) {
      const auto ages = r.run(k_items, std::chrono::microseconds(100));
      r.p50.push_back(quantile(ages, 0.5) * 1e-3);
      r.p99.push_back(quantile(ages, 0.99) * 1e-3);
    }
  }
  for (const rival& r : all) {
    into.figure(name + ", p50", r.who, "us", r.p50);
    into.figure(name + ", p99", r.who, "us", r.p99);
  }
}

} // namespace bench::engine
