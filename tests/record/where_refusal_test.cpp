#include "tests/record/where_support.hpp"

#include <gtest/gtest.h>

using namespace weir::stages;
using namespace weir::stages::test;

TEST(WhereRefusal, NamesThePlaceAndWhatWasExpected) {
  struct row {
    const char* text;
    const char* told;
  };
  const row rows[] = {
      {"", "column 1: expected a condition, found end"},
      {"   ", "column 4: expected a condition, found end"},
      {"status >=", "column 10: expected a value after '>=', found end"},
      {"status >= and", "column 11: expected a value after '>=', found 'and'"},
      {"a = 3", "column 3: expected 'and', 'or' or the end after 'a', found '=' (equal is written ==)"},
      {"a <> 3", "column 3: expected 'and', 'or' or the end after 'a', found '<>' (unequal is written !=)"},
      {"a == 1 && b == 2", "column 8: expected 'and', 'or' or the end after '1', found '&&' (it is written and)"},
      {"a == 1 OR b == 2", "column 8: expected 'and', 'or' or the end after '1', found 'OR' (it is written or)"},
      {"!a", "column 1: expected a condition, found '!' (it is written not)"},
      {"a is null",
       "column 3: expected 'and', 'or' or the end after 'a', found 'is' (null is found by == null and != null)"},
      {"a not in (1)", "column 3: expected 'and', 'or' or the end after 'a', found 'not' (it stands before the "
                       "comparison: not a in (1, 2))"},
      {"a < b < c",
       "column 7: expected 'and', 'or' or the end after 'b', found '<' (for two comparisons write a < b and b < c)"},
      {"(a == 1", "column 8: expected 'and', 'or' or ')' after '1', found end"},
      {"a == 1)", "column 7: expected 'and', 'or' or the end after '1', found ')' (no '(' is open)"},
      {"a == 1 and", "column 11: expected a condition after 'and', found end"},
      {"not", "column 4: expected a condition after 'not', found end"},
      {"a..b == 1", "column 3: expected a name after 'a.', found '.b'"},
      {"a. == 1", "column 3: expected a name after 'a.', found '=='"},
      {"`a == 1", "column 8: expected a closing backquote, found end"},
      {"`` == 1", "column 2: expected a name between backquotes after '`', found '` == 1'"},
      {"a == 'x", "column 8: expected a closing ', found end"},
      {"a == \"x", "column 8: expected a closing \", found end"},
      {"ä == 'ö\\q'", "column 9: expected one of \\\" \\' \\\\ \\/ \\b \\f \\n \\r \\t \\u and four digits, found 'q'"},
      {"a == '\\ud800'", "column 7: half of a surrogate pair stands for no character"},
      {"a == 007", "column 6: expected a number as in JSON after '==', found '007'"},
      {"a == 1.", "column 6: expected a number as in JSON after '==', found '1.'"},
      {"a == +1", "column 6: expected a number as in JSON after '==', found '+1'"},
      {"a == .5", "column 6: expected a number as in JSON after '==', found '.5'"},
      {"a == 1e999", "column 6: a number out of range: '1e999'"},
      {"a == #", "column 6: expected a value after '==', found '#'"},
      {"a in 1", "column 6: expected a list in parentheses after 'in', found '1'"},
      {"a in ()", "column 7: expected a number, a string, true, false or null after '(', found ')'"},
      {"a in (1 2)", "column 9: expected ',' or ')' after '1', found '2'"},
      {"a in (1,)", "column 9: expected a number, a string, true, false or null after ',', found ')'"},
      {"has 3", "column 5: expected a field after 'has', found '3'"},
      {"has(a", "column 6: expected ')' after 'a', found end"},
      {"a =~ 3", "column 6: expected a regular expression in quotes after '=~', found '3'"},
      {"a =~ 'x('", "column 6: bad regular expression: missing ): x("},
      {"a == 1 and b =~ '['", "column 17: bad regular expression: missing ]: ["},
      {"status > true", "column 10: '>' orders numbers and strings, not true"},
      {"null <= a", "column 1: '<=' orders numbers and strings, not null"},
      {"\"a\" < 3", "column 5: a string compared with a number: that makes no sense"},
      {"1 == true", "column 3: a number compared with a boolean: that makes no sense"},
      {"5", "column 1: a number alone is no condition: compare it with a field"},
      {"a == 1 or 'x'", "column 11: a string alone is no condition: compare it with a field"},
      {"'x' =~ 'x'", "column 1: '=~' searches in a field"},
      {"3 in (3)", "column 1: 'in' looks for a field's value"},
      {"a == 'a long text that goes on and on' 'x'",
       "column 40: expected 'and', 'or' or the end after ''a long text that goes o…', found ''x''"},
      {"a == '\xff'", "column 7: this is not UTF-8"},
  };
  for (const row& r : rows) { EXPECT_EQ(refusal(r.text), std::string("where: ") + r.told) << r.text; }
}

TEST(WhereRefusal, NestingHasALimit) {
  const auto nested = [](std::size_t n) { return std::string(n, '(').append("a").append(n, ')'); };
  EXPECT_EQ(refusal(nested(100)), "taken");
  EXPECT_EQ(refusal(nested(101)), "where: column 102: more than 100 parentheses inside each other");
  EXPECT_EQ(refusal(std::string(1'000'000, '(')), "where: column 102: more than 100 parentheses inside each other");
}

TEST(WhereRefusal, LongTextsAreTakenUpToTheirLimit) {
  std::string many = "a == 0";
  for (int i = 1; i < 10'000; ++i) { many += (i % 2 == 0 ? " or a == " : " and not a == ") + std::to_string(i); }
  EXPECT_EQ(told(many, R"({"a":9998})"), "yes");
  EXPECT_NE(refusal(many + " or a == 1").find("more than 10000 comparisons"), std::string::npos);
  std::string nots;
  for (int i = 0; i < 100'000; ++i) { nots += "not "; }
  EXPECT_EQ(told(nots + "a == 1", R"({"a":1})"), "yes");
  std::string list = "a in (0";
  for (int i = 1; i < 50'000; ++i) { list.append(",").append(std::to_string(i * 2)); }
  EXPECT_EQ(told(list + ")", R"({"a":77776})"), "yes");
  EXPECT_EQ(told(list + ")", R"({"a":77777})"), "no");
}

TEST(WhereRefusal, ColumnsCountCharactersAndOffsetsBytes) {
  try {
    (void)predicate("ä == 'ö' x");
    FAIL();
  } catch (const bad_expression& error) {
    EXPECT_EQ(error.column(), 10u);
    EXPECT_EQ(error.offset(), 11u);
  }
}
