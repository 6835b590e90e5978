#include "apps/weir/run_command.hpp"

#include "apps/weir/failure.hpp"
#include "apps/weir/interruption.hpp"
#include "apps/weir/json_file.hpp"
#include "apps/weir/live_line.hpp"
#include "apps/weir/run_ending.hpp"
#include "apps/weir/signals.hpp"
#include "apps/weir/terminal.hpp"
#include "stages/file/temporaries.hpp"

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

/// `of` was started paused.
report run_with_live_line(const run_request& request, run& of, const signal_watch& signals, interruption& on_signal) {
  on_signal.aim_at(of);
  of.resume(); // Only now: a signal that met no run would lose what was taken before.
  const struct ending {
    interruption& told;
    ~ending() { told.over(); }
  } at_end{on_signal};
  std::optional<live_line> line;
  if (wants_live_line(request))
    line.emplace(of, request.with.memory_bytes, [&signals] { return signals.received() != 0; });
  return of.wait();
}

} // namespace

run_options engine_options(const options& from) noexcept {
  return {.memory = from.memory_bytes, .block_size = from.block_bytes};
}

int run_command(const run_request& request) {
  engine threads(request.with.threads); // outlives what may still call the run
  json_file report_to("report", request.with.report);
  run_ending ending(request, report_to);
  std::optional<run> started;
  const auto so_far = [&started] { return started ? started->snapshot() : report(); };
  interruption on_signal(request.with.drain_timeout, [&ending, &so_far] { (void)ending.late(so_far(), {}); });
  const signal_watch signals([&on_signal](int signal) { on_signal.on_signal(signal); }, stages::unlink_temporaries);
  try {
    started.emplace(request.what.start_paused(engine_options(request.with), threads));
    const report done = run_with_live_line(request, *started, signals, on_signal);
    return ending.ended(done, signals.received());
  } catch (const run_error& error) {
    if (on_signal.ran_out_of_time()) return ending.late(so_far(), message_of(error));
    return ending.failed(error, so_far());
  } catch (const cancelled_error&) {
    if (!on_signal.ran_out_of_time()) throw;
    return ending.late(so_far(), {});
  }
}

} // namespace weir::command
