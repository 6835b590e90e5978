#include "stages/record/json_scalar.hpp"

#include <cstdint>
#include <cstring>

namespace weir::stages {
namespace {

const char* digits(const char* at, const char* end) noexcept {
  while (at != end && is_digit(*at)) { ++at; }
  return at;
}

int hex(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The four digits behind \u; negative: they are none.
std::int32_t code_unit(const char* at, const char* end) noexcept {
  if (end - at < 4) return -1;
  std::int32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex(at[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

char* put_utf8(char32_t c, char* to) noexcept {
  const auto put = [&](char32_t byte) { *to++ = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return to;
}

struct escaped {
  char32_t character = 0;
  const char* behind = nullptr; ///< null: a bad escape
};

/// `at`: the four digits of a \u.
escaped read_unicode(const char* at, const char* end) noexcept {
  const std::int32_t unit = code_unit(at, end);
  if (unit < 0) return {};
  if (unit < 0xD800 || unit > 0xDFFF) return {static_cast<char32_t>(unit), at + 4};
  if (unit > 0xDBFF || end - at < 10 || at[4] != '\\' || at[5] != 'u') return {};
  const std::int32_t low = code_unit(at + 6, end);
  if (low < 0xDC00 || low > 0xDFFF) return {};
  return {static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), at + 10};
}

/// `at`: behind the backslash.
escaped read_escape(const char* at, const char* end) noexcept {
  if (at == end) return {};
  switch (*at) {
  case '"':
  case '\\':
  case '/':
    return {static_cast<char32_t>(*at), at + 1};
  case 'b':
    return {U'\b', at + 1};
  case 'f':
    return {U'\f', at + 1};
  case 'n':
    return {U'\n', at + 1};
  case 'r':
    return {U'\r', at + 1};
  case 't':
    return {U'\t', at + 1};
  case 'u':
    return read_unicode(at + 1, end);
  default:
    return {};
  }
}

} // namespace

bool is_json_number(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at != end && *at == '-') ++at;
  const char* const first = at;
  at = digits(at, end);
  if (at == first || (*first == '0' && at - first > 1)) return false;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = digits(at, end);
    if (at == fraction) return false;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* const exponent = at;
    at = digits(at, end);
    if (at == exponent) return false;
  }
  return at == end;
}

std::size_t bad_escape(std::string_view inside) noexcept {
  const char* at = inside.data();
  const char* const end = at + inside.size();
  while (at != end) {
    at = static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
    if (at == nullptr) break;
    const escaped one = read_escape(at + 1, end);
    if (one.behind == nullptr) return static_cast<std::size_t>(at - inside.data());
    at = one.behind;
  }
  return std::string_view::npos;
}

char* unescape(std::string_view inside, char* to) noexcept {
  const char* at = inside.data();
  const char* const end = at + inside.size();
  while (at != end) {
    const auto* slash = static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
    const char* const plain_end = slash == nullptr ? end : slash;
    const auto plain = static_cast<std::size_t>(plain_end - at);
    std::memcpy(to, at, plain);
    to += plain;
    if (slash == nullptr) break;
    const escaped one = read_escape(slash + 1, end);
    if (one.behind == nullptr) return nullptr;
    to = put_utf8(one.character, to);
    at = one.behind;
  }
  return to;
}

} // namespace weir::stages
