// The two streams that people look at.
#pragma once

#include "apps/weir/usage_error.hpp"

#include <cstddef>
#include <string_view>

namespace weir::command {

/// Puts something unusable in the place of a standard stream that the parent process has closed: otherwise
/// the next file that is opened would take that place, and a stage would write into it.
void occupy_standard_streams() noexcept;

[[nodiscard]] bool standard_output_is_terminal() noexcept;
[[nodiscard]] bool standard_error_is_terminal() noexcept;

/// Columns of the terminal on standard error, as far as it tells; else 80.
[[nodiscard]] std::size_t terminal_width() noexcept;

/// Writes all of the text to standard output. Returns k_exit_success, or k_exit_failure after complaining
/// when it cannot be written; a reader that has gone is no failure.
int print_or_fail(std::string_view text);

/// Writes all of the text to standard error, in one call as a rule; what cannot be written is lost.
void print_aside(std::string_view text) noexcept;

/// Writes "weir: message" and a newline to standard error; passwords in it are hidden.
void complain(std::string_view message) noexcept;
/// Likewise, of an error that has hidden them itself, where more was known of the text than can be seen in the message.
void complain(const usage_error& error) noexcept;

} // namespace weir::command
