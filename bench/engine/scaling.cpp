// By threads: a heavy farm, independent chains, and a cheap chain, which more threads must not make slower. 1, 2, 4 … threads, as
// many as the machine has; and, as a model of what scheduling costs elsewhere, how often the stages of a cheap chain take
// turns and stop at a full queue. (Wakes and hand-overs themselves are not told by a report: see bench/engine/steady.cpp.)

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <weir/weir.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <thread>

namespace bench::engine {

namespace {

constexpr std::size_t k_rounds = 11;
constexpr std::size_t k_stages = 4;
constexpr std::uint64_t k_cheap_items = 20'000'000; // tens of milliseconds: what waking a thread costs must not count

std::vector<std::size_t> thread_counts() {
  const std::size_t most = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::size_t> counts;
  for (std::size_t t = 1; t < most; t *= 2) { counts.push_back(t); }
  counts.push_back(most);
  return counts;
}

weir::engine& engine_of(std::size_t threads) {
  static std::map<std::size_t, std::unique_ptr<weir::engine>> all;
  auto& e = all[threads];
  if (!e) { e = std::make_unique<weir::engine>(threads); }
  return *e;
}

std::string with(const std::string& who, std::size_t threads) { return who + ", threads " + std::to_string(threads); }

// `run(threads)` does `items(threads)`; `target`: the rate with n threads over that with one, by n.
struct scaled {
  std::string who;
  std::function<std::uint64_t(std::size_t)> items, run, want;
  std::function<double(std::size_t)> target;
};

void add(question& q, const scaled& what) {
  for (const std::size_t t : thread_counts()) {
    q.all.push_back(entry(with(what.who, t), what.items(t), what.want(t), [run = what.run, t] { return run(t); }));
    if (t > 1) { q.versus.push_back({with(what.who, t), with(what.who, 1), what.target(t)}); }
  }
}

const auto k_linear = [](std::size_t t) { return 0.9 * static_cast<double>(t); };
const auto k_none = [](std::size_t) { return 0.0; };
const auto k_not_slower = [](std::size_t) { return 1.0; };

question farms() {
  constexpr std::uint64_t n = 20'000;
  const chain_work work{{turns_of(std::chrono::microseconds(2))}, 0};
  const std::uint64_t want = plain_heavy(n, work);
  const auto always = [](std::uint64_t x) { return [x](std::size_t) { return x; }; };
  question q{"scaling: a farm of 2 us, in order", "k items/s", 1e3, {}, {}};
  add(q, {"weir", always(n), [=](std::size_t t) { return weir_heavy(n, work, engine_of(t)); }, always(want), k_linear});
  add(q,
      {"parallel_pipeline", always(n), [=](std::size_t t) { return tbb_heavy_on(t, n, work); }, always(want), k_none});
  add(q, {"bare threads", always(n), [=](std::size_t t) { return plain_heavy_on(t, n, work); }, always(want), k_none});
  return q;
}

question chains() {
  constexpr std::uint64_t n = k_cheap_items;
  const std::uint64_t want = plain_light(n, k_stages);
  question q{"scaling: a chain of 4 trivial stages for each thread", "M items/s", 1e6, {}, {}};
  add(q, {"weir", [](std::size_t t) { return t * n; },
          [](std::size_t t) { return weir_many(t, n, k_stages, engine_of(t)); },
          [want](std::size_t t) { return t * want; }, k_linear});
  add(q, {"bare threads", [](std::size_t t) { return t * n; },
          [](std::size_t t) { return plain_chains_on(t, n, k_stages); }, [want](std::size_t t) { return t * want; },
          k_none});
  return q;
}

question cheap() {
  constexpr std::uint64_t n = k_cheap_items;
  const std::uint64_t want = plain_light(n, k_stages);
  const auto always = [](std::uint64_t x) { return [x](std::size_t) { return x; }; };
  question q{"scaling: one chain of 4 trivial stages", "M items/s", 1e6, {}, {}};
  add(q, {"weir", always(n), [](std::size_t t) { return weir_light(n, k_stages, engine_of(t)); }, always(want),
          k_not_slower});
  return q;
}

// Turns that moved items, and stops at a full queue, of a chain of four trivial stages.
struct turn_counts {
  std::uint64_t turns = 0, stops = 0;
};

template <class Run>
turn_counts counted(std::uint64_t items, Run run) {
  std::atomic<std::uint64_t> turns{0}, stops{0};
  std::uint64_t sum = 0;
  weir::pipe<void, std::uint64_t> made = weir::iota<std::uint64_t>(0, items) | weir::edge(1024);
  for (std::size_t s = 0; s < k_stages; ++s) {
    made = made | weir::map([](std::uint64_t x) { return step(x); }) | weir::edge(1024);
  }
  weir::plan plan = made | weir::for_each([&sum](std::uint64_t x) { sum += x; });
  plan.on(weir::event::data, [&](const weir::event_info&) { turns.fetch_add(1, std::memory_order_relaxed); });
  plan.on(weir::event::pause, [&](const weir::event_info&) { stops.fetch_add(1, std::memory_order_relaxed); });
  run(plan);
  must_equal(sum, plain_light(items, k_stages), "weir");
  return {turns.load(), stops.load()};
}

void ask_model(report& into) {
  const std::string name = "scaling: model, a chain of 4 trivial stages";
  if (!into.wants(name)) { return; }
  struct form {
    std::string who;
    std::uint64_t items;
    std::function<void(const weir::plan&, std::uint64_t)> run;
  };
  std::vector<form> forms = {{"weir, deterministic backend", 100'000,
                              [](const weir::plan& p, std::uint64_t seed) { p.run(weir::deterministic{seed}); }}};
  for (const std::size_t t : thread_counts()) {
    forms.push_back({with("weir", t), 5'000'000, [t](const weir::plan& p, std::uint64_t) { p.run({}, engine_of(t)); }});
  }
  for (const form& f : forms) {
    std::vector<double> turns, stops;
    for (std::size_t round = 1; round <= into.rounds(7); ++round) {
      const turn_counts each = counted(f.items, [&](const weir::plan& p) { f.run(p, round); });
      turns.push_back(static_cast<double>(each.turns) / static_cast<double>(f.items) * 1e3);
      stops.push_back(static_cast<double>(each.stops) / static_cast<double>(f.items) * 1e3);
    }
    into.figure(name + ": turns that moved items", f.who, "per 1,000 items", turns);
    into.figure(name + ": stops at a full queue", f.who, "per 1,000 items", stops);
  }
}

} // namespace

void ask_scaling(report& into) {
  if (into.wants("scaling: a farm of 2 us, in order")) { into.ask(farms(), k_rounds); }
  if (into.wants("scaling: a chain of 4 trivial stages for each thread")) { into.ask(chains(), k_rounds); }
  if (into.wants("scaling: one chain of 4 trivial stages")) { into.ask(cheap(), k_rounds); }
  ask_model(into);
}

} // namespace bench::engine
