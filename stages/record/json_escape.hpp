#pragma once
// Bytes as they stand in a JSON string.

#include <string>
#include <string_view>

namespace weir::stages {

/// The byte cannot begin a character.
[[nodiscard]] constexpr bool is_utf8_tail(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// The text between the quotes (RFC 8259); a byte that is not UTF-8 becomes U+FFFD.
void append_escaped(std::string& to, std::string_view text);
/// RFC 4648, padded: pieces may be put together when each but the last is a multiple of three bytes.
void append_base64(std::string& to, std::string_view bytes);

} // namespace weir::stages
