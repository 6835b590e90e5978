#include "apps/weir/failure.hpp"

#include "apps/weir/exit_code.hpp"
#include "stages/file/io_error.hpp"
#include "stages/record/record_policy.hpp"
#include "stages/text/text_stages.hpp"

#include <exception>
#include <string_view>

namespace weir::command {

namespace {

/// What the stage threw as an Error, given to `use`; false: it was something else.
template <class Error, class Use>
bool was(const run_error& error, Use use) {
  try {
    if (error.cause()) std::rethrow_exception(error.cause());
  } catch (const Error& cause) {
    use(cause);
    return true;
  } catch (...) {}
  return false;
}

template <class Error>
bool was(const run_error& error) {
  return was<Error>(error, [](const Error&) {});
}

/// A source that could not open what it reads.
bool is_missing_input(const run_error& error) {
  bool opening = false;
  (void)was<stages::io_error>(
      error, [&opening](const auto& cause) { opening = std::string_view(cause.what()).starts_with("open: "); });
  return opening && error.stage().substr(0, error.stage().find('#')) == "read";
}

} // namespace

int exit_code_of(const run_error& error) {
  if (was<stages::bad_data>(error)) return k_exit_bad_data;
  if (was<stages::server_gone>(error)) return k_exit_unavailable;
  return is_missing_input(error) ? k_exit_no_input : k_exit_failure;
}

std::string message_of(const run_error& error, const std::function<std::string(std::uint32_t)>& path_of) {
  std::string text = error.what();
  if (was<stages::bad_data>(error, [&text](const auto& cause) { text = cause.what(); })) return text;
  const std::string own = error.stage().substr(0, error.stage().find('#')) + ": ";
  const std::size_t behind = error.stage().size() + 2;
  if (text.compare(behind, own.size(), own) == 0) text.erase(behind, own.size());
  (void)was<stages::record_too_long>(error, [&](const auto& cause) {
    const std::string path = path_of ? path_of(cause.source()) : std::string();
    if (!path.empty()) text.insert(behind, path + ": ");
  });
  return text;
}

bool is_reader_gone(const run_error& error) {
  bool standard_output = false;
  (void)was<stages::broken_pipe>(error, [&standard_output](const auto& pipe) {
    standard_output = pipe.path() == "standard output" || pipe.path() == "/dev/stdout";
  });
  return standard_output;
}

} // namespace weir::command
