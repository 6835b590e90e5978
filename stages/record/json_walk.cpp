#include "stages/record/json_walk.hpp"

#include <algorithm>
#include <bitset>
#include <cstring>
#include <string>
#include <utility>

#include "stages/record/number_text.hpp"

namespace weir::stages {
namespace {

bool is_punctuation(char c) noexcept { return c == ',' || c == ':' || c == '}' || c == ']' || c == '\n'; }

/// What a value that begins with `c` lacks.
reject_class fault_of(char c) noexcept {
  return is_punctuation(c) ? reject_class::missing_value : reject_class::malformed;
}

void add_column(std::vector<column_seen>& columns, column_seen&& one) {
  const auto there = std::ranges::find(columns, one.name, &column_seen::name);
  if (there == columns.end())
    columns.push_back(std::move(one));
  else if (there->kind == cell_kind::null)
    there->kind = one.kind;
}

} // namespace

json_walk::json_walk(const reader_options& options)
    : tree_(options.wanted), cells_(options.wanted.size()), full_(options.check == validation::full),
      only_wanted_(options.only_wanted) {}

bool json_walk::fail(reject_class why, std::size_t column) noexcept {
  problem_ = {why, static_cast<std::uint32_t>(column), {}};
  return false;
}

void json_walk::start(const json_text& record) {
  text_ = record.text;
  size_ = record.size;
  at_ = record.tokens;
  has_escapes_ = record.has_escapes;
  ++record_;
  if (!has_escapes_) return;
  make_size(unescaped_, size_);
  room_ = unescaped_.data();
}

bool json_walk::take(const json_text& record) {
  start(record);
  for (cell& one : cells_) { one.kind = cell_kind::missing; }
  if (here() != '{') return fail(reject_class::not_an_object);
  ++at_;
  const going end = object(tree_.root());
  if (end == going::failed) return false;
  if (end == going::on && !ends_here()) return false;
  if (end == going::stopped && !one_brace_left() && !(leave(true) && ends_here())) return false;
  for (const auto& [to, from] : tree_.copies()) { cells_[to] = cells_[from]; }
  return true;
}

/// Behind a '{'. Goes behind its '}', or stops before a comma when all is found that is wanted of the record.
json_walk::going json_walk::object(field_node& node) {
  const bool whole = &node == &tree_.root();
  const bool all = full_ || (whole && only_wanted_);
  std::size_t left = node.children();
  if (here() == '}') {
    ++at_;
    return going::on;
  }
  while (all || left != 0) {
    if (!field(node, left)) return going::failed;
    if (here() == '}') {
      ++at_;
      return going::on;
    }
    if (here() != ',') return fail(reject_class::malformed), going::failed;
    if (all || left != 0) ++at_;
  }
  if (whole) return going::stopped;
  return leave(true) ? going::on : going::failed;
}

bool json_walk::field(field_node& node, std::size_t& left) {
  std::string_view name;
  const std::uint32_t column = *at_;
  if (!key(name)) return false;
  field_node* const child = node.find(name);
  if (child != nullptr && child->first_in(record_)) {
    --left;
    return value(*child);
  }
  if (child == nullptr && only_wanted_ && &node == &tree_.root()) {
    problem_ = {reject_class::unknown_field, column, name};
    return false;
  }
  return full_ ? check_value() : skip();
}

/// Goes behind the colon.
bool json_walk::key(std::string_view& name) {
  if (here() != '"') return fail(reject_class::malformed);
  if (after() != ':') return fail(reject_class::malformed, at_[1]);
  name = token();
  if (name.size() < 2 || name.back() != '"') return fail(reject_class::malformed);
  name = name.substr(1, name.size() - 2);
  if (has_escapes_ && name.find('\\') != std::string_view::npos) {
    char* const end = unescape(name, room_);
    if (end == nullptr) return fail(reject_class::malformed);
    name = {room_, end};
    room_ = end;
  }
  at_ += 2;
  return true;
}

bool json_walk::value(field_node& node) {
  const char c = here();
  if (c == '{' || c == '[') return container(node);
  if (node.index() == field_node::k_not_wanted) return full_ ? check_value() : skip();
  return scalar(cells_[node.index()]);
}

bool json_walk::container(field_node& node) {
  const char* const begin = text_ + *at_;
  const bool wanted = node.index() != field_node::k_not_wanted;
  if (*begin == '[' || node.children() == 0) {
    if (!(wanted || full_ ? check_value() : skip())) return false;
  } else {
    const std::uint32_t* const first = at_;
    if (wanted && !check_value()) return false; // it is passed on as text, so all of it must be right
    at_ = first + 1;
    if (object(node) == going::failed) return false;
  }
  if (!wanted) return true;
  cell& to = cells_[node.index()];
  to.kind = cell_kind::nested;
  to.column = static_cast<std::uint32_t>(begin - text_) + 1;
  to.text = {begin, static_cast<std::size_t>(text_ + at_[-1] + 1 - begin)};
  return true;
}

bool json_walk::scalar(cell& to) {
  to.column = *at_ + 1;
  if (here() == '"') return string(to);
  const std::string_view text = token();
  if (here() == '-' || is_digit(here())) {
    if (!read_number(text, to)) return fail(reject_class::bad_number);
  } else if (text == "null") {
    to.kind = cell_kind::null;
  } else if (text == "true" || text == "false") {
    to.kind = cell_kind::boolean;
    to.truth = text == "true";
  } else {
    return fail(fault_of(here()));
  }
  ++at_;
  return true;
}

bool json_walk::string(cell& to) {
  std::string_view text = token();
  if (text.size() < 2 || text.back() != '"') return fail(reject_class::malformed);
  text = text.substr(1, text.size() - 2);
  if (has_escapes_ && text.find('\\') != std::string_view::npos) {
    char* const end = unescape(text, room_);
    if (end == nullptr) return fail(reject_class::malformed);
    text = {room_, end};
    room_ = end;
  }
  to.kind = cell_kind::string;
  to.text = text;
  ++at_;
  return true;
}

/// Goes behind a value that nobody wants, by its brackets alone.
bool json_walk::skip() {
  const char c = here();
  if (is_punctuation(c)) return fail(fault_of(c));
  ++at_;
  return (c != '{' && c != '[') || leave(c == '{');
}

/// Goes behind what closes the object, or the array, at hand, by brackets alone, each of which must be of its kind, up to a depth.
bool json_walk::leave(bool object) {
  std::bitset<k_json_depth> in_object;
  in_object[0] = object;
  for (std::size_t depth = 1; depth != 0; ++at_) {
    const char c = here();
    switch (c) {
    case '{':
    case '[':
      if (depth < k_json_depth) in_object[depth] = c == '{';
      ++depth;
      break;
    case '}':
    case ']':
      --depth;
      if (depth < k_json_depth && in_object[depth] != (c == '}')) return fail(reject_class::malformed);
      break;
    case '\n':
      return fail(reject_class::malformed);
    default:
      break;
    }
  }
  return true;
}

bool json_walk::ends_here() { return *at_ == size_ || fail(reject_class::extra_text); }

/// From here on the text has one brace, and that ends it: a plain record, nothing glued to it, nothing cut off.
bool json_walk::one_brace_left() const noexcept {
  if (*at_ >= size_) return false; // no token is left, and blanks may stand behind the last one
  const char* const begin = text_ + *at_;
  const char* end = text_ + size_;
  while (is_blank(end[-1])) { --end; }
  const auto size = static_cast<std::size_t>(end - begin);
  return std::memchr(begin, '}', size) == end - 1 && std::memchr(begin, '{', size) == nullptr;
}

bool json_walk::check_key() {
  std::string_view name;
  char* const room = room_;
  if (!key(name)) return false;
  room_ = room;
  return true;
}

bool json_walk::check_number(std::string_view text) {
  constexpr std::size_t k_never_too_large = 300; // digits, without an exponent
  cell value;
  const bool plain = text.size() <= k_never_too_large && text.find_first_of("eE") == std::string_view::npos;
  if (!(plain ? is_json_number(text) : read_number(text, value))) return fail(reject_class::bad_number);
  ++at_;
  return true;
}

bool json_walk::check_scalar() {
  const std::string_view text = token();
  bool right = false;
  if (here() == '"')
    right = text.size() >= 2 && text.back() == '"' &&
            (!has_escapes_ || bad_escape(text.substr(1, text.size() - 2)) == std::string_view::npos);
  else if (here() == '-' || is_digit(here()))
    return check_number(text);
  else
    right = text == "null" || text == "true" || text == "false";
  if (!right) return fail(fault_of(here()));
  ++at_;
  return true;
}

/// Goes behind a value, every byte of which is checked.
bool json_walk::check_value() {
  std::bitset<k_json_depth> in_object;
  std::size_t depth = 0;
  for (;;) {
    // At a value.
    const char c = here();
    if (c == '{' || c == '[') {
      if (depth + 1 == k_json_depth) return fail(reject_class::malformed);
      in_object[depth++] = c == '{';
      ++at_;
      if (here() != (c == '{' ? '}' : ']')) {
        if (c == '{' && !check_key()) return false;
        continue;
      }
    } else {
      if (!check_scalar()) return false;
    }
    // Behind a scalar, or before the bracket that closes an empty container.
    for (;;) {
      if (depth == 0) return true;
      const bool object = in_object[depth - 1];
      if (here() == (object ? '}' : ']')) {
        ++at_;
        --depth;
        continue;
      }
      if (here() != ',') return fail(reject_class::malformed);
      ++at_;
      if (object && !check_key()) return false;
      break;
    }
  }
}

bool json_walk::take_columns(const json_text& record, std::vector<column_seen>& columns) {
  start(record);
  if (here() != '{') return fail(reject_class::not_an_object);
  std::vector<column_seen> seen;
  ++at_;
  while (here() != '}') {
    if (!seen.empty()) ++at_; // a comma, as the round before found
    std::string_view name;
    if (!key(name)) return false;
    cell what;
    if (here() == '{' || here() == '[') {
      what.kind = cell_kind::nested;
      if (!check_value()) return false;
    } else if (!scalar(what)) {
      return false;
    }
    seen.push_back({std::string(name), what.kind});
    if (here() != ',' && here() != '}') return fail(reject_class::malformed);
  }
  ++at_;
  if (!ends_here()) return false;
  for (column_seen& one : seen) { add_column(columns, std::move(one)); }
  return true;
}

} // namespace weir::stages
