#pragma once
// Records for the tests of where, from JSON as simple as they need it, and what an expression says of one.

#include "stages/record/expression.hpp"

#include <charconv>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir::stages::test {

/// The cell of a JSON value. Strings have no escapes. Objects and arrays: nested.
inline cell cell_of(std::string_view json) {
  cell made;
  made.text = json;
  const char* const end = json.data() + json.size();
  if (json.empty()) { return made; }
  if (json.front() == '"') {
    made.kind = cell_kind::string;
    made.text = json.substr(1, json.size() - 2);
  } else if (json == "null") {
    made.kind = cell_kind::null;
  } else if (json == "true" || json == "false") {
    made.kind = cell_kind::boolean;
    made.truth = json == "true";
  } else if (json.front() == '{' || json.front() == '[') {
    made.kind = cell_kind::nested;
  } else if (json.find_first_of(".eE") != json.npos) {
    made.kind = cell_kind::real;
    std::from_chars(json.data(), end, made.real);
  } else if (std::from_chars(json.data(), end, made.integer).ec == std::errc()) {
    made.kind = cell_kind::integer;
  } else {
    made.kind = cell_kind::whole;
    std::from_chars(json.data(), end, made.whole);
  }
  return made;
}

/// Where the value ends that begins the text.
inline std::size_t value_end(std::string_view json) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') { quoted = !quoted; }
    if (quoted) { continue; }
    if (depth == 0 && (c == ',' || c == '}')) { return i; }
    depth += (c == '{' || c == '[') ? 1 : (c == '}' || c == ']') ? -1 : 0;
  }
  return json.size();
}

/// The value of a name in an object without blanks between its parts; empty where there is none.
inline std::string_view member(std::string_view object, std::string_view name) {
  if (object.empty() || object.front() != '{') { return {}; }
  object.remove_prefix(1);
  while (object.size() > 1) {
    const std::size_t close = object.find('"', 1);
    const std::string_view key = object.substr(1, close - 1);
    object.remove_prefix(close + 2);
    const std::string_view value = object.substr(0, value_end(object));
    if (key == name) { return value; }
    object.remove_prefix(std::min(object.size(), value.size() + 1));
  }
  return {};
}

inline std::vector<cell> cells_of(const predicate& where, std::string_view record) {
  std::vector<cell> made;
  for (const field_path& path : where.fields()) {
    std::string_view value = record;
    for (const std::string& name : path.names) { value = member(value, name); }
    made.push_back(cell_of(value));
  }
  return made;
}

/// "yes", "no", or what is said of the wrong type.
inline std::string told(const predicate& where, std::string_view record) {
  const auto verdict = where.evaluate(cells_of(where, record));
  switch (verdict.is) {
  case predicate::truth::no:
    return "no";
  case predicate::truth::yes:
    return "yes";
  case predicate::truth::wrong_type:
    break;
  }
  return where.message(verdict);
}
inline std::string told(std::string_view expression, std::string_view record) {
  return told(predicate(expression), record);
}

/// What is said of an expression that makes no sense.
inline std::string refusal(std::string_view expression) {
  try {
    (void)predicate(expression);
  } catch (const bad_expression& error) { return error.what(); }
  return "taken";
}

} // namespace weir::stages::test
