// A run that has warmed up: it must not allocate, and a saturated one must hardly wake anyone.
//
// Allocations: calls of malloc in a run of 2n items less those in a run of n, so that what start and end cost falls out.
// Wakes: threads that a futex call woke, and voluntary switches of all threads, in a long run. The switches hold what glibc's own
// condition variables and timers wake too: the engine's heartbeat, which comes by time and not by item.

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <weir/run.hpp>

#include <functional>
#include <string>
#include <vector>

namespace bench::engine {

namespace {

constexpr std::size_t k_stages = 4;

struct steady_case {
  const char* name;
  std::uint64_t units; // items or blocks
  std::function<void(std::uint64_t)> run;
};

std::vector<steady_case> steady_cases() {
  const auto checked = [](auto run) {
    return [run](std::uint64_t n) { must_equal(run(n), plain_light(n, k_stages), "weir"); };
  };
  const chain_work farm{{turns_of(std::chrono::microseconds(1))}, 0};
  return {{"chain of 4", 4'000'000, checked([](auto n) { return weir_light(n, k_stages, weir::engine::shared()); })},
          {"coroutines", 500'000, checked([](auto n) { return weir_coroutines(n, k_stages); })},
          {"ordered farm", 50'000, [farm](auto n) { must_equal(weir_heavy(n, farm), plain_heavy(n, farm), "weir"); }},
          {"tee and zip", 2'000'000, [](auto n) { must_equal(weir_tee_and_zip(n), plain_light(n, 1), "weir"); }},
          {"generate, lines, count", 1000, weir_blocks}};
}

void ask_allocations(report& into) {
  const std::string name = "steady: allocations in 2n items beyond those in n";
  if (!into.wants(name)) { return; }
  for (const steady_case& c : steady_cases()) {
    std::vector<double> more;
    for (std::size_t round = 0; round <= into.rounds(5); ++round) {
      const cost once = metered([&] { c.run(c.units); });
      const cost twice = metered([&] { c.run(2 * c.units); });
      if (round > 0) { more.push_back(static_cast<double>(twice.allocations) - static_cast<double>(once.allocations)); }
    }
    into.figure(name + ": " + c.name, "weir", "calls", more, 0);
  }
}

struct saturated {
  std::string who, what;
  std::uint64_t items;
  std::function<void()> run;
  double target = k_no_target;
};

void ask_wakes(report& into) {
  const std::string name = "steady: thread wakes at saturation";
  if (!into.wants(name)) { return; }
  constexpr std::uint64_t k_many = 20'000'000, k_few = 2'000'000;
  const std::uint64_t light = turns_of(std::chrono::nanoseconds(200));
  const chain_work work{{light, light, light, light}};
  const std::uint64_t want_many = plain_light(k_many, k_stages), want_few = plain_light(k_few, k_stages);
  const std::uint64_t want_work = plain_heavy(k_few, work);
  std::vector<saturated> all = {
      {"weir", "4 trivial stages", k_many,
       [=] { must_equal(weir_light(k_many, k_stages, weir::engine::shared()), want_many, "weir"); }, 10},
      {"weir", "4 stages of 200 ns", k_few, [=] { must_equal(weir_heavy(k_few, work), want_work, "weir"); }, 10}};
  if (!into.ours()) {
    all.push_back({"parallel_pipeline", "4 trivial stages", k_few,
                   [=] { must_equal(tbb_light(k_few, k_stages), want_few, "tbb"); }});
    all.push_back({"parallel_pipeline", "4 stages of 200 ns", k_few,
                   [=] { must_equal(tbb_heavy(k_few, work, false), want_work, "tbb"); }});
  }
  for (const saturated& s : all) {
    std::vector<double> wakes, sleeps;
    for (std::size_t round = 0; round < into.rounds(5); ++round) {
      const cost spent = metered(s.run);
      const double millions = static_cast<double>(s.items) * 1e-6;
      wakes.push_back(static_cast<double>(spent.wakes) / millions);
      sleeps.push_back(static_cast<double>(spent.sleeps) / millions);
    }
    into.figure(name + ", " + s.what + ": woken by futex", s.who, "per M items", wakes, s.target);
    into.figure(name + ", " + s.what + ": voluntary switches", s.who, "per M items", sleeps, s.target);
  }
}

} // namespace

void ask_steady(report& into) {
  ask_allocations(into);
  ask_wakes(into);
}

} // namespace bench::engine
