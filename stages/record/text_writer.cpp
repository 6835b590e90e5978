#include "stages/record/text_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "stages/record/json_escape.hpp"
#include "stages/record/json_scalar.hpp"
#include "stages/record/record_reader.hpp"
#include "stages/record/row_writer.hpp"
#include "stages/record/special_bytes.hpp"

namespace weir::stages {
namespace {

constexpr std::size_t k_longest_number = 32; ///< of those without text

/// What a JSON string must escape.
struct json_special {
  bool operator()(char c) const { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }
  bool operator()(std::uint64_t word) const {
    return (bytes_below(word, 0x20) | zero_bytes(word ^ repeat('"')) | zero_bytes(word ^ repeat('\\'))) != 0;
  }
};
/// What a CSV field must be quoted for.
struct csv_special {
  char delimiter;
  bool operator()(char c) const { return c == delimiter || c == '"' || c == '\n' || c == '\r'; }
  bool operator()(std::uint64_t word) const {
    return (zero_bytes(word ^ repeat(delimiter)) | zero_bytes(word ^ repeat('"')) | zero_bytes(word ^ repeat('\n')) |
            zero_bytes(word ^ repeat('\r'))) != 0;
  }
};

char* put(char* to, std::string_view text) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

std::size_t escape_size(char c) { return std::string_view("\"\\\b\t\n\f\r").find(c) != std::string_view::npos ? 2 : 6; }

char* put_escape(char c, char* to) {
  constexpr std::string_view k_special = "\"\\\b\t\n\f\r";
  constexpr std::string_view k_letters = "\"\\btnfr";
  constexpr std::string_view k_hex = "0123456789abcdef";
  *to++ = '\\';
  if (const std::size_t which = k_special.find(c); which != std::string_view::npos) {
    *to++ = k_letters[which];
    return to;
  }
  const auto byte = static_cast<unsigned char>(c);
  to = put(to, "u00");
  *to++ = k_hex[byte >> 4];
  *to++ = k_hex[byte & 15];
  return to;
}

std::size_t json_string_size(std::string_view text) {
  std::size_t size = text.size() + 2;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); (at = find_special(at, end, json_special{})) != end; ++at) {
    size += escape_size(*at) - 1;
  }
  return size;
}

char* put_json_string(std::string_view text, char* to) {
  *to++ = '"';
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    const char* const special = find_special(at, end, json_special{});
    to = put(to, {at, static_cast<std::size_t>(special - at)});
    if (special == end) break;
    to = put_escape(*special, to);
    at = special + 1;
  }
  *to++ = '"';
  return to;
}

template <class Number>
char* put_number(Number value, char* to) {
  return std::to_chars(to, to + k_longest_number, value).ptr;
}

/// Of numbers, booleans, null and what is nested.
char* put_plain(const cell& c, char* to) {
  switch (c.kind) {
  case cell_kind::boolean:
    return put(to, c.truth ? "true" : "false");
  case cell_kind::null:
    return put(to, "null");
  case cell_kind::integer:
    return c.text.empty() ? put_number(c.integer, to) : put(to, c.text);
  case cell_kind::whole:
    return c.text.empty() ? put_number(c.whole, to) : put(to, c.text);
  case cell_kind::real:
    return c.text.empty() ? put_number(c.real, to) : put(to, c.text);
  default:
    return put(to, c.text);
  }
}

std::size_t plain_size(const cell& c) {
  if (!c.text.empty() && c.kind != cell_kind::boolean && c.kind != cell_kind::null) return c.text.size();
  char scratch[k_longest_number];
  return static_cast<std::size_t>(put_plain(c, scratch) - scratch);
}

std::size_t json_size(const cell& c) { return c.kind == cell_kind::string ? json_string_size(c.text) : plain_size(c); }

char* put_csv_quoted(std::string_view text, char* to) {
  *to++ = '"';
  while (!text.empty()) {
    const std::size_t quote = text.find('"');
    const std::size_t behind = quote == std::string_view::npos ? text.size() : quote + 1;
    to = put(to, text.substr(0, behind));
    if (quote != std::string_view::npos) *to++ = '"';
    text.remove_prefix(behind);
  }
  *to++ = '"';
  return to;
}

bool needs_quotes(const cell& c, char delimiter) {
  if (c.kind == cell_kind::nested) return true;
  const std::string_view text = c.text;
  if (text.empty() || is_blank(text.front()) || is_blank(text.back())) return true;
  const char* const end = text.data() + text.size();
  if (find_special(text.data(), end, csv_special{delimiter}) != end) return true;
  return (text.front() == '-' || is_digit(text.front())) && is_json_number(text);
}

bool is_text(const cell& c) { return c.kind == cell_kind::string || c.kind == cell_kind::nested; }
bool is_nothing(const cell& c) { return c.kind == cell_kind::missing || c.kind == cell_kind::null; }

std::size_t csv_size(const cell& c, char delimiter) {
  if (is_nothing(c)) return 0;
  if (!is_text(c)) return plain_size(c);
  if (!needs_quotes(c, delimiter)) return c.text.size();
  return c.text.size() + 2 + static_cast<std::size_t>(std::count(c.text.begin(), c.text.end(), '"'));
}

char* put_csv(const cell& c, char delimiter, char* to) {
  if (is_nothing(c)) return to;
  if (!is_text(c)) return put_plain(c, to);
  return needs_quotes(c, delimiter) ? put_csv_quoted(c.text, to) : put(to, c.text);
}

bool is_one_empty_field(std::span<const cell> record) { return record.size() == 1 && is_nothing(record[0]); }

} // namespace

text_writer::text_writer(form what, std::span<const std::string> columns, char delimiter)
    : form_(what), delimiter_(delimiter), fixed_(3 + columns.size()) {
  if (what == form::csv) return;
  for (const std::string& column : columns) {
    std::string& name = names_.emplace_back("\"");
    append_escaped(name, column);
    name += "\":";
    fixed_ += name.size();
  }
}

std::size_t text_writer::bound(std::span<const cell> record) const noexcept {
  std::size_t size = fixed_ + 2;
  for (const cell& one : record) { size += k_longest_number + 6 * one.text.size(); }
  return size;
}

std::size_t text_writer::size(std::span<const cell> record) const noexcept {
  std::size_t size = 0;
  if (form_ == form::csv) {
    if (is_one_empty_field(record)) return 3;
    for (const cell& one : record) { size += csv_size(one, delimiter_) + 1; }
    return size;
  }
  std::size_t fields = 0;
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (record[i].kind == cell_kind::missing) continue;
    size += names_[i].size() + json_size(record[i]);
    ++fields;
  }
  return size + 3 + (fields > 0 ? fields - 1 : 0);
}

char* text_writer::write(std::span<const cell> record, char* to) const noexcept {
  to = form_ == form::csv ? write_csv(record, to) : write_json(record, to);
  *to++ = '\n';
  return to;
}

char* text_writer::write_json(std::span<const cell> record, char* to) const noexcept {
  *to++ = '{';
  bool first = true;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const cell& one = record[i];
    if (one.kind == cell_kind::missing) continue;
    if (!first) *to++ = ',';
    first = false;
    to = put(to, names_[i]);
    to = one.kind == cell_kind::string ? put_json_string(one.text, to) : put_plain(one, to);
  }
  *to++ = '}';
  return to;
}

char* text_writer::write_csv(std::span<const cell> record, char* to) const noexcept {
  if (is_one_empty_field(record)) return put(to, "\"\"");
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (i > 0) *to++ = delimiter_;
    to = put_csv(record[i], delimiter_, to);
  }
  return to;
}

void append_json(std::string& to, std::span<const std::string> names, std::span<const cell> cells) {
  const text_writer writer(text_writer::form::json, names);
  const std::size_t used = to.size();
  to.resize(used + writer.size(cells));
  writer.write(cells, to.data() + used);
  to.pop_back(); // its LF
}

std::string csv_header(const row_schema& columns) {
  std::vector<cell> names(columns.columns.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i].kind = cell_kind::string;
    names[i].text = columns.columns[i];
  }
  const text_writer writer(text_writer::form::csv, columns.columns, columns.delimiter);
  std::string line(writer.size(names), '\0');
  writer.write(names, line.data());
  return line;
}

} // namespace weir::stages
