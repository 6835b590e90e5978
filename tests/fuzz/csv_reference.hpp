#pragma once
// A second reader of CSV, written from the rules in csv_scanner.hpp and not from its code: it splits the text into records
// first, by counting quotes or by lines, and then goes through each a byte at a time. Slow and plain.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::fuzz {

struct reference_field {
  std::string text;
  bool quoted = false;
};

struct reference_record {
  std::string raw;
  bool bad_quote = false;
  std::vector<reference_field> fields{};
};

inline bool reference_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) { continue; }
    const std::size_t tails = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc0 || lead > 0xf7 || text.size() - i < tails) { return false; }
    std::uint32_t code = lead & (0x3fu >> tails);
    for (std::size_t end = i + tails; i < end; ++i) {
      if ((text[i] & 0xc0) != 0x80) { return false; }
      code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
    }
    const std::uint32_t least[] = {0x80, 0x800, 0x10000};
    if (code < least[tails - 1] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) { return false; }
  }
  return true;
}

/// As the tests show a cell: '-', 's' and a text, 'n' and a number.
inline std::string reference_cell(const reference_field& field) {
  static const std::regex k_number(R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)");
  if (field.quoted) { return "s" + field.text; }
  if (field.text.empty()) { return "-"; }
  const bool number = field.text.size() < 200 && std::regex_match(field.text, k_number) &&
                      !std::isinf(std::strtod(field.text.c_str(), nullptr));
  return (number ? "n" : "s") + field.text;
}

/// One record, without its line end.
inline void take_fields(std::string_view text, char delimiter, bool strict, reference_record& to) {
  enum class where { begin, plain, quoted, behind } at = where::begin;
  to.fields.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    reference_field& field = to.fields.back();
    if (at == where::quoted) {
      const bool two = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
      if (c == '"' && !two) {
        at = where::behind;
      } else {
        field.text += c;
        i += two ? 1 : 0;
      }
    } else if (c == delimiter) {
      to.fields.emplace_back();
      at = where::begin;
    } else if (at == where::begin && c == '"') {
      field.quoted = true;
      at = where::quoted;
    } else {
      to.bad_quote |= at == where::behind || (strict && c == '"');
      field.text += c;
      at = at == where::behind ? where::behind : where::plain;
    }
  }
  to.bad_quote |= at == where::quoted;
}

inline std::vector<reference_record> reference_records(std::string_view text, char delimiter, bool quoted_newlines) {
  std::vector<reference_record> records;
  while (!text.empty()) {
    std::size_t end = 0;
    bool inside = false;
    do {
      inside = inside != (text[end] == '"');
    } while (end < text.size() && (text[end++] != '\n' || (quoted_newlines && inside)) && end < text.size());
    reference_record record{.raw = std::string(text.substr(0, end))};
    text.remove_prefix(end);
    std::string_view line = record.raw;
    if (line.ends_with('\n')) { line.remove_suffix(1); }
    if (line.ends_with('\r')) { line.remove_suffix(1); }
    take_fields(line, delimiter, quoted_newlines, record);
    const bool blank = record.fields.size() == 1 && record.raw.find_first_not_of(" \t\r\n") == std::string::npos;
    if (!blank) { records.push_back(std::move(record)); }
  }
  return records;
}

} // namespace weir::fuzz
