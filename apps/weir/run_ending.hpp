// What is told and kept when a run is over, however it ended.
#pragma once

#include "apps/weir/json_file.hpp"
#include "apps/weir/run_command.hpp"

#include <weir/errors.hpp>
#include <weir/report.hpp>

#include <string>

namespace weir::command {

/// All return the program's exit code and write the report; what goes wrong with that is told.
class run_ending {
 public:
  run_ending(const run_request& request, json_file& report_to) : request_(request), report_to_(report_to) {}

  /// It came to its end, or `signal` interrupted it.
  int ended(const report& done, int signal);
  /// `so_far`: what it had done by then.
  int failed(const run_error& error, const report& so_far);
  /// It was told to stop and did not in time. `error`: what came of that, or empty.
  int late(const report& so_far, const std::string& error);

 private:
  const run_request& request_;
  json_file& report_to_;

  [[nodiscard]] bool keep(bool whole);
  int close_ledger();
  void tell(const report& so_far, const std::string& error);
};

} // namespace weir::command
