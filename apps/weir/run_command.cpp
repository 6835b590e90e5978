#include "apps/weir/run_command.hpp"

#include "apps/weir/exit_code.hpp"
#include "apps/weir/failure.hpp"
#include "apps/weir/interruption.hpp"
#include "apps/weir/json_file.hpp"
#include "apps/weir/live_line.hpp"
#include "apps/weir/report_json.hpp"
#include "apps/weir/resume.hpp"
#include "apps/weir/signals.hpp"
#include "apps/weir/summary_table.hpp"
#include "apps/weir/terminal.hpp"
#include "stages/file/temporaries.hpp"

#include <algorithm>
#include <csignal>
#include <optional>

namespace weir::command {

namespace {

bool wants_live_line(const run_request& request) {
  if (request.with.quiet || !request.live_line) return false;
  switch (request.with.progress) {
  case progress_mode::never:
    return false;
  case progress_mode::always:
    return true;
  case progress_mode::automatic:
    break;
  }
  return standard_error_is_terminal();
}

report run_with_live_line(const run_request& request, run& of, const signal_watch& signals, interruption& on_signal) {
  on_signal.aim_at(of);
  const struct ending {
    interruption& told;
    ~ending() { told.over(); }
  } at_end{on_signal};
  std::optional<live_line> line;
  if (wants_live_line(request))
    line.emplace(of, request.with.memory_bytes, [&signals] { return signals.received() != 0; });
  return of.wait();
}

bool anything_dropped(const report& done) {
  return done.interrupted ||
         std::ranges::any_of(done.stages, [](const stage_report& stage) { return stage.items_dropped > 0; });
}

record_summary records_of(const run_request& request, const report& done) {
  if (!request.of.ledger) return {};
  const std::vector<record_count> counts = counts_of(*request.of.ledger);
  return {balance_of(request.stages, counts, anything_dropped(done)), request.of.ledger->errors()};
}

/// Judges the records once more. Returns an exit code.
int close_ledger(const run_request& request) {
  if (!request.of.ledger) return k_exit_success;
  try {
    request.of.ledger->finish();
  } catch (const stages::bad_data& bad) {
    complain(bad.what());
    return k_exit_bad_data;
  }
  return k_exit_success;
}

int end_of_run(const run_request& request, const report& done, int signal, json_file& report_to) {
  std::string results;
  for (const std::string& each : request.of.results) results += each;
  int code = print_or_fail(results);
  const int judged = close_ledger(request);
  if (judged != k_exit_success) code = judged;
  keep_positions(request.of, !done.interrupted && judged == k_exit_success);
  run_summary summary = summary_of(done);
  summary.records = records_of(request, done);
  if (!request.with.quiet) print_aside(summary_table(summary) + text_of(summary.records));
  report_to.write(report_json(summary));
  if (const std::string mismatch = mismatch_of(summary.records); !mismatch.empty()) {
    complain(mismatch);
    code = k_exit_failure;
  }
  if (!done.interrupted) return code;
  complain(std::string("interrupted by ") + (signal == SIGINT ? "SIGINT" : "SIGTERM") +
           (request.one_sink ? "; no output was put under its final name"
                             : "; no output that was not complete before was put under its final name"));
  return k_exit_signal_base + signal;
}

int failed(const run_request& request, const run_error& error) {
  if (request.one_sink && is_reader_gone(error)) return k_exit_success;
  complain(message_of(error));
  keep_positions(request.of, false);
  if (!request.with.quiet && request.of.ledger) print_aside(text_of(request.of.ledger->errors()));
  return exit_code_of(error);
}

} // namespace

run_options engine_options(const options& from) noexcept {
  return {.memory = from.memory_bytes, .block_size = from.block_bytes};
}

int run_command(const run_request& request) {
  engine threads(request.with.threads); // outlives what may still call the run
  interruption on_signal(request.with.drain_timeout,
                         [&request] { complain(leftovers(request.of, request.with.drain_timeout)); });
  const signal_watch signals([&on_signal](int signal) { on_signal.on_signal(signal); }, stages::unlink_temporaries);
  json_file report_to("report", request.with.report);
  try {
    run started = request.what.start(engine_options(request.with), threads);
    const report done = run_with_live_line(request, started, signals, on_signal);
    return end_of_run(request, done, signals.received(), report_to);
  } catch (const run_error& error) { return failed(request, error); } catch (const cancelled_error&) {
    if (!on_signal.ran_out_of_time()) throw;
    complain(leftovers(request.of, request.with.drain_timeout));
    keep_positions(request.of, false);
    return k_exit_leftovers;
  }
}

} // namespace weir::command
