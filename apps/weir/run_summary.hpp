// What a finished run tells: the input of the JSON report and of the table at the end.
#pragma once

#include "apps/weir/record_summary.hpp"

#include <weir/report.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir::command {

/// One stage's share. Seconds are wall time; busy + blocked + starved + waiting of a stage add up to at most
/// the run's.
struct stage_summary {
  std::string name;
  std::uint64_t items_in = 0;
  std::uint64_t items_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  double busy_seconds = 0;    // working
  double blocked_seconds = 0; // its output was full
  double starved_seconds = 0; // its input was empty
  double waiting_seconds = 0; // for the outside: disk, network, a timer
  bool has_input = true;      // false: a source
  bool has_output = true;     // false: a sink
};

/// The whole run.
struct run_summary {
  double seconds = 0;
  double cpu_seconds = 0;
  std::uint64_t memory_bound_bytes = 0; // promised before the start
  std::uint64_t memory_peak_bytes = 0;  // accounted at most
  std::uint64_t rss_peak_bytes = 0;     // of the process, as the kernel saw it
  bool interrupted = false;             // a signal ended it before its input did
  std::string bottleneck;               // a stage's name; empty if none stands out
  std::vector<stage_summary> stages;    // in the pipeline's order
  std::string error;                    // what it failed with; empty: nothing
  record_summary records;               // empty where no stage takes records
};

/// The engine's report as the command shows it.
[[nodiscard]] run_summary summary_of(const report& from);

} // namespace weir::command
