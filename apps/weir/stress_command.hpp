// `weir stress`: pipelines under load, verified.
#pragma once

#include "apps/weir/stress_options.hpp"

namespace weir::command {

/// Runs every cell, prints a line for each, and returns the program's exit code. The first SIGINT or SIGTERM stops the
/// sources; what they have made is let out and verified, and no further cell is run. The second ends the process.
[[nodiscard]] int stress_command(const stress_options& with);

} // namespace weir::command
