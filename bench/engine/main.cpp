// bench_engine [the options of support/results.hpp]

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <algorithm>
#include <string>

namespace bench::engine {

std::uint64_t turns_of(std::chrono::nanoseconds wanted) {
  constexpr std::uint64_t k_turns = 20'000;
  double best = 1e9;
  for (int i = 0; i < 50; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    volatile std::uint64_t kept = heavy(static_cast<std::uint64_t>(i), k_turns);
    static_cast<void>(kept);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
    best = std::min(best, took.count());
  }
  return static_cast<std::uint64_t>(static_cast<double>(wanted.count()) * k_turns / best) + 1;
}

std::uint64_t plain_light(std::uint64_t items, std::size_t stages) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    std::uint64_t x = i;
    for (std::size_t s = 0; s < stages; ++s) { x = step(x); }
    sum += x;
  }
  return sum;
}

[[gnu::noinline]] std::uint64_t plain_mixed(std::uint64_t items) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) { sum += mix(mix(mix(mix(i)))); }
  return sum;
}

[[gnu::noinline]] std::uint64_t plain_filtered(std::uint64_t items) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    const std::uint64_t x = mix(i);
    if (x % 2 != 0) { continue; }
    const std::uint64_t y = mix(x);
    if (y % 3 == 1) { sum += y; }
  }
  return sum;
}

std::uint64_t plain_heavy(std::uint64_t items, std::size_t stages, std::uint64_t turns) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    std::uint64_t x = i;
    for (std::size_t s = 0; s < stages; ++s) { x = heavy(x, turns); }
    sum += x;
  }
  return sum;
}

namespace {

const char* const k_loop = "hand-written loop";
const char* const k_serial = "parallel_pipeline, serial filters";
const char* const k_parallel = "parallel_pipeline, parallel filters";

template <class Run>
competitor entry(const char* name, std::uint64_t items, std::uint64_t want, Run run) {
  return whole(name, static_cast<double>(items), [=] { must_equal(run(), want, name); });
}

question fused() {
  constexpr std::uint64_t n = 20'000'000;
  const std::uint64_t want = plain_mixed(n);
  return {"fused: four maps",
          "M items/s",
          1e6,
          {entry("weir, fused", n, want, [] { return weir_fused(n); }),
           entry(k_loop, n, want, [] { return plain_mixed(n); })},
          {{"weir, fused", k_loop, 0.95}}};
}

question filtered() {
  constexpr std::uint64_t n = 10'000'000;
  const std::uint64_t want = plain_filtered(n);
  return {"fused: map, filter, map, filter",
          "M items/s",
          1e6,
          {entry("weir, fused", n, want, [] { return weir_filtered(n); }),
           entry(k_loop, n, want, [] { return plain_filtered(n); })},
          {{"weir, fused", k_loop, 0.95}}};
}

// CPU time, since the thread that waits joins in and a busy machine takes cores away: nine stages less one, by eight.
void ask_boundary(report& into, const std::string& name, std::uint64_t items, double target,
                  std::uint64_t (*run)(std::uint64_t, std::size_t)) {
  if (!into.wants(name)) { return; }
  const std::uint64_t want[2] = {plain_light(items, 1), plain_light(items, 9)};
  std::vector<double> each;
  for (int round = 0; round < 12; ++round) {
    const cost one = metered([&] { must_equal(run(items, 1), want[0], "weir"); });
    const cost nine = metered([&] { must_equal(run(items, 9), want[1], "weir"); });
    const double apart = nine.cpu_seconds - one.cpu_seconds;
    if (round > 0) { each.push_back(apart * 1e9 / (8 * static_cast<double>(items))); }
  }
  into.figure(name, "weir", "CPU ns per item", each, target);
}

question heavy_stages(const char* weight, std::chrono::nanoseconds work, std::uint64_t items) {
  const std::uint64_t turns = turns_of(work);
  const std::uint64_t want = plain_heavy(items, 4, turns);
  return {std::string("heavy: four stages of ") + weight,
          "k items/s",
          1e3,
          {entry("weir", items, want, [=] { return weir_heavy(items, 4, turns); }),
           entry(k_serial, items, want, [=] { return tbb_heavy(items, 4, turns, false); }),
           entry(k_parallel, items, want, [=] { return tbb_heavy(items, 4, turns, true); }),
           entry(k_loop, items, want, [=] { return plain_heavy(items, 4, turns); })},
          {{"weir", k_serial}, {"weir", k_parallel}, {"weir", k_loop}}};
}

question farm() {
  constexpr std::uint64_t n = 20'000;
  const std::uint64_t turns = turns_of(std::chrono::microseconds(2));
  const std::uint64_t want = plain_heavy(n, 1, turns);
  return {"farm: a stage of 2 us, results in order",
          "k items/s",
          1e3,
          {entry("weir, parallel", n, want, [=] { return weir_farm(n, turns); }),
           entry(k_parallel, n, want, [=] { return tbb_farm(n, turns); }),
           entry("flow graph, sequencer", n, want, [=] { return tbb_graph_farm(n, turns); }),
           entry(k_loop, n, want, [=] { return plain_heavy(n, 1, turns); })},
          {{"weir, parallel", k_parallel}, {"weir, parallel", "flow graph, sequencer"}, {"weir, parallel", k_loop}}};
}

question many() {
  constexpr std::size_t k_pipelines = 1000;
  constexpr std::uint64_t n = 1000;
  const std::uint64_t want = k_pipelines * plain_light(n, 1);
  const std::uint64_t all = k_pipelines * n;
  const char* const one = "parallel_pipelines in a task_group, one a token";
  const char* const batched = "parallel_pipelines in a task_group, 256 a token";
  return {"many: 1,000 pipelines of 3 stages, 1,000 items each",
          "M items/s",
          1e6,
          {entry("weir", all, want, [] { return weir_many(k_pipelines, n); }),
           entry(one, all, want, [] { return tbb_many(k_pipelines, n, 1); }),
           entry(batched, all, want, [] { return tbb_many(k_pipelines, n, 256); })},
          {{"weir", one}, {"weir", batched}}};
}

} // namespace

} // namespace bench::engine

int main(int count, char** words) {
  using namespace bench::engine;
  const bench::options chosen = bench::read_options(count, words);
  if (chosen.words.size() == 2 && chosen.words[0] == "first") { return first_start(chosen.words[1].c_str()); }
  bench::report report("engine", chosen);
  constexpr std::size_t k_rounds = 15;
  ask_start(report, words[0]);
  report.ask(fused(), k_rounds);
  report.ask(filtered(), k_rounds);
  ask_boundary(report, "boundary: one thread, stages of a map", 4'000'000, 1, weir_stages);
  ask_boundary(report, "boundary: one thread, coroutines", 1'000'000, 5, weir_coroutines);
  report.ask(heavy_stages("200 ns", std::chrono::nanoseconds(200), 50'000), k_rounds);
  report.ask(heavy_stages("2 us", std::chrono::microseconds(2), 5'000), k_rounds);
  report.ask(farm(), k_rounds);
  report.ask(many(), k_rounds);
  ask_latency(report);
  return report.done();
}
