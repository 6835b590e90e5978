#pragma once
// What a run says about itself, while it runs and when it is over.

#include <weir/stage.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// One stage's account. Operators, functions and the stages of splits and joins keep it whole: in + made + added = out +
/// consumed + filtered + skipped + dead_lettered, else the run fails; what other stages do with an item only they know. Times are seconds of wall time, in turns of the stage itself.
struct stage_report {
  std::string name;
  std::uint64_t items_in = 0;
  std::uint64_t items_out = 0;
  std::uint64_t items_made = 0;          ///< by a source function
  std::uint64_t items_consumed = 0;      ///< by a sink function
  std::uint64_t items_filtered = 0;      ///< left out by filter, take or partition
  std::uint64_t items_added = 0;         ///< by flat_map or tee, beyond one for each item
  std::uint64_t items_skipped = 0;       ///< on_error(skip())
  std::uint64_t items_dead_lettered = 0; ///< on_error(dead_letter(…))
  std::uint64_t items_dropped = 0;       ///< were queued in front of it when the run ended
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  double busy_seconds = 0;         ///< its body ran
  double blocked_seconds = 0;      ///< waited for room downstream or for a block of its own that is still downstream
  double starved_seconds = 0;      ///< waited for input
  double waiting_seconds = 0;      ///< waited for the outside world, a timer or a pause
  double longest_turn_seconds = 0; ///< the longest its body ran without coming back
  double queued_seconds = 0;       ///< was ready and waited for a thread
  reason state = reason::ready;
};

/// One edge's fill now.
struct edge_report {
  std::string name;
  std::uint64_t items = 0;
  std::size_t capacity = 0;
  std::string from{}; ///< the stage that writes it; empty: a thread outside, or another run
  std::string to{};   ///< the stage that reads it; empty: as above
};

/// A run's account.
struct report {
  double seconds = 0;
  double cpu_seconds = 0;               ///< of the whole process while the run lasted
  std::uint64_t memory_bound_bytes = 0; ///< edges + contexts + pools, summed before the run
  std::uint64_t memory_now_bytes = 0;
  std::uint64_t memory_peak_bytes = 0; ///< never above the bound
  std::uint64_t rss_peak_bytes = 0;    ///< of the whole process since it began
  std::uint64_t total_bytes = 0;       ///< of input, where the sources know it; else 0
  std::uint64_t done_bytes = 0;
  std::string bottleneck; ///< the stage that kept the others waiting; empty when none stands out
  bool interrupted = false;
  std::vector<stage_report> stages;
  std::vector<edge_report> edges;
};

/// The graph of a report as text for Graphviz and for Mermaid: stages and why they wait, edges and how full they are.
[[nodiscard]] std::string to_dot(const report& r);
[[nodiscard]] std::string to_mermaid(const report& r);

} // namespace weir
