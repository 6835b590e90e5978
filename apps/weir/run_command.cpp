#include "apps/weir/run_command.hpp"

#include "apps/weir/exit_code.hpp"
#include "apps/weir/interruption.hpp"
#include "apps/weir/json_file.hpp"
#include "apps/weir/live_line.hpp"
#include "apps/weir/report_json.hpp"
#include "apps/weir/signals.hpp"
#include "apps/weir/summary_table.hpp"
#include "apps/weir/terminal.hpp"
#include "stages/file/io_error.hpp"
#include "stages/file/temporaries.hpp"

#include <csignal>
#include <optional>
#include <string_view>

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

bool is_reader_gone(const run_error& error) {
  try {
    if (error.cause()) std::rethrow_exception(error.cause());
  } catch (const stages::broken_pipe& pipe) {
    return pipe.path() == "standard output" || pipe.path() == "/dev/stdout";
  } catch (...) {}
  return false;
}

/// "write#2: out.gz: at byte 0: No space left": the stage's name once, and with its number, also where its own message
/// begins with the name.
std::string message_of(const run_error& error) {
  const std::string own = error.stage().substr(0, error.stage().find('#')) + ": ";
  std::string text = error.what();
  const std::size_t behind = error.stage().size() + 2;
  if (text.compare(behind, own.size(), own) == 0) text.erase(behind, own.size());
  return text;
}

report run_with_live_line(const run_request& request, run& of, const signal_watch& signals) {
  std::optional<live_line> line;
  if (wants_live_line(request))
    line.emplace(of, request.with.memory_bytes, [&signals] { return signals.received() != 0; });
  return of.wait();
}

int end_of_run(const run_request& request, const report& done, int signal, json_file& report_to) {
  std::string results;
  for (const std::string& each : request.results) results += each;
  const int printed = print_or_fail(results);
  const run_summary summary = summary_of(done);
  if (!request.with.quiet) print_aside(summary_table(summary));
  report_to.write(report_json(summary));
  if (!done.interrupted) return printed;
  complain(std::string("interrupted by ") + (signal == SIGINT ? "SIGINT" : "SIGTERM") +
           (request.one_sink ? "; no output was put under its final name"
                             : "; no output that was not complete before was put under its final name"));
  return k_exit_signal_base + signal;
}

} // namespace

run_options engine_options(const options& from) noexcept {
  return {.memory = from.memory_bytes, .block_size = from.block_bytes};
}

int run_command(const run_request& request) {
  engine threads(request.with.threads); // outlives what may still call the run
  interruption on_signal;
  const signal_watch signals([&on_signal](int signal) { on_signal.on_signal(signal); }, stages::unlink_temporaries);
  json_file report_to("report", request.with.report);
  try {
    run started = request.what.start(engine_options(request.with), threads);
    on_signal.aim_at(started);
    const report done = run_with_live_line(request, started, signals);
    return end_of_run(request, done, signals.received(), report_to);
  } catch (const run_error& error) {
    if (request.one_sink && is_reader_gone(error)) return k_exit_success;
    complain(message_of(error));
    return k_exit_failure;
  }
}

} // namespace weir::command
