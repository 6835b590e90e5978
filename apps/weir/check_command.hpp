// `weir check`: a pipeline is tried on its first records and writes nothing.
#pragma once

#include "apps/weir/options.hpp"
#include "apps/weir/prepared_pipeline.hpp"
#include "apps/weir/session.hpp"

#include <string>
#include <vector>

namespace weir::command {

struct check_request {
  const options& with;
  session& of; // of this pipeline; counts bad records and does nothing else with them
  std::vector<prepared_stage> stages;
  std::string found; // what is known without a run
};

/// Runs the pipeline on its sample, prints what is known of it and what would be rejected, and returns the program's exit code:
/// k_exit_bad_data where a bad record would stop the run.
[[nodiscard]] int check_command(check_request request);

} // namespace weir::command
