// The table at the end of a run, for people.
#pragma once

#include "apps/weir/run_summary.hpp"

#include <string>

namespace weir::command {

/// One aligned line a stage, the bottleneck marked with '*', and two lines on the whole run; plain text, ends
/// with a newline. What a source has no input of and a sink no output of is shown as '-'.
[[nodiscard]] std::string summary_table(const run_summary& of);

} // namespace weir::command
