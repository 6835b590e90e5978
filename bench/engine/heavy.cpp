// Heavy stages: how near does a chain come to its serial time, shared by all cores? The loop that gives the serial time runs in
// every round, so the ideal is of the same moment as what is compared with it.

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace bench::engine {

namespace {

constexpr std::size_t k_rounds = 15;
const char* const k_ideal = "ideal: the loop's time, shared by the cores";
const char* const k_bare = "bare threads, a part of the items each";
const char* const k_serial = "parallel_pipeline, serial filters";
const char* const k_parallel = "parallel_pipeline, parallel filters";
const char* const k_graph = "flow graph, sequencer";

std::size_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

competitor ideal_of(std::uint64_t items, std::uint64_t want, const chain_work& work) {
  competitor loop = entry(k_ideal, items, want, [=] { return plain_heavy(items, work); });
  loop.take = [serial = std::move(loop.take)] {
    sample s = serial();
    s.spent.seconds /= static_cast<double>(cores());
    return s;
  };
  return loop;
}

// `targets`: of the ideal, on two cores.
question heavy_chain(const std::string& name, std::uint64_t items, const chain_work& work, double target) {
  const std::uint64_t want = plain_heavy(items, work);
  question q{"heavy: " + name, "k items/s", 1e3, {}, {{"weir", k_ideal, target}, {k_bare, k_ideal}, {"weir", k_bare}}};
  q.all = {entry("weir", items, want, [=] { return weir_heavy(items, work); }),
           entry(k_parallel, items, want, [=] { return tbb_heavy(items, work, true); }),
           entry(k_bare, items, want, [=] { return plain_heavy_on(cores(), items, work); }),
           ideal_of(items, want, work)};
  if (work.farmed == chain_work::k_none) {
    q.all.push_back(entry(k_serial, items, want, [=] { return tbb_heavy(items, work, false); }));
    q.versus.push_back({"weir", k_serial});
    q.versus.push_back({k_serial, k_ideal});
  } else {
    q.all.push_back(entry(k_graph, items, want, [=] { return tbb_graph_heavy(items, work); }));
    q.versus.push_back({"weir", k_graph});
    q.versus.push_back({k_graph, k_ideal});
  }
  q.versus.push_back({"weir", k_parallel});
  q.versus.push_back({k_parallel, k_ideal});
  return q;
}

} // namespace

void ask_heavy(report& into) {
  if (!into.wants("heavy")) { return; }
  using namespace std::chrono_literals;
  const std::uint64_t light = turns_of(200ns);
  const std::uint64_t slow = turns_of(2us);
  into.ask(heavy_chain("four stages of 200 ns", 100'000, {{light, light, light, light}}, 0.95), k_rounds);
  into.ask(heavy_chain("four stages of 2 us", 10'000, {{slow, slow, slow, slow}}, 0.97), k_rounds);
  into.ask(heavy_chain("a farm of 2 us between stages of 200 ns", 30'000, {{light, slow, light, light}, 1}, 0.98),
           k_rounds);
  into.ask(heavy_chain("a farm of 2 us alone", 40'000, {{slow}, 0}, 0), k_rounds);
}

} // namespace bench::engine
