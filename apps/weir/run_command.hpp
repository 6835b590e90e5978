// One run of a pipeline: live line, signals, summary, report, exit code.
#pragma once

#include "apps/weir/options.hpp"
#include "apps/weir/prepared_pipeline.hpp"
#include "apps/weir/session.hpp"

#include <weir/plan.hpp>

#include <span>

namespace weir::command {

/// What is to be run and how.
struct run_request {
  const plan& what;
  const options& with;
  session& of;                            // what its stages print and count
  std::span<const prepared_stage> stages; // of which it was made
  bool live_line = true;                  // false: not even where the options would allow one
  bool one_sink = true;                   // false: what one of them has written is not all there is
};

/// The engine's part of the options.
[[nodiscard]] run_options engine_options(const options& from) noexcept;

/// Runs the plan and returns the program's exit code. The first SIGINT or SIGTERM lets out what is in flow
/// and ends with 128 + its number, the second ends the process at once; before the run has begun the first
/// one does.
/// A reader of standard output that goes away (`… | write -` into `head`) ends the run with 0 and no word where
/// there is no other sink: it has what it wanted. Errors of the run are reported on standard error; throws std::exception for what goes
/// wrong before and after it.
[[nodiscard]] int run_command(const run_request& request);

} // namespace weir::command
