#include "apps/weir/usage_error.hpp"

#include "apps/weir/secrets.hpp"
#include "apps/weir/utf8.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::size_t k_picture_width = 96;
constexpr std::size_t k_kept_before = 40;
constexpr std::string_view k_indent = "    ";
constexpr std::string_view k_cut = "...";

std::string_view text_of(const place& where) {
  return where.source ? std::string_view(where.source->text) : std::string_view();
}

/// The line that holds byte `offset`: where it begins, and its text without the newline.
struct line_at {
  std::size_t begin;
  std::string_view text;
};

line_at find_line(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return {begin, text.substr(begin, text.find('\n', begin) - begin)};
}

/// Every character of a line as one column that a terminal shows safely.
std::string one_column_each(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const utf8_character c = first_character(text);
    if (c.code == '\t') {
      out += ' ';
    } else if (!c.valid || c.code < 0x20 || (c.code >= 0x7F && c.code < 0xA0)) {
      out += '?';
    } else {
      out += text.substr(0, c.length);
    }
    text.remove_prefix(c.length);
  }
  return out;
}

} // namespace

std::size_t place::line() const {
  const std::string_view before = text_of(*this).substr(0, offset);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

std::size_t place::column() const {
  const std::string_view text = text_of(*this);
  const std::size_t begin = find_line(text, offset).begin;
  return 1 + character_count(text.substr(begin, offset - begin));
}

std::string place::name() const {
  if (!source || source->name.empty()) return {};
  return fmt::format("{}:{}:{}", source->name, line(), column());
}

std::string place::picture() const {
  if (!source) return {};
  const std::string text = without_secrets(source->text);
  const line_at line = find_line(text, offset);
  const std::size_t in_line = std::min(offset - line.begin, line.text.size());
  const std::size_t marked = std::max<std::size_t>(character_count(line.text.substr(in_line, length)), 1);
  std::string shown = one_column_each(line.text);
  std::size_t caret = character_count(line.text.substr(0, in_line));

  if (character_count(shown) > k_picture_width && caret > k_kept_before) {
    const std::size_t dropped = caret - k_kept_before + k_cut.size();
    shown = std::string(k_cut) + shown.substr(first_characters(shown, dropped).size());
    caret = k_kept_before;
  }
  if (character_count(shown) > k_picture_width)
    shown = std::string(first_characters(shown, k_picture_width - k_cut.size())) + std::string(k_cut);

  const std::size_t room = k_picture_width > caret ? k_picture_width - caret : 1;
  const std::string tail(std::min(marked, room) - 1, '~');
  return fmt::format("{0}{1}\n{0}{2:{3}}^{4}", k_indent, shown, "", caret, tail);
}

namespace {

std::string whole_message(std::string_view reason, const place& where) {
  std::string message = where.name();
  if (!message.empty()) message += ": ";
  message += without_secrets(reason);
  const std::string picture = where.picture();
  return picture.empty() ? message : message + "\n" + picture;
}

} // namespace

usage_error::usage_error(std::string_view reason, place where)
    : std::runtime_error(whole_message(reason, where)), reason_(without_secrets(reason)), where_(std::move(where)) {}

} // namespace weir::command
