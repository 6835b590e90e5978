#include "apps/weir/run_summary.hpp"

#include <set>
#include <string_view>

namespace weir::command {

namespace {

/// The stages that an edge leads to, and those that one leaves: the report tells both by the edges' names.
struct connected {
  std::set<std::string_view> with_input;
  std::set<std::string_view> with_output;

  explicit connected(const report& from) {
    constexpr std::string_view k_arrow = " -> ";
    for (const edge_report& edge : from.edges) {
      const std::string_view name = edge.name;
      const std::size_t at = name.find(k_arrow);
      if (at == std::string_view::npos) continue;
      const std::string_view left = name.substr(0, at);
      const std::string_view right = name.substr(at + k_arrow.size());
      if (left == right) continue; // inside a stage that is several
      with_output.insert(left);
      with_input.insert(right);
    }
  }
};

} // namespace

run_summary summary_of(const report& from) {
  run_summary to;
  to.seconds = from.seconds;
  to.cpu_seconds = from.cpu_seconds;
  to.memory_bound_bytes = from.memory_bound_bytes;
  to.memory_peak_bytes = from.memory_peak_bytes;
  to.rss_peak_bytes = from.rss_peak_bytes;
  to.interrupted = from.interrupted;
  to.bottleneck = from.bottleneck;
  const connected to_others(from);
  for (const stage_report& stage : from.stages) {
    to.stages.push_back({stage.name, stage.items_in, stage.items_out, stage.bytes_in, stage.bytes_out,
                         stage.busy_seconds, stage.blocked_seconds, stage.starved_seconds, stage.waiting_seconds,
                         to_others.with_input.contains(stage.name), to_others.with_output.contains(stage.name)});
  }
  return to;
}

} // namespace weir::command
