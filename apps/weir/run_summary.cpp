#include "apps/weir/run_summary.hpp"

#include "apps/weir/stage_ends.hpp"

namespace weir::command {

run_summary summary_of(const report& from) {
  run_summary to;
  to.seconds = from.seconds;
  to.cpu_seconds = from.cpu_seconds;
  to.memory_bound_bytes = from.memory_bound_bytes;
  to.memory_peak_bytes = from.memory_peak_bytes;
  to.rss_peak_bytes = from.rss_peak_bytes;
  to.interrupted = from.interrupted;
  to.bottleneck = from.bottleneck;
  const stage_ends ends(from);
  for (const stage_report& stage : from.stages) {
    to.stages.push_back({stage.name, stage.items_in, stage.items_out, stage.bytes_in, stage.bytes_out,
                         stage.busy_seconds, stage.blocked_seconds, stage.starved_seconds, stage.waiting_seconds,
                         ends.has_input(stage), ends.has_output(stage)});
  }
  return to;
}

} // namespace weir::command
