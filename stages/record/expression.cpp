#include "stages/record/expression.hpp"

#include <algorithm>

#include "stages/record/cell_order.hpp"
#include "stages/record/expression_program.hpp"
#include "stages/text/matcher.hpp"

namespace weir::stages {
namespace {

using test = expression_test;
using truth = predicate::truth;

truth as_truth(bool holds) { return holds ? truth::yes : truth::no; }

/// One of these three bits; none where NaN is in it.
unsigned bit_of(std::partial_ordering order) {
  return std::is_lt(order)   ? test::k_less
         : std::is_gt(order) ? test::k_greater
         : std::is_eq(order) ? test::k_equal
                             : 0u;
}

/// Without a branch that data decides.
template <typename Value>
truth by_mask(const Value& a, const Value& b, std::uint8_t mask) {
  const unsigned bit = (a < b ? test::k_less : 0u) | (a == b ? test::k_equal : 0u) | (a > b ? test::k_greater : 0u);
  return as_truth((bit & mask) != 0);
}

/// Two cells by the orders of the mask. Missing and null compare false.
[[gnu::noinline]] truth compared(const cell& a, const cell& b, std::uint8_t mask) {
  const cell_family family = family_of(a.kind);
  const cell_family other = family_of(b.kind);
  if (family == cell_family::none || other == cell_family::none) { return truth::no; }
  const bool ordering = mask != test::k_equal && mask != test::k_unequal;
  if (family != other || family == cell_family::nested || (ordering && family == cell_family::boolean)) {
    return truth::wrong_type;
  }
  return as_truth((bit_of(order_of(a, b)) & mask) != 0);
}

bool found_in(const std::vector<cell>& sorted, const cell& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value,
                            [](const cell& a, const cell& b) { return std::is_lt(order_of(a, b)); });
}

truth listed(const expression_list& list, const cell& value) {
  const auto in = [&](const std::vector<cell>& sorted) {
    return sorted.empty() ? truth::wrong_type : as_truth(found_in(sorted, value));
  };
  switch (family_of(value.kind)) {
  case cell_family::none:
    return as_truth(list.null);
  case cell_family::boolean:
    if (!list.holds_true && !list.holds_false) { return truth::wrong_type; }
    return as_truth(value.truth ? list.holds_true : list.holds_false);
  case cell_family::number:
    return in(list.numbers);
  case cell_family::string:
    return in(list.strings);
  case cell_family::nested:
    break;
  }
  return truth::wrong_type;
}

truth searched(const regex& pattern, const cell& value, bool wanted) {
  switch (family_of(value.kind)) {
  case cell_family::none:
    return truth::no;
  case cell_family::string:
    return as_truth(pattern.matches(value.text) == wanted);
  default:
    return truth::wrong_type;
  }
}

truth condition(const cell& value) {
  switch (value.kind) {
  case cell_kind::missing:
  case cell_kind::null:
    return truth::no;
  case cell_kind::boolean:
    return as_truth(value.truth);
  default:
    return truth::wrong_type;
  }
}

/// `other`: what a field is compared with.
[[gnu::always_inline]] inline truth run(const expression_program& program, std::span<const regex> regexes,
                                        const test& t, const cell& value, const cell& other) {
  switch (t.what) {
  case test::kind::constant:
    return as_truth(t.mask != 0);
  case test::kind::is_true:
    return condition(value);
  case test::kind::present:
    return as_truth(value.kind != cell_kind::missing);
  case test::kind::null:
    return as_truth(family_of(value.kind) == cell_family::none);
  case test::kind::not_null:
    return as_truth(family_of(value.kind) != cell_family::none);
  case test::kind::integer:
    if (value.kind == cell_kind::integer) { return by_mask(value.integer, t.value.integer, t.mask); }
    return compared(value, t.value, t.mask);
  case test::kind::same:
    if (value.kind == cell_kind::string) { return as_truth((value.text == t.value.text) == (t.mask == test::k_equal)); }
    return compared(value, t.value, t.mask);
  case test::kind::literal:
    return compared(value, t.value, t.mask);
  case test::kind::field:
    return compared(value, other, t.mask);
  case test::kind::list:
    return listed(program.lists[t.index], value);
  case test::kind::match:
    break;
  }
  return searched(regexes[t.index], value, t.mask != 0);
}

/// What the verdict tells of the other side.
cell_kind other_kind(const expression_program& program, const test& t, const cell& other) {
  switch (t.what) {
  case test::kind::integer:
  case test::kind::same:
  case test::kind::literal:
    return t.value.kind;
  case test::kind::field:
    return other.kind;
  case test::kind::list:
    return program.lists[t.index].first;
  case test::kind::is_true:
    return cell_kind::boolean;
  default:
    return cell_kind::string;
  }
}

/// From test to test; `at` gives a field's cell.
template <typename At>
predicate::verdict walk(const expression_program& program, std::span<const regex> regexes, At at) {
  const test* const tests = program.tests.data();
  for (std::uint16_t i = 0;;) {
    const test& t = tests[i];
    const cell& value = at(t.field);
    const cell& other = at(t.other); // field 0 where the test is of no other
    const truth is = run(program, regexes, t, value, other);
    if (is == truth::wrong_type) { return {is, value.kind, other_kind(program, t, other), t.field, i}; }
    i = t.next[is == truth::yes ? 1 : 0];
    if (i >= test::k_fails) { return {.is = as_truth(i == test::k_holds)}; }
  }
}

std::vector<regex> compiled(const std::vector<expression_program::pattern>& patterns, std::string_view text) {
  std::vector<regex> made;
  made.reserve(patterns.size());
  for (const auto& pattern : patterns) {
    try {
      made.push_back(regex::of_text(pattern.text));
    } catch (const bad_pattern& bad) {
      throw bad_expression("where", text, pattern.offset, "bad regular expression: " + bad.reason());
    }
  }
  return made;
}

} // namespace

predicate::predicate(std::string_view text) {
  auto program = std::make_shared<expression_program>();
  compile_expression(text, parse_expression(text), *program);
  regexes_ = compiled(program->patterns, text);
  program_ = std::move(program);
}

predicate::predicate(const predicate& other)
    : program_(other.program_), regexes_(compiled(other.program_->patterns, {})) {}

predicate& predicate::operator=(const predicate& other) { return *this = predicate(other); }

predicate::predicate(predicate&&) noexcept = default;
predicate& predicate::operator=(predicate&&) noexcept = default;
predicate::~predicate() = default;

std::span<const field_path> predicate::fields() const noexcept { return program_->fields; }

predicate::verdict predicate::evaluate(const cell* cells, const std::uint16_t* slots) const {
  static constexpr cell k_none{};
  if (program_->fields.empty()) { // constants alone: whatever they look at is something
    return walk(*program_, regexes_, [](std::uint16_t) -> const cell& { return k_none; });
  }
  if (slots == nullptr) {
    return walk(*program_, regexes_, [cells](std::uint16_t field) -> const cell& { return cells[field]; });
  }
  return walk(*program_, regexes_, [=](std::uint16_t field) -> const cell& { return cells[slots[field]]; });
}

std::string predicate::message(const verdict& what) const {
  if (what.is != truth::wrong_type) { return {}; }
  const test& t = program_->tests[what.test];
  const std::string field =
      "field '" + text_of(program_->fields[what.field]) + "' is " + std::string(name_of(what.found));
  if (t.what == test::kind::is_true) { return field + ", used as a condition"; }
  if (t.what == test::kind::match) { return field + ", searched for a regular expression"; }
  const std::string with = t.what == test::kind::list ? "a list that has " : "";
  std::string other(name_of(what.other));
  if (t.what == test::kind::field) { other = "field '" + text_of(program_->fields[t.other]) + "', which is " + other; }
  if (family_of(what.found) == family_of(what.other)) {
    return field + ", as is what it is compared with: such have no order";
  }
  return field + ", compared with " + with + other;
}

std::size_t predicate::context_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const regex& r : regexes_) { bytes += r.context_bytes(); }
  return bytes;
}

} // namespace weir::stages
