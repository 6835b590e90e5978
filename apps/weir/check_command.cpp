#include "apps/weir/check_command.hpp"

#include "apps/weir/exit_code.hpp"
#include "apps/weir/failure.hpp"
#include "apps/weir/record_summary.hpp"
#include "apps/weir/run_command.hpp"
#include "apps/weir/sampled_pipeline.hpp"
#include "apps/weir/session_start.hpp"
#include "apps/weir/terminal.hpp"
#include "apps/weir/units.hpp"

#include <deque>

#include <fmt/format.h>

namespace weir::command {

namespace {

/// Nothing when it went well, else the exit code. A signal ends the process: nothing is written that could be left half done.
std::optional<int> run_sample(const check_request& request) {
  engine threads(request.with.threads);
  try {
    (void)assemble(request.stages).start(engine_options(request.with), threads).wait();
  } catch (const run_error& error) {
    const auto path_of = [&request](std::uint32_t source) {
      return request.of.ledger ? request.of.ledger->path_of(source) : std::string();
    };
    complain(message_of(error, path_of));
    return exit_code_of(error);
  }
  return {};
}

} // namespace

int check_command(check_request request) {
  std::deque<seen_records> seen;
  const std::size_t parsers = take_sample(request.stages, request.with.sample, seen);
  if (parsers == 0) return print_or_fail(request.found + "no stage makes records: nothing to try\n");
  start_session(request.of, request.with, {}); // the stages are made once more
  const std::optional<int> failed = run_sample(request);

  record_summary records;
  if (request.of.ledger)
    records = {balance_of(request.stages, counts_of(*request.of.ledger), run_end::early), request.of.ledger->errors()};
  const std::string sample =
      fmt::format("sample: the first {} lines for each stage that makes records; nothing is written\n",
                  format_count(request.with.sample));
  const int printed = print_or_fail(request.found + sample + text_of(seen) + text_of(records));
  if (failed) return *failed;
  return printed == k_exit_success && request.of.would_stop && !records.errors.empty() ? k_exit_bad_data : printed;
}

} // namespace weir::command
