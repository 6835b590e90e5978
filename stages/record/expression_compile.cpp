#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "stages/record/bad_expression.hpp"
#include "stages/record/cell_order.hpp"
#include "stages/record/expression_program.hpp"

namespace weir::stages {
namespace {

using test = expression_test;
using form = expression_node::form;

constexpr std::size_t k_most_tests = 10'000;

struct sign {
  std::string_view text;
  std::uint8_t mask;
  bool ordering; // no mere equality
};
constexpr std::array k_signs = std::to_array<sign>({{"==", test::k_equal, false},
                                                    {"!=", test::k_unequal, false},
                                                    {"<", test::k_less, true},
                                                    {"<=", test::k_less | test::k_equal, true},
                                                    {">", test::k_greater, true},
                                                    {">=", test::k_greater | test::k_equal, true}});

const sign& sign_of(std::string_view op) {
  return *std::find_if(k_signs.begin(), k_signs.end(), [&](const sign& s) { return s.text == op; });
}

/// As if both sides were exchanged.
std::uint8_t mirrored(std::uint8_t mask) {
  const bool less = (mask & test::k_less) != 0;
  const bool greater = (mask & test::k_greater) != 0;
  return static_cast<std::uint8_t>((mask & test::k_equal) | (less ? test::k_greater : 0) |
                                   (greater ? test::k_less : 0));
}

bool holds(std::uint8_t mask, std::partial_ordering order) {
  return (mask & (std::is_lt(order) ? test::k_less : std::is_gt(order) ? test::k_greater : test::k_equal)) != 0;
}

bool cell_less(const cell& a, const cell& b) { return std::is_lt(order_of(a, b)); }

class compiler {
 public:
  compiler(std::string_view text, expression_program& to) : text_(text), to_(to) {}

  void run(expression_node& tree) { emit(tree, test::k_holds, test::k_fails); }

 private:
  // Every leaf is one test, so the first test of a node is known before the node is compiled.
  static std::size_t
  leaves_of(const expression_node& node) { // NOLINT(misc-no-recursion): as deep as parentheses may be
    if (node.parts.empty()) { return 1; }
    std::size_t n = 0;
    for (const auto& part : node.parts) { n += leaves_of(part); }
    return n;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  void emit(expression_node& node, std::uint16_t yes, std::uint16_t no) {
    if (node.what == form::negation) { return emit(node.parts.front(), no, yes); }
    if (node.what != form::all && node.what != form::any) { return emit_test(node, yes, no); }
    std::size_t next = to_.tests.size();
    for (auto& part : node.parts) {
      next += leaves_of(part);
      const bool last = &part == &node.parts.back();
      const auto on = static_cast<std::uint16_t>(next);
      node.what == form::all ? emit(part, last ? yes : on, no) : emit(part, yes, last ? no : on);
    }
  }

  void emit_test(expression_node& node, std::uint16_t yes, std::uint16_t no) {
    if (to_.tests.size() == k_most_tests) {
      throw bad_expression("where", text_, node.offset, "more than " + std::to_string(k_most_tests) + " comparisons");
    }
    test made = test_of(node);
    made.next[0] = no;
    made.next[1] = yes;
    to_.tests.push_back(made);
  }

  test test_of(expression_node& node) {
    switch (node.what) {
    case form::comparison:
      return comparison(node);
    case form::match:
      return match(node);
    case form::in:
      return list(node);
    case form::has:
      return {.what = test::kind::present, .field = slot(node.values.front())};
    default:
      return condition(node.values.front());
    }
  }

  test condition(const expression_value& value) {
    if (value.is_field) { return {.what = test::kind::is_true, .field = slot(value)}; }
    if (value.value.kind == cell_kind::boolean) { return constant(value.value.truth); }
    throw bad_expression("where", text_, value.offset,
                         std::string(name_of(value.value.kind)) + " alone is no condition: compare it with a field");
  }

  static test constant(bool truth) { return {.what = test::kind::constant, .mask = truth}; }

  test comparison(expression_node& node) {
    expression_value& left = node.values[0];
    expression_value& right = node.values[1];
    const sign& by = sign_of(node.op);
    for (const expression_value* side : {&left, &right}) { check_order(node, *side, by); }
    if (left.is_field && right.is_field) {
      return {.what = test::kind::field, .mask = by.mask, .field = slot(left), .other = slot(right)};
    }
    if (!left.is_field && !right.is_field) { return of_literals(node, left, right, by); }
    return left.is_field ? with_literal(left, right, by.mask) : with_literal(right, left, mirrored(by.mask));
  }

  void check_order(const expression_node& node, const expression_value& side, const sign& by) const {
    const auto family = family_of(side.value.kind);
    if (side.is_field || !by.ordering || family == cell_family::number || family == cell_family::string) { return; }
    const std::string shown = family == cell_family::none ? "null" : side.value.truth ? "true" : "false";
    throw bad_expression("where", text_, side.offset,
                         "'" + std::string(node.op) + "' orders numbers and strings, not " + shown);
  }

  test of_literals(const expression_node& node, expression_value& left, expression_value& right, const sign& by) {
    const auto family = family_of(left.value.kind);
    const auto other = family_of(right.value.kind);
    if (family == cell_family::none || other == cell_family::none) {
      return constant((family == other) == (by.mask == test::k_equal));
    }
    if (family != other) {
      throw bad_expression("where", text_, node.offset,
                           std::string(name_of(left.value.kind)) + " compared with " +
                               std::string(name_of(right.value.kind)) + ": that makes no sense");
    }
    left.value.text = left.text;
    right.value.text = right.text;
    return constant(holds(by.mask, order_of(left.value, right.value)));
  }

  test with_literal(const expression_value& field, expression_value& literal, std::uint8_t mask) {
    if (literal.value.kind == cell_kind::null) {
      return {.what = mask == test::k_equal ? test::kind::null : test::kind::not_null, .field = slot(field)};
    }
    const bool equality = mask == test::k_equal || mask == test::k_unequal;
    const auto what = literal.value.kind == cell_kind::integer              ? test::kind::integer
                      : literal.value.kind == cell_kind::string && equality ? test::kind::same
                                                                            : test::kind::literal;
    return {.what = what, .mask = mask, .field = slot(field), .value = stored(literal)};
  }

  test match(expression_node& node) {
    const expression_value& left = node.values[0];
    if (!left.is_field) {
      throw bad_expression("where", text_, left.offset, "'" + std::string(node.op) + "' searches in a field");
    }
    to_.patterns.push_back({std::move(node.values[1].text), node.values[1].offset});
    return {.what = test::kind::match,
            .mask = node.op == "=~",
            .field = slot(left),
            .index = static_cast<std::uint16_t>(to_.patterns.size() - 1)};
  }

  test list(expression_node& node) {
    if (!node.values[0].is_field) {
      throw bad_expression("where", text_, node.values[0].offset, "'in' looks for a field's value");
    }
    expression_list made;
    for (std::size_t i = 1; i < node.values.size(); ++i) { add(made, node.values[i]); }
    std::sort(made.numbers.begin(), made.numbers.end(), cell_less);
    std::sort(made.strings.begin(), made.strings.end(), cell_less);
    to_.lists.push_back(std::move(made));
    return {.what = test::kind::list,
            .field = slot(node.values[0]),
            .index = static_cast<std::uint16_t>(to_.lists.size() - 1)};
  }

  void add(expression_list& to, expression_value& literal) {
    const cell value = stored(literal);
    if (to.first == cell_kind::null) { to.first = value.kind; }
    switch (family_of(value.kind)) {
    case cell_family::number:
      return to.numbers.push_back(value);
    case cell_family::string:
      return to.strings.push_back(value);
    case cell_family::boolean:
      (value.truth ? to.holds_true : to.holds_false) = true;
      return;
    default:
      to.null = true;
    }
  }

  /// The literal with its characters where they stay.
  cell stored(const expression_value& literal) {
    cell made = literal.value;
    if (made.kind == cell_kind::string) {
      const auto& kept = to_.strings.emplace_back(literal.text.begin(), literal.text.end());
      made.text = {kept.data(), kept.size()};
    }
    return made;
  }

  std::uint16_t slot(const expression_value& value) {
    const auto [at, fresh] = slots_.try_emplace(value.path.names, static_cast<std::uint16_t>(to_.fields.size()));
    if (fresh) { to_.fields.push_back(value.path); }
    return at->second;
  }

  std::string_view text_;
  expression_program& to_;
  std::map<std::vector<std::string>, std::uint16_t> slots_;
};

} // namespace

void compile_expression(std::string_view text, expression_node tree, expression_program& to) {
  compiler(text, to).run(tree);
}

} // namespace weir::stages
