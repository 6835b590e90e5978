#include "apps/weir/json_writer.hpp"

#include "apps/weir/utf8.hpp"

#include <cassert>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_replacement = "\xEF\xBF\xBD"; // U+FFFD

void append_escaped(std::string& out, char32_t code, std::string_view bytes) {
  switch (code) {
  case U'"':
    out += "\\\"";
    return;
  case U'\\':
    out += "\\\\";
    return;
  case U'\n':
    out += "\\n";
    return;
  case U'\r':
    out += "\\r";
    return;
  case U'\t':
    out += "\\t";
    return;
  default:
    break;
  }
  if (code < 0x20 || code == 0x7F) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(code));
  } else {
    out += bytes;
  }
}

} // namespace

void json_writer::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_members_.empty()) return;
  if (has_members_.back()) out_ += ',';
  has_members_.back() = true;
  out_ += '\n';
  out_.append(2 * has_members_.size(), ' ');
}

void json_writer::begin(char bracket) {
  separate();
  out_ += bracket;
  has_members_.push_back(false);
}

void json_writer::end(char bracket) {
  assert(!has_members_.empty() && !after_key_);
  const bool had_members = has_members_.back();
  has_members_.pop_back();
  if (had_members) {
    out_ += '\n';
    out_.append(2 * has_members_.size(), ' ');
  }
  out_ += bracket;
}

void json_writer::key(std::string_view name) {
  assert(!has_members_.empty() && !after_key_);
  separate();
  write_string(name);
  out_ += ": ";
  after_key_ = true;
}

void json_writer::value(std::string_view text) {
  separate();
  write_string(text);
}

void json_writer::value(std::uint64_t number) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void json_writer::value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void json_writer::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}

void json_writer::null() {
  separate();
  out_ += "null";
}

std::string json_writer::finish() && {
  assert(has_members_.empty() && !after_key_);
  out_ += '\n';
  return std::move(out_);
}

void json_writer::write_string(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    const utf8_character c = first_character(text);
    if (c.valid) {
      append_escaped(out_, c.code, text.substr(0, c.length));
    } else {
      out_ += k_replacement;
    }
    text.remove_prefix(c.length);
  }
  out_ += '"';
}

} // namespace weir::command
