#include "tests/record/where_support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bitset>
#include <compare>
#include <string>

using namespace weir::stages;
using namespace weir::stages::test;

namespace {

struct sample {
  std::string text;
  char family; // n(ull), m(issing), b, d(igits), s, o(bject)
  double number = 0;
};
const std::array k_samples = std::to_array<sample>({{"", 'm'},
                                                    {"null", 'n'},
                                                    {"false", 'b', 0},
                                                    {"true", 'b', 1},
                                                    {"-7", 'd', -7},
                                                    {"3", 'd', 3},
                                                    {"3.0", 'd', 3},
                                                    {"3.5", 'd', 3.5},
                                                    {"1e300", 'd', 1e300},
                                                    {"18446744073709551615", 'd', 18446744073709551615.0},
                                                    {"\"\"", 's'},
                                                    {"\"a\"", 's'},
                                                    {"\"ab\"", 's'},
                                                    {"\"b\"", 's'},
                                                    {R"({"x":1})", 'o'},
                                                    {"[1]", 'o'}});
const std::array<std::string, 6> k_operators = {"==", "!=", "<", "<=", ">", ">="};

bool by_operator(const std::string& op, std::partial_ordering order) {
  if (op == "==") { return std::is_eq(order); }
  if (op == "!=") { return std::is_neq(order); }
  if (op == "<") { return std::is_lt(order); }
  if (op == "<=") { return std::is_lteq(order); }
  return op == ">" ? std::is_gt(order) : std::is_gteq(order);
}

/// yes, no or wrong, by docs/expressions.md.
std::string wanted(const sample& a, const std::string& op, const sample& b) {
  const bool equality = op == "==" || op == "!=";
  const auto absent = [](const sample& s) { return s.family == 'm' || s.family == 'n'; };
  if (absent(a) || absent(b)) { return "no"; }
  if (a.family != b.family || a.family == 'o' || (a.family == 'b' && !equality)) { return "wrong"; }
  const std::partial_ordering order =
      a.family == 's'
          ? std::partial_ordering(a.text.substr(0, a.text.size() - 1) <=> b.text.substr(0, b.text.size() - 1))
          : a.number <=> b.number;
  return by_operator(op, order) ? "yes" : "no";
}

std::string record(const sample& a, const sample& b) {
  std::string made = "{";
  if (!a.text.empty()) { made += "\"a\":" + a.text; }
  if (!b.text.empty()) { made += (made.size() > 1 ? ",\"b\":" : "\"b\":") + b.text; }
  return made + "}";
}

std::string in_short(const std::string& answer) { return answer == "yes" || answer == "no" ? answer : "wrong"; }

} // namespace

TEST(Where, EveryOperatorOnEveryPairOfKinds) {
  for (const std::string& op : k_operators) {
    const predicate where("a " + op + " b");
    for (const sample& a : k_samples) {
      for (const sample& b : k_samples) {
        EXPECT_EQ(in_short(told(where, record(a, b))), wanted(a, op, b)) << a.text << ' ' << op << ' ' << b.text;
      }
    }
  }
}

TEST(Where, EveryOperatorWithEveryLiteralOnEitherSide) {
  for (const std::string& op : k_operators) {
    for (const sample& literal : k_samples) {
      if (literal.family == 'm' || literal.family == 'o' || literal.family == 'n') { continue; }
      const bool refused = literal.family == 'b' && op != "==" && op != "!=";
      for (const sample& a : k_samples) {
        const std::string behind = "a " + op + ' ' + literal.text;
        const std::string before = literal.text + ' ' + op + " a";
        if (refused) {
          EXPECT_NE(refusal(behind), "taken") << behind;
          EXPECT_NE(refusal(before), "taken") << before;
          continue;
        }
        EXPECT_EQ(in_short(told(behind, record(a, {}))), wanted(a, op, literal)) << behind << " of " << a.text;
        EXPECT_EQ(in_short(told(before, record(a, {}))), wanted(literal, op, a)) << before << " of " << a.text;
      }
    }
  }
}

TEST(Where, NullIsFoundByNullAlone) {
  for (const sample& a : k_samples) {
    const bool absent = a.family == 'm' || a.family == 'n';
    EXPECT_EQ(told("a == null", record(a, {})), absent ? "yes" : "no") << a.text;
    EXPECT_EQ(told("null != a", record(a, {})), absent ? "no" : "yes") << a.text;
    EXPECT_EQ(told("has(a)", record(a, {})), a.family == 'm' ? "no" : "yes") << a.text;
    EXPECT_EQ(told("has a", record(a, {})), a.family == 'm' ? "no" : "yes") << a.text;
    EXPECT_EQ(in_short(told("a =~ ''", record(a, {}))), absent ? "no" : a.family == 's' ? "yes" : "wrong") << a.text;
    EXPECT_EQ(in_short(told("a !~ ''", record(a, {}))), absent || a.family == 's' ? "no" : "wrong") << a.text;
    EXPECT_EQ(in_short(told("a", record(a, {}))), a.family == 'b' && a.number == 1 ? "yes"
                                                  : absent || a.family == 'b'      ? "no"
                                                                                   : "wrong")
        << a.text;
  }
}

TEST(Where, NumbersCompareWithoutRounding) {
  EXPECT_EQ(told("a == 9007199254740992.0", R"({"a":9007199254740993})"), "no");
  EXPECT_EQ(told("a > 9007199254740992.0", R"({"a":9007199254740993})"), "yes");
  EXPECT_EQ(told("a > 9007199254740992", R"({"a":9007199254740993})"), "yes");
  EXPECT_EQ(told("9007199254740993 > a", R"({"a":9007199254740992.0})"), "yes");
  EXPECT_EQ(told("a < 9223372036854775808.0", R"({"a":9223372036854775807})"), "yes");
  EXPECT_EQ(told("a == -9223372036854775808.0", R"({"a":-9223372036854775808})"), "yes");
  EXPECT_EQ(told("a < 18446744073709551616.0", R"({"a":18446744073709551615})"), "yes");
  EXPECT_EQ(told("a > 9223372036854775807", R"({"a":9223372036854775808})"), "yes");
  EXPECT_EQ(told("a == 9223372036854775808.0", R"({"a":9223372036854775808})"), "yes");
  EXPECT_EQ(told("a > -1.5", R"({"a":-1})"), "yes");
  EXPECT_EQ(told("a < -0.5", R"({"a":-1})"), "yes");
  EXPECT_EQ(told("a == 0", R"({"a":-0.0})"), "yes");
}

TEST(Where, ListsHoldAnyKinds) {
  const predicate mixed("a in (5, 'x', 2, true, 1.5, \"b\")");
  for (const auto* text : {"5", "2", "1.5", "2.0", "\"x\"", "\"b\"", "true"}) {
    EXPECT_EQ(told(mixed, "{\"a\":" + std::string(text) + "}"), "yes") << text;
  }
  for (const auto* text : {"3", "\"y\"", "false", "null"}) {
    EXPECT_EQ(told(mixed, "{\"a\":" + std::string(text) + "}"), "no") << text;
  }
  EXPECT_EQ(told("a in (1, null)", "{}"), "yes");
  EXPECT_EQ(told("a in (1, 2)", R"({"a":"1"})"), "field 'a' is a string, compared with a list that has a number");
  EXPECT_EQ(told("not a in (1, 2)", R"({"a":3})"), "yes");
}

TEST(Where, NotBindsCloserThanAndAndAndCloserThanOr) {
  const auto record_of = [](std::bitset<3> bits) {
    const auto word = [&](std::size_t i) { return bits[i] ? "true" : "false"; };
    return std::string("{\"a\":") + word(0) + ",\"b\":" + word(1) + ",\"c\":" + word(2) + "}";
  };
  struct shape {
    const char* text;
    bool (*meaning)(bool, bool, bool);
  };
  const shape shapes[] = {
      {"a or b and c", [](bool a, bool b, bool c) { return a || (b && c); }},
      {"a and b or c", [](bool a, bool b, bool c) { return (a && b) || c; }},
      {"(a or b) and c", [](bool a, bool b, bool c) { return (a || b) && c; }},
      {"a and (b or c)", [](bool a, bool b, bool c) { return a && (b || c); }},
      {"not a and b or c", [](bool a, bool b, bool c) { return (!a && b) || c; }},
      {"not (a and b) or c", [](bool a, bool b, bool c) { return !(a && b) || c; }},
      {"not (a or not b) and not c", [](bool a, bool b, bool c) { return !(a || !b) && !c; }},
      {"not not a == true and b", [](bool a, bool b, bool) { return a && b; }},
      {"not not not (a or b and not c)", [](bool a, bool b, bool c) { return !(a || (b && !c)); }},
      {"a or b or c", [](bool a, bool b, bool c) { return a || b || c; }},
      {"((a)) and((b)and(c))", [](bool a, bool b, bool c) { return a && b && c; }},
      {"true and a or false and b", [](bool a, bool, bool) { return a; }},
  };
  for (const shape& s : shapes) {
    for (unsigned bits = 0; bits < 8; ++bits) {
      const std::bitset<3> b(bits);
      EXPECT_EQ(told(s.text, record_of(b)), s.meaning(b[0], b[1], b[2]) ? "yes" : "no") << s.text << ' ' << b;
    }
  }
}

TEST(Where, WhatIsDecidedIsNotLookedAtFurther) {
  EXPECT_EQ(told("a == 1 or b > 3", R"({"a":1,"b":"x"})"), "yes");
  EXPECT_EQ(told("a == 1 and b > 3", R"({"a":2,"b":"x"})"), "no");
  EXPECT_EQ(told("b > 3 or a == 1", R"({"a":1,"b":"x"})"), "field 'b' is a string, compared with a number");
  EXPECT_EQ(told("has b and b > 3", "{}"), "no");
}

TEST(Where, TheVerdictNamesTheFieldAndBothKinds) {
  EXPECT_EQ(told("status >= 500", R"({"status":"500"})"), "field 'status' is a string, compared with a number");
  EXPECT_EQ(told("`x y`.b == 'z'", R"({"x y":{"b":[1]}})"),
            "field '`x y`.b' is an object or array, compared with a string");
  EXPECT_EQ(told("a == b", R"({"a":1,"b":true})"),
            "field 'a' is a number, compared with field 'b', which is a boolean");
  EXPECT_EQ(told("a < b", R"({"a":true,"b":true})"),
            "field 'a' is a boolean, as is what it is compared with: such have no order");
  EXPECT_EQ(told("a =~ 'x'", R"({"a":1})"), "field 'a' is a number, searched for a regular expression");
  EXPECT_EQ(told("a", R"({"a":1})"), "field 'a' is a number, used as a condition");
  const predicate where("x == 1 and y.z < 2");
  const auto verdict = where.evaluate(cells_of(where, R"({"x":1,"y":{"z":"s"}})"));
  EXPECT_EQ(verdict.is, predicate::truth::wrong_type);
  EXPECT_EQ(text_of(where.fields()[verdict.field]), "y.z");
  EXPECT_EQ(verdict.found, cell_kind::string);
  EXPECT_EQ(verdict.other, cell_kind::integer);
  EXPECT_EQ(verdict.test, 1);
}

TEST(Where, RegularExpressionsSearchOneTextOfCharacters) {
  EXPECT_EQ(told(R"(a =~ "^/api/v\d+/")", R"({"a":"/api/v12/x"})"), "yes");
  EXPECT_EQ(told("a !~ '^GET'", R"({"a":"POST"})"), "yes");
  EXPECT_EQ(told("a =~ '^.{3}$'", R"({"a":"äöü"})"), "yes");
  EXPECT_EQ(told("a =~ '(?i)GÖ'", R"({"a":"xgö"})"), "yes");
  EXPECT_EQ(told("a =~ '^b'", "{\"a\":\"a\nb\"}"), "no");
  EXPECT_EQ(told("a =~ '(?m)^b'", "{\"a\":\"a\nb\"}"), "yes");
  EXPECT_EQ(told(R"(a =~ 'it\'s')", R"({"a":"it's"})"), "yes");
}

TEST(Where, StringsHaveTheEscapesOfJson) {
  EXPECT_EQ(told(R"(a == "x\ty")", "{\"a\":\"x\ty\"}"), "yes");
  EXPECT_EQ(told(R"(a == '\u00e4\ud83d\ude00\/')", R"({"a":"ä😀/"})"), "yes");
  EXPECT_EQ(told(R"(a == 'it\'s')", R"({"a":"it's"})"), "yes");
  EXPECT_EQ(told(R"(a == "it's")", R"({"a":"it's"})"), "yes");
}

TEST(Where, FieldsAreNamedOnceInTheOrderWritten) {
  const predicate where("b.c > 1 and (a == 2 or b.c < 9) and `and`.`q``r` == $x-y and @t != über and in.not == 1");
  std::string all;
  for (const field_path& path : where.fields()) { all += text_of(path) + ' '; }
  EXPECT_EQ(all, "b.c a and.`q``r` $x-y @t über in.not ");
}

TEST(Where, CopiesAndSlotsSayTheSame) {
  const predicate first("a =~ 'x' and b == 2 and c == 'long enough to be kept elsewhere'");
  const predicate copy = first; // NOLINT(performance-unnecessary-copy-initialization): the copy is tested
  const std::string record = R"({"a":"x","b":2,"c":"long enough to be kept elsewhere"})";
  EXPECT_EQ(told(copy, record), "yes");
  predicate assigned("z == 1");
  assigned = copy;
  const auto cells = cells_of(assigned, record);
  const std::vector<cell> apart = {cells[2], {}, cells[0], cells[1]};
  const std::uint16_t slots[] = {2, 3, 0};
  EXPECT_EQ(assigned.evaluate(apart, slots).is, predicate::truth::yes);
  EXPECT_GT(assigned.context_bytes(), 0u);
}
