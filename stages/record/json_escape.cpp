#include "stages/record/json_escape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "stages/text/utf8.hpp"

namespace weir::stages {
namespace {

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }

/// Bytes of the character that the text begins with; 0: none begins here.
std::size_t character_length(std::string_view text) {
  const unsigned char first = byte_of(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

void append_control(std::string& to, unsigned char byte) {
  constexpr std::string_view k_short = "\b\t\n\f\r";
  constexpr std::string_view k_letters = "btnfr";
  constexpr std::string_view k_hex = "0123456789abcdef";
  to += '\\';
  if (const std::size_t which = k_short.find(static_cast<char>(byte)); which != std::string_view::npos) {
    to += k_letters[which];
  } else {
    to.append("u00").append({k_hex[byte >> 4], k_hex[byte & 15]});
  }
}

} // namespace

void append_escaped(std::string& to, std::string_view text) {
  while (!text.empty()) {
    const unsigned char first = byte_of(text[0]);
    std::size_t length = 1;
    if (first < 0x20) {
      append_control(to, first);
    } else if (first == '"' || first == '\\') {
      to.append({'\\', text[0]});
    } else if (first < 0x80) {
      to += text[0];
    } else if ((length = character_length(text)) > 0) {
      to.append(text.substr(0, length));
    } else {
      to += "\xEF\xBF\xBD";
      length = 1;
    }
    text.remove_prefix(length);
  }
}

void append_base64(std::string& to, std::string_view bytes) {
  constexpr std::string_view k_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::array<unsigned, 3> three{};
    for (std::size_t i = 0; i < 3 && i < bytes.size(); ++i) three[i] = byte_of(bytes[i]);
    const unsigned all = three[0] << 16 | three[1] << 8 | three[2];
    to += k_digits[all >> 18];
    to += k_digits[all >> 12 & 63];
    to += bytes.size() > 1 ? k_digits[all >> 6 & 63] : '=';
    to += bytes.size() > 2 ? k_digits[all & 63] : '=';
  }
}

} // namespace weir::stages
