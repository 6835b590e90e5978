#pragma once
// What the grammar of where and select makes of a text, before anybody asks whether it makes sense.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/cell.hpp"
#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// A field or a literal. Of literals that are strings `text` has the characters; value.text is empty.
struct expression_value {
  bool is_field = false;
  std::size_t offset = 0; ///< in the text, in bytes, as all offsets here
  field_path path{};
  cell value{};
  std::string text{};
};

struct expression_node {
  enum class form : std::uint8_t {
    any,        ///< parts, of which one must hold
    all,        ///< parts, all of which must hold
    negation,   ///< one part
    condition,  ///< one value that stands alone
    comparison, ///< two values, op
    match,      ///< a value and a pattern, op
    in,         ///< a value and those of the list
    has         ///< a field
  };

  form what = form::condition;
  std::size_t offset = 0; ///< of the operator, where there is one
  std::string_view op{};  ///< points into the text
  std::vector<expression_value> values{};
  std::vector<expression_node> parts{};
};

/// Throws bad_expression. Nests 100 deep at most.
[[nodiscard]] expression_node parse_expression(std::string_view text);

struct column_text {
  std::size_t offset = 0;
  field_path path{};
  std::string name{}; ///< empty: none was given
};

/// Throws bad_expression.
[[nodiscard]] std::vector<column_text> parse_columns(std::string_view text);

} // namespace weir::stages
