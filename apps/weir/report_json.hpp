// The report of a run for programs to read (`--report FILE.json`).
#pragma once

#include "apps/weir/run_summary.hpp"

#include <string>

namespace weir::command {

/// The summary as one JSON object, ending with a newline. Its members have the names of run_summary's and
/// stage_summary's fields; `bottleneck` is null when there is none; `error` is left out where there is none; `records` and `bad_records` are left out where no stage
/// takes records. Seconds are rounded to a microsecond.
[[nodiscard]] std::string report_json(const run_summary& of);

} // namespace weir::command
