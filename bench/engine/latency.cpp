// Two forms: a source in the pool, whose item is passed on by the thread that made it, and a thread outside, which must get
// it to a thread of the pool. Beside time the cores that each keeps busy; an outside form counts its own thread too.

#include "bench/engine/latency.hpp"

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

namespace bench::engine {

namespace {

struct targets {
  double p50 = k_no_target, p99 = k_no_target, cores = k_no_target; // us, us, cores
};

struct rival {
  std::string who;
  latencies (*run)(pace);
  targets most;
  std::vector<double> p50{}, p99{}, due{}, cores{}, wakes{};

  void take(pace how) {
    latencies each;
    const cost spent = metered([&] { each = run(how); });
    p50.push_back(quantile(each.from_entry, 0.5) * 1e-3);
    p99.push_back(quantile(each.from_entry, 0.99) * 1e-3);
    due.push_back(quantile(each.from_due, 0.5) * 1e-3);
    wakes.push_back(static_cast<double>(spent.wakes) / static_cast<double>(how.items));
    cores.push_back(spent.cpu_seconds / spent.seconds);
  }
};

} // namespace

void ask_latency(report& into) {
  const std::string name = "latency at 10,000 items/s, 4 stages";
  if (!into.wants(name)) { return; }
  const pace how{3000, std::chrono::microseconds(100)};
  std::vector<rival> all = {{"weir, source in the pool", weir_in_pool, {0.5, 2, 0.3}},
                            {"weir, feed from outside", weir_outside, {6, 25, 0.3}}};
  if (!into.ours()) {
    all.push_back({"parallel_pipeline, source sleeps", tbb_sleeping, {}});
    all.push_back({"parallel_pipeline, source spins", tbb_spinning, {}});
    all.push_back({"flow graph, try_put from outside", graph_outside, {}});
    all.push_back({"a thread woken for each item, no queue", woken_thread, {}});
  }
  const std::size_t rounds = into.rounds(9);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) { all[(i + round) % all.size()].take(how); }
  }
  for (const rival& r : all) {
    into.figure(name + ", p50", r.who, "us", r.p50, r.most.p50);
    into.figure(name + ", p99", r.who, "us", r.p99, r.most.p99);
    into.figure(name + ", p50 from the moment it was due", r.who, "us", r.due);
    into.figure(name + ", wakes", r.who, "per item", r.wakes);
    into.figure(name + ", CPU", r.who, "cores", r.cores, r.most.cores);
  }
}

} // namespace bench::engine
