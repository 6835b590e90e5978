// Text as columns: how many characters a byte string shows, and where it may be cut.
// A character is one code point; a byte that is not valid UTF-8 is one character too, so nothing here can
// fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::command {

/// One character of a text: its code point and the bytes it takes (1 for an invalid byte).
struct utf8_character {
  char32_t code = 0;
  std::size_t length = 1;
  bool valid = false;
};

/// The first character of a text that is not empty. Overlong forms and surrogates are invalid.
[[nodiscard]] utf8_character first_character(std::string_view text) noexcept;

/// How many characters the text has.
[[nodiscard]] std::size_t character_count(std::string_view text) noexcept;

/// The longest beginning of the text that has at most `count` characters.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::size_t count) noexcept;

/// The text as a terminal shows it safely: control and invalid bytes as \xNN, but for line feeds where they are `kept`.
[[nodiscard]] std::string printable(std::string_view text, bool line_feeds_kept = false);

/// The text in single quotes as it may stand in a message: control and invalid bytes as \xNN, cut after 60
/// characters.
[[nodiscard]] std::string in_quotes(std::string_view text);

} // namespace weir::command
