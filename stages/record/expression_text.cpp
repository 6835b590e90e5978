#include "stages/record/expression_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "stages/record/bad_expression.hpp"

namespace weir::stages {
namespace {

constexpr std::string_view k_blanks = " \t\r\n";
constexpr std::string_view k_signs = "=<>!~&|";
constexpr std::string_view k_alone = "(),\"'`";

/// Where the token ends that begins at `at`; roughly, for messages.
std::size_t token_end(std::string_view text, std::size_t at) {
  const auto run_of = [&](auto belongs) {
    return static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), belongs) - text.begin());
  };
  const auto is_in = [](std::string_view set) { return [set](char c) { return set.find(c) != set.npos; }; };
  const char first = text[at];
  if (first == '"' || first == '\'' || first == '`') {
    for (std::size_t i = at + 1; i < text.size(); ++i) {
      if (text[i] == first) { return i + 1; }
      if (text[i] == '\\' && first != '`') { ++i; }
    }
    return text.size();
  }
  if (k_alone.find(first) != k_alone.npos) { return at + 1; }
  if (k_signs.find(first) != k_signs.npos) { return run_of(is_in(k_signs)); }
  return run_of([&](char c) {
    return (k_blanks.find(c) == k_blanks.npos) && (k_signs.find(c) == k_signs.npos) &&
           (k_alone.find(c) == k_alone.npos);
  });
}

/// The token at or behind `offset`; empty at the end.
std::string_view token_at(std::string_view text, std::size_t offset) {
  const std::size_t begin = text.find_first_not_of(k_blanks, std::min(offset, text.size()));
  return begin == text.npos ? std::string_view() : text.substr(begin, token_end(text, begin) - begin);
}

/// The last token that begins before `offset`, up to there; empty where there is none.
std::string_view token_before(std::string_view text, std::size_t offset) {
  std::string_view last;
  for (std::size_t at = 0; (at = text.find_first_not_of(k_blanks, at)) != text.npos;) {
    if (at >= offset) { break; }
    const std::size_t end = std::min(token_end(text, at), offset);
    last = text.substr(at, end - at);
    at = end;
  }
  return last;
}

std::string shown(std::string_view token) {
  constexpr std::size_t k_longest = 24;
  std::size_t end = std::min(token.size(), k_longest);
  while (end < token.size() && (static_cast<unsigned char>(token[end]) & 0xc0) == 0x80) { --end; } // a whole character
  std::string made(1, '\'');
  return made.append(token.substr(0, end)).append(end < token.size() ? "…'" : "'");
}

/// What somebody means who writes what other languages have.
std::string_view meant_by(std::string_view token) {
  struct known {
    std::string_view token, hint;
  };
  static constexpr std::array k_known =
      std::to_array<known>({{"=", "equal is written =="},
                            {"===", "equal is written =="},
                            {"<>", "unequal is written !="},
                            {"!==", "unequal is written !="},
                            {"=<", "it is written <="},
                            {"=>", "it is written >="},
                            {"~", "a regular expression is searched by =~"},
                            {"~=", "a regular expression is searched by =~"},
                            {"like", "a regular expression is searched by =~"},
                            {"LIKE", "a regular expression is searched by =~"},
                            {"&&", "it is written and"},
                            {"||", "it is written or"},
                            {"!", "it is written not"},
                            {"AND", "it is written and"},
                            {"OR", "it is written or"},
                            {"NOT", "it is written not"},
                            {"IN", "it is written in"},
                            {"is", "null is found by == null and != null"},
                            {"IS", "null is found by == null and != null"},
                            {"not", "it stands before the comparison: not a in (1, 2)"},
                            {"==", "for two comparisons write a == b and b == c"},
                            {"!=", "for two comparisons write a != b and b != c"},
                            {"<", "for two comparisons write a < b and b < c"},
                            {"<=", "for two comparisons write a <= b and b <= c"},
                            {">", "for two comparisons write a > b and b > c"},
                            {">=", "for two comparisons write a >= b and b >= c"},
                            {")", "no '(' is open"}});
  const auto* const it = std::find_if(k_known.begin(), k_known.end(), [&](const known& k) { return k.token == token; });
  return it == k_known.end() ? std::string_view() : it->hint;
}

/// The sixteen bits of four hexadecimal digits.
std::uint32_t sixteen_bits(std::string_view digits) {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + 4, value, 16);
  return value;
}

void append_utf8(std::string& to, std::uint32_t c) {
  const auto add = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
  if (c < 0x80) { return add(c); }
  if (c < 0x800) {
    add(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      add(0xe0 | c >> 12);
    } else {
      add(0xf0 | c >> 18);
      add(0x80 | (c >> 12 & 0x3f));
    }
    add(0x80 | (c >> 6 & 0x3f));
  }
  add(0x80 | (c & 0x3f));
}

/// How many bytes the character takes that begins the text; 0 where there is none.
std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned a = byte(0);
  const unsigned b = byte(1);
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  if (a < 0x80) { return 1; }
  if (a >= 0xc2 && a <= 0xdf) { return follows(1) ? 2 : 0; }
  if (a >= 0xe0 && a <= 0xef) {
    const bool fits = (a != 0xe0 || b >= 0xa0) && (a != 0xed || b < 0xa0);
    return fits && follows(1) && follows(2) ? 3 : 0;
  }
  if (a >= 0xf0 && a <= 0xf4) {
    const bool fits = (a != 0xf0 || b >= 0x90) && (a != 0xf4 || b < 0x90);
    return fits && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

} // namespace

std::string words_of(std::string_view text, std::size_t offset, const syntax_want& want) {
  const std::string_view found = token_at(text, offset);
  const std::string_view before = want.after ? token_before(text, offset) : std::string_view();
  std::string made = "expected " + std::string(want.what);
  if (!before.empty()) { made += " after " + shown(before); }
  made += ", found " + (found.empty() ? "end" : shown(found));
  const bool meant = want.operators || found == "!" || found == "NOT";
  if (const std::string_view hint = meant_by(found); meant && !hint.empty()) { made.append(" (").append(hint) += ')'; }
  return made;
}

std::size_t first_bad_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) { return at; }
    at += length;
  }
  return text.npos;
}

cell number_of(std::string_view text, std::size_t offset, std::string_view number) {
  cell made;
  const char* const end = number.data() + number.size();
  if (number.find_first_of(".eE") == number.npos) {
    made.kind = cell_kind::integer;
    if (std::from_chars(number.data(), end, made.integer).ec == std::errc()) { return made; }
    made.kind = cell_kind::whole;
    if (std::from_chars(number.data(), end, made.whole).ec == std::errc()) { return made; }
  }
  made.kind = cell_kind::real;
  if (std::from_chars(number.data(), end, made.real).ec != std::errc()) {
    throw bad_expression("where", text, offset, "a number out of range: " + shown(number));
  }
  return made;
}

std::string unescaped(std::string_view text, std::size_t offset, std::string_view string) {
  std::string made;
  for (std::size_t i = 1; i + 1 < string.size(); ++i) {
    if (string[i] != '\\') {
      made += string[i];
      continue;
    }
    const char c = string[++i];
    constexpr std::string_view k_letters = "bfnrt";
    if (c == 'u') {
      std::uint32_t point = sixteen_bits(string.substr(i + 1));
      const std::size_t here = offset + i - 1;
      i += 4;
      if (point >= 0xd800 && point < 0xdc00 && string.substr(i + 1, 2) == "\\u") {
        const std::uint32_t low = sixteen_bits(string.substr(i + 3));
        if (low >= 0xdc00 && low < 0xe000) {
          point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
          i += 6;
        }
      }
      if (point >= 0xd800 && point < 0xe000) {
        throw bad_expression("where", text, here, "half of a surrogate pair stands for no character");
      }
      append_utf8(made, point);
    } else if (const auto at = k_letters.find(c); at != k_letters.npos) {
      made += std::string_view("\b\f\n\r\t")[at];
    } else {
      made += c;
    }
  }
  return made;
}

std::string between_backquotes(std::string_view name) {
  std::string made;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    made += name[i];
    if (name[i] == '`') { ++i; } // two stand for one
  }
  return made;
}

} // namespace weir::stages
