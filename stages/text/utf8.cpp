#include "stages/text/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace weir::stages {
namespace {

using byte = unsigned char;

bool in_range(byte b, byte from, byte to) { return b >= from && b <= to; }

/// Bytes of the character above U+007F that begins there; 0 when it is none. The second byte's range is what rules out
/// overlong forms, surrogates and what is too large.
std::size_t long_character(const byte* at, std::size_t left) {
  const auto tail = [&](std::size_t i) { return in_range(at[i], 0x80, 0xBF); };
  const byte lead = at[0];
  if (in_range(lead, 0xC2, 0xDF)) return left > 1 && tail(1) ? 2 : 0;
  if (in_range(lead, 0xE0, 0xEF)) {
    const byte least = lead == 0xE0 ? 0xA0 : 0x80;
    const byte most = lead == 0xED ? 0x9F : 0xBF;
    return left > 2 && in_range(at[1], least, most) && tail(2) ? 3 : 0;
  }
  if (in_range(lead, 0xF0, 0xF4)) {
    const byte least = lead == 0xF0 ? 0x90 : 0x80;
    const byte most = lead == 0xF4 ? 0x8F : 0xBF;
    return left > 3 && in_range(at[1], least, most) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

} // namespace

std::size_t valid_utf8_prefix(std::string_view text) noexcept {
  constexpr std::uint64_t k_high = 0x8080808080808080;
  const auto* const begin = reinterpret_cast<const byte*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    if (std::uint64_t eight = 0; text.size() - at >= sizeof eight) {
      std::memcpy(&eight, begin + at, sizeof eight);
      if ((eight & k_high) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t length = begin[at] < 0x80 ? 1 : long_character(begin + at, text.size() - at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

} // namespace weir::stages
