#pragma once

#include <cstddef>
#include <string_view>

namespace weir::stages {

/// What some programs put at the beginning of a text.
inline constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

/// How many bytes of `text` are whole UTF-8 characters, up to the first that is none: all of them in valid text. Overlong
/// forms, surrogates and code points above U+10FFFF are no characters.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept { return valid_utf8_prefix(text) == text.size(); }

} // namespace weir::stages
