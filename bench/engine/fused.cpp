// Fused operators against a loop, and what a queue between two stages costs.

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

namespace bench::engine {

namespace {

constexpr std::size_t k_rounds = 15;

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
  const std::size_t rounds = into.rounds(11);
  for (std::size_t round = 0; round <= rounds; ++round) {
    const cost one = metered([&] { must_equal(run(items, 1), want[0], "weir"); });
    const cost nine = metered([&] { must_equal(run(items, 9), want[1], "weir"); });
    const double apart = nine.cpu_seconds - one.cpu_seconds;
    if (round > 0) { each.push_back(apart * 1e9 / (8 * static_cast<double>(items))); }
  }
  into.figure(name, "weir", "CPU ns per item", each, target);
}

} // namespace

void ask_fused(report& into) {
  into.ask(fused(), k_rounds);
  into.ask(filtered(), k_rounds);
  ask_boundary(into, "boundary: one thread, stages of a map", 4'000'000, 1, weir_stages);
  ask_boundary(into, "boundary: one thread, coroutines", 1'000'000, 5, weir_coroutines);
}

} // namespace bench::engine
