#pragma once
// A compiled expression: tests, each of which says which one comes next. So `and` and `or` cost nothing but a jump, and
// `not` nothing at all.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/cell.hpp"
#include "stages/record/expression_tree.hpp"
#include "stages/record/record_reader.hpp"

namespace weir::stages {

struct expression_test {
  enum class kind : std::uint8_t {
    constant, ///< mask is 0 or 1
    is_true,  ///< a boolean field
    present,
    null, ///< missing too
    not_null,
    integer, ///< the field against `value`, an integer
    same,    ///< the field against `value`, a string, for == or !=
    literal, ///< the field against any other `value`
    field,   ///< the field against the field `other`
    list,    ///< is it in lists[index]
    match    ///< is patterns[index] found in it; mask 1: =~, 0: !~
  };

  /// Bits of `mask` for integer, same, literal and field: for which orders the test holds.
  static constexpr std::uint8_t k_less = 1, k_equal = 2, k_greater = 4;
  static constexpr std::uint8_t k_unequal = k_less | k_greater;
  /// What `next` may be besides a test.
  static constexpr std::uint16_t k_holds = 0xffff, k_fails = 0xfffe;

  kind what = kind::constant;
  std::uint8_t mask = 0;
  std::uint16_t field = 0;
  std::uint16_t other = 0;
  std::uint16_t index = 0;
  std::uint16_t next[2] = {k_fails,
                           k_holds}; ///< the test that follows when this one fails, and when it holds; a later one
  cell value{};                      ///< a string's characters are in expression_program::strings
};

/// Sorted.
struct expression_list {
  bool null = false;
  bool holds_true = false;
  bool holds_false = false;
  cell_kind first = cell_kind::null; ///< for messages
  std::vector<cell> numbers;
  std::vector<cell> strings;
};

struct expression_program {
  struct pattern {
    std::string text;
    std::size_t offset;
  };

  expression_program() = default;
  expression_program(const expression_program&) = delete; // cells point into it
  expression_program& operator=(const expression_program&) = delete;

  std::vector<field_path> fields;
  std::vector<expression_test> tests; ///< in the order written; the first one begins
  std::vector<expression_list> lists;
  std::vector<pattern> patterns;
  std::vector<std::vector<char>> strings; // moving one leaves its characters where they are
};

/// Fills the empty `to`. Throws bad_expression for what follows the grammar and still makes no sense.
void compile_expression(std::string_view text, expression_node tree, expression_program& to);

} // namespace weir::stages
