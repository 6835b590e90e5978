// Passwords stay out of what people and other processes see: messages, reports, the process's title.
#pragma once

#include <string>
#include <string_view>

namespace weir::command {

/// The text with a '*' for each byte of what looks like a password: in postgres://user:PASSWORD@host and any other URL, in
/// ?password=PASSWORD and in "host=h password=PASSWORD". As long as the text, so that places in it stay where they are. Quotes
/// within are no obstacle; where it is in doubt it hides too much.
[[nodiscard]] std::string without_secrets(std::string_view text);

/// Overwrites the secrets in the words that the process was started with: what ps and /proc/PID/cmdline show.
void hide_secrets(int argc, const char* const* argv) noexcept;

} // namespace weir::command
