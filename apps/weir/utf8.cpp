#include "apps/weir/utf8.hpp"

#include "apps/weir/secrets.hpp"

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::size_t k_longest_quote = 60;

unsigned char byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

/// How many bytes a character takes by its first byte, and the smallest code point that needs them; 0 if it
/// is none.
struct lead {
  std::size_t length;
  char32_t least;
  unsigned char payload;
};

lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, 0, byte};
  if (byte >= 0xC2 && byte < 0xE0) return {2, 0x80, static_cast<unsigned char>(byte & 0x1F)};
  if (byte >= 0xE0 && byte < 0xF0) return {3, 0x800, static_cast<unsigned char>(byte & 0x0F)};
  if (byte >= 0xF0 && byte < 0xF5) return {4, 0x10000, static_cast<unsigned char>(byte & 0x07)};
  return {0, 0, 0};
}

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

} // namespace

utf8_character first_character(std::string_view text) noexcept {
  const lead head = lead_of(byte_at(text, 0));
  const utf8_character invalid{byte_at(text, 0), 1, false};
  if (head.length == 0 || head.length > text.size()) return invalid;
  char32_t code = head.payload;
  for (std::size_t i = 1; i < head.length; ++i) {
    if ((byte_at(text, i) & 0xC0) != 0x80) return invalid;
    code = (code << 6) | (byte_at(text, i) & 0x3F);
  }
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < head.least || code > 0x10FFFF || surrogate) return invalid;
  return {code, head.length, true};
}

std::size_t character_count(std::string_view text) noexcept {
  std::size_t count = 0;
  for (; !text.empty(); text.remove_prefix(first_character(text).length)) ++count;
  return count;
}

std::string_view first_characters(std::string_view text, std::size_t count) noexcept {
  std::size_t end = 0;
  while (count-- > 0 && end < text.size()) end += first_character(text.substr(end)).length;
  return text.substr(0, end);
}

std::string printable(std::string_view text, bool line_feeds_kept) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const utf8_character c = first_character(rest);
    if (!c.valid || (is_control(c.code) && !(line_feeds_kept && c.code == U'\n'))) {
      for (std::size_t i = 0; i < c.length; ++i) out += fmt::format("\\x{:02x}", byte_at(rest, i));
    } else {
      out += rest.substr(0, c.length);
    }
    rest.remove_prefix(c.length);
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  const std::string hidden = without_secrets(text); // of which the end may be cut off that would tell
  const std::string_view shown = first_characters(hidden, k_longest_quote);
  std::string out = "'"; // (GCC 12 warns of "…" + std::string wrongly)
  out += printable(shown);
  if (shown.size() < hidden.size()) out += "...";
  return out + "'";
}

} // namespace weir::command
