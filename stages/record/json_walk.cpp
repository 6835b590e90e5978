#include "stages/record/json_walk.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstring>
#include <string>
#include <utility>

#include "stages/record/number_text.hpp"

namespace weir::stages {
namespace {

bool is_opening(char c) noexcept { return c == '{' || c == '['; }

/// Of either kind; `end` where there is none. Reads up to 31 bytes behind the end: a loop over the last few would cost more than
/// all that is in front of them.
const char* first_brace(const char* at, const char* end) noexcept {
#if defined(__x86_64__)
  const __m128i open = _mm_set1_epi8('{');
  const __m128i closing = _mm_set1_epi8('}');
  const auto braces_of = [&](const char* from) {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(text, open), _mm_cmpeq_epi8(text, closing))));
  };
  for (; at < end; at += 32) {
    const unsigned found = braces_of(at) | braces_of(at + 16) << 16;
    if (found != 0) return std::min(at + std::countr_zero(found), end);
  }
  return end;
#else
  return std::find_if(at, end, [](char c) { return c == '{' || c == '}'; });
#endif
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

[[gnu::flatten]] bool json_walk::take(const json_text& record) {
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
    field_node* const wanted = all ? nullptr : pass_plain(node);
    if (wanted != nullptr && wanted->first_in(record_)) {
      at_ += 2;
      --left;
      if (!value(*wanted)) return going::failed;
    } else if (!field(node, left)) {
      return going::failed;
    }
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

/// Goes behind fields that nobody wants, the last one excepted, as far as nothing about them is special: no blank before the
/// colon, no bracket in the value. What field() does, for what most records are mostly made of. Gives the wanted field before
/// whose name it stops, or null: field() must see.
field_node* json_walk::pass_plain(const field_node& node) {
  for (const std::uint32_t* at = at_;; at += 4) { // name, colon, value, comma
    at_ = at;
    const char* const name = text_ + at[0];
    const char* const colon = text_ + at[1];
    if (*name != '"' || *colon != ':' || colon[-1] != '"') return nullptr;
    const std::string_view plain(name + 1, static_cast<std::size_t>(colon - name) - 2);
    if (has_escapes_ && plain.find('\\') != std::string_view::npos) return nullptr;
    if (field_node* const child = node.find(plain)) return child;
    if (text_[at[3]] != ',' || is_punctuation(text_[at[2]]) || is_opening(text_[at[2]])) return nullptr;
  }
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
  return first_brace(begin, end) == end - 1 && end[-1] == '}';
}

} // namespace weir::stages
