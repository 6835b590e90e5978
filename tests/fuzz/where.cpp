// Texts of where and select, and cells of every kind: what is refused is refused at a place in the text; what is taken obeys
// the laws of logic, and says the same in other words.

#include "stages/record/expression.hpp"
#include "stages/record/select_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace {

using namespace weir::stages;
using weir::fuzz::choices;
using weir::fuzz::must;
using truth = predicate::truth;

void check_place(const bad_expression& error, std::string_view text) {
  must(error.offset() <= text.size(), "a place behind the end of the text");
  must(error.column() >= 1 && error.column() <= error.offset() + 1, "a column that is no place");
}

std::optional<predicate> compiled(std::string_view text) {
  try {
    return predicate(text);
  } catch (const bad_expression& error) { check_place(error, text); }
  return std::nullopt;
}

cell cell_of(choices& from) {
  static constexpr std::array<std::string_view, 6> k_texts = {"",  "a",   "ab",
                                                              "b", "500", "a text of more than sixteen bytes"};
  static constexpr std::array<double, 6> k_reals = {0.5, 2.0, -1e300, 0x1p63, 0x1p64, 9007199254740992.0};
  cell made;
  made.kind = static_cast<cell_kind>(from.below(8));
  const unsigned which = from.byte();
  switch (made.kind) {
  case cell_kind::boolean:
    made.truth = which % 2 == 1;
    break;
  case cell_kind::integer:
    made.integer = which < 128 ? static_cast<std::int64_t>(which) - 64 : std::int64_t{9007199254740800} + which;
    break;
  case cell_kind::whole:
    made.whole = (std::uint64_t{1} << 63) + (which % 2 == 1 ? which : 0);
    break;
  case cell_kind::real:
    made.real = k_reals[which % k_reals.size()];
    break;
  case cell_kind::string:
    made.text = k_texts[which % k_texts.size()];
    break;
  case cell_kind::nested:
    made.text = "{}";
    break;
  default:
    break;
  }
  return made;
}

truth denied(truth is) { return is == truth::yes ? truth::no : is == truth::no ? truth::yes : is; }

/// The expression in other words, each of which must say the same (or, for `not`, the opposite).
struct rewriting {
  std::string text;
  bool opposite = false;
};
std::vector<rewriting> rewritings(const std::string& text) {
  return {{"(" + text + ")"},
          {"not(" + text + ")", true},
          {"true and (" + text + ")"},
          {"(" + text + ") or (" + text + ")"},
          {"not(not(" + text + ")or(" + "not(" + text + ")))"}};
}

void check_condition(const std::string& text, choices& from) {
  const auto where = compiled(text);
  if (!where) { return; }
  std::vector<predicate> others;
  const bool deep = std::count(text.begin(), text.end(), '(') > 90; // a rewriting may be too deep
  if (!deep && text.size() < 300) {
    for (const rewriting& r : rewritings(text)) { others.emplace_back(r.text); }
  }
  const predicate copy = *where; // NOLINT(performance-unnecessary-copy-initialization): the copy is tested
  for (int round = 0; round < 8; ++round) {
    std::vector<cell> cells(where->fields().size());
    for (cell& c : cells) { c = cell_of(from); }
    const auto verdict = where->evaluate(cells);
    must(copy.evaluate(cells).is == verdict.is, "a copy says something else");
    if (verdict.is == truth::wrong_type) {
      must(verdict.field < cells.size() && verdict.found == cells[verdict.field].kind, "a field that is not to blame");
      must(!where->message(verdict).empty(), "nothing is said of a wrong type");
    }
    for (std::size_t i = 0; i < others.size(); ++i) {
      const truth other = others[i].evaluate(cells).is;
      must(other == (i == 1 ? denied(verdict.is) : verdict.is), "in other words it says something else: " + text);
    }
  }
}

void check_columns(std::string_view text) {
  std::vector<selected> columns;
  try {
    columns = parse_select(text);
  } catch (const bad_expression& error) { return check_place(error, text); }
  must(!columns.empty(), "no columns");
  std::string again;
  for (const selected& s : columns) {
    again += (again.empty() ? "" : ", ") + text_of(s.field) + " as " + text_of(field_path{{s.name}});
  }
  const auto back = parse_select(again);
  must(std::equal(columns.begin(), columns.end(), back.begin(), back.end(),
                  [](const selected& a, const selected& b) { return a.field == b.field && a.name == b.name; }),
       "other columns come back from: " + again);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The decisions stand first, so that a text goes on to the end of the input.
  const std::size_t head = std::min<std::size_t>(size, 32);
  choices from(data, head);
  const bool columns = from.one_in(8);
  const std::string text(reinterpret_cast<const char*>(data) + head, size - head);
  if (columns) {
    check_columns(text);
  } else {
    check_condition(text, from);
  }
  return 0;
}
