#pragma once
// The small parts of JSON: the shape of numbers, escapes, blanks. Pure functions, any thread.

#include <cstddef>
#include <string_view>

namespace weir::stages {

[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
[[nodiscard]] constexpr bool is_digit(char c) noexcept { return static_cast<unsigned char>(c - '0') < 10; }

/// The text is one JSON number, all of it; see number_text.hpp for its value.
[[nodiscard]] bool is_json_number(std::string_view text) noexcept;

/// The inside of a JSON string, every escape of which must be right (a lone surrogate is not). Gives the place of the first
/// bad one, or npos.
[[nodiscard]] std::size_t bad_escape(std::string_view inside) noexcept;

/// Writes what the inside of a JSON string stands for to `to`, which has room for inside.size() bytes. Gives the end of
/// what was written; null: a bad escape.
[[nodiscard]] char* unescape(std::string_view inside, char* to) noexcept;

} // namespace weir::stages
