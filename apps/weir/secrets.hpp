// Passwords stay out of what people and other processes see: messages, reports, the process's title.
#pragma once

#include <string>
#include <string_view>

namespace weir::command {

/// The text with a '*' for each byte of what looks like a password: in postgres://user:PASSWORD@host and any other URL, in
/// user:PASSWORD@host, in https://TOKEN@host, in ?password=PASSWORD and in "host=h password=PASSWORD". As long as the text, so
/// that places in it stay where they are. It looks through the shell's quotes, also quotes in quotes; where it is in doubt it
/// hides too much.
[[nodiscard]] std::string without_secrets(std::string_view text);

/// The same with one '*' for each password, however long: equal for texts that differ in their passwords alone.
[[nodiscard]] std::string with_marks(std::string_view text);

/// Overwrites the secrets in the words that the process was started with: what ps and /proc/PID/cmdline show.
void hide_secrets(int argc, const char* const* argv) noexcept;

} // namespace weir::command
