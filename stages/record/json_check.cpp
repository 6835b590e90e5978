// json_walk where every byte counts: --validate full, values that are passed on as text, and what a table is to be made of.

#include <algorithm>
#include <bitset>
#include <string>
#include <utility>

#include "stages/record/json_walk.hpp"
#include "stages/record/number_text.hpp"

namespace weir::stages {
namespace {

void add_column(std::vector<column_seen>& columns, column_seen&& one) {
  const auto there = std::ranges::find(columns, one.name, &column_seen::name);
  if (there == columns.end())
    columns.push_back(std::move(one));
  else if (there->kind == cell_kind::null)
    there->kind = one.kind;
}

} // namespace

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
