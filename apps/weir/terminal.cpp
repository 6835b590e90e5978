#include "apps/weir/terminal.hpp"

#include "apps/weir/exit_code.hpp"
#include "apps/weir/secrets.hpp"
#include "apps/weir/utf8.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace weir::command {

namespace {

constexpr std::size_t k_usual_width = 80;
constexpr std::string_view k_program = "weir: ";

/// 0, or the errno value of what went wrong.
int write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

void print_line(std::string_view message) noexcept {
  // The library begins messages that belong to no stage with its own name.
  if (message.starts_with(k_program)) message.remove_prefix(k_program.size());
  try {
    print_aside(std::string(k_program).append(message).append("\n"));
  } catch (...) { print_aside(k_program); }
}

} // namespace

void occupy_standard_streams() noexcept {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const bool closed = fcntl(stream, F_GETFD) < 0 && errno == EBADF;
    // The lowest free number is this one's; the wrong direction makes every use an EBADF, as before.
    if (closed && open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

bool standard_output_is_terminal() noexcept { return isatty(STDOUT_FILENO) == 1; }

bool standard_error_is_terminal() noexcept { return isatty(STDERR_FILENO) == 1; }

std::size_t terminal_width() noexcept {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return k_usual_width;
  return size.ws_col;
}

int print_or_fail(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == 0 || error == EPIPE) return k_exit_success;
  complain(std::string("standard output: ") + std::strerror(error));
  return k_exit_failure;
}

void print_aside(std::string_view text) noexcept { (void)write_all(STDERR_FILENO, text); }

void complain(const usage_error& error) noexcept { print_line(error.what()); }

void complain(std::string_view message) noexcept {
  try {
    print_line(printable(without_secrets(message), true));
  } catch (...) { // No memory for the text, which may hold a password.
    print_aside(k_program);
    print_aside("no memory to say what went wrong\n");
  }
}

} // namespace weir::command
