#include "apps/weir/stress_run.hpp"

#include "apps/weir/process_usage.hpp"

#include <exception>
#include <iterator>
#include <utility>

namespace weir::command {

double stress_result::items_per_second() const noexcept {
  return seconds > 0 ? static_cast<double>(items) / seconds : 0;
}

double stress_result::wakes_per_million() const noexcept {
  return items > 0 ? static_cast<double>(wakes) * 1e6 / static_cast<double>(items) : 0;
}

std::optional<std::int64_t> stress_result::memory_growth() const noexcept {
  if (!warm) return std::nullopt;
  return static_cast<std::int64_t>(memory_bytes) - static_cast<std::int64_t>(warm->bytes);
}

stress_result run_stress(const stress_cell& cell, stress_pipeline& pipeline,
                         const std::function<void(run&)>& on_start) {
  stress_result result;
  result.of = cell;
  engine threads(cell.threads);
  const std::uint64_t wakes_before = voluntary_switches();
  run started = pipeline.what.start({}, threads);
  if (on_start) on_start(started);
  stress_attendant attendant(started, cell.duration);
  try {
    (void)started.wait();
  } catch (const std::exception& error) { result.findings.emplace_back(error.what()); }
  result.wakes = voluntary_switches() - wakes_before;
  result.memory_bytes = resident_bytes();

  const report done = started.snapshot();
  const stress_attendant::account seen = attendant.leave();
  result.seconds = done.seconds;
  result.items = pipeline.all_made().count;
  for (const edge_report& each : done.edges) result.capacities.push_back(each.capacity);
  result.warm = warmed_up(seen.looks, done.seconds);
  if (!seen.stuck.empty()) result.findings = {seen.stuck};
  // A run that failed has dropped what was in flow: there is nothing to compare.
  if (result.findings.empty()) result.findings = pipeline.findings();
  return result;
}

stress_result run_stress(const stress_cell& cell, const std::function<void(run&)>& on_start) {
  stress_pipeline pipeline(cell);
  return run_stress(cell, pipeline, on_start);
}

} // namespace weir::command
