#include "apps/weir/run_ending.hpp"

#include "apps/weir/exit_code.hpp"
#include "apps/weir/failure.hpp"
#include "apps/weir/record_summary.hpp"
#include "apps/weir/report_json.hpp"
#include "apps/weir/resume.hpp"
#include "apps/weir/summary_table.hpp"
#include "apps/weir/terminal.hpp"

#include <algorithm>
#include <csignal>
#include <exception>

namespace weir::command {

namespace {

run_end how_it_ended(const report& done) {
  const bool dropped =
      std::ranges::any_of(done.stages, [](const stage_report& stage) { return stage.items_dropped > 0; });
  return done.interrupted || dropped ? run_end::early : run_end::whole;
}

record_summary records_of(const run_request& request, run_end how) {
  if (!request.of.ledger) return {};
  return {balance_of(request.stages, counts_of(*request.of.ledger), how), request.of.ledger->errors()};
}

} // namespace

int run_ending::ended(const report& done, int signal) {
  std::string results;
  for (const std::string& each : request_.of.results) results += each;
  int code = print_or_fail(results);
  const int judged = close_ledger();
  if (judged != k_exit_success) code = judged;
  if (!keep(!done.interrupted && judged == k_exit_success) && code == k_exit_success) code = k_exit_failure;
  run_summary summary = summary_of(done);
  summary.records = records_of(request_, how_it_ended(done));
  if (!request_.with.quiet) print_aside(summary_table(summary) + text_of(summary.records));
  report_to_.write(report_json(summary));
  if (const std::string mismatch = mismatch_of(summary.records); !mismatch.empty()) {
    complain(mismatch);
    code = k_exit_failure;
  }
  if (!done.interrupted) return code;
  complain(std::string("interrupted by ") + (signal == SIGINT ? "SIGINT" : "SIGTERM") +
           (request_.one_sink ? "; no output was put under its final name"
                              : "; no output that was not complete before was put under its final name"));
  return k_exit_signal_base + signal;
}

int run_ending::failed(const run_error& error, const report& so_far) {
  const bool enough = request_.one_sink && is_reader_gone(error);
  const auto path_of = [this](std::uint32_t source) {
    return request_.of.ledger ? request_.of.ledger->path_of(source) : std::string();
  };
  const std::string message = enough ? std::string() : message_of(error, path_of);
  if (!enough) complain(message);
  if (!enough) (void)keep(false);
  tell(so_far, message);
  return enough ? k_exit_success : exit_code_of(error);
}

int run_ending::late(const report& so_far, const std::string& error) {
  complain(leftovers(request_.of, request_.with.drain_timeout));
  if (!error.empty()) complain(error);
  (void)keep(false);
  tell(so_far, error);
  return k_exit_leftovers;
}

/// False: it was not possible, and that was told. Where another error is being told, this one must not take its place.
bool run_ending::keep(bool whole) {
  try {
    keep_positions(request_.of, whole);
    return true;
  } catch (const std::exception& error) { complain(error.what()); }
  return false;
}

/// Judges the records once more. Returns an exit code.
int run_ending::close_ledger() {
  if (!request_.of.ledger) return k_exit_success;
  try {
    request_.of.ledger->finish();
  } catch (const stages::bad_data& bad) {
    complain(bad.what());
    return k_exit_bad_data;
  }
  return k_exit_success;
}

/// What a run that did not end well has done by then. It need not balance: stages were stopped in the middle of it.
void run_ending::tell(const report& so_far, const std::string& error) {
  try {
    run_summary summary = summary_of(so_far);
    summary.records = records_of(request_, run_end::failed);
    summary.error = error;
    const bool begun = std::ranges::any_of(summary.records.branches, &branch_balance::read);
    if (!request_.with.quiet && begun) print_aside(text_of(summary.records));
    report_to_.write(report_json(summary));
  } catch (const std::exception& wrong) { complain(wrong.what()); }
}

} // namespace weir::command
