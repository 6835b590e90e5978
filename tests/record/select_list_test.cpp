#include "stages/record/select_list.hpp"

#include <gtest/gtest.h>

using namespace weir::stages;

namespace {

std::string told(std::string_view text) {
  std::string made;
  try {
    for (const selected& s : parse_select(text)) { made += text_of(s.field) + ">" + s.name + "|"; }
  } catch (const bad_expression& error) { return error.what(); }
  return made;
}

} // namespace

TEST(SelectList, NamesFieldsAndWhatTheyAreCalled) {
  EXPECT_EQ(told("ts,status,path"), "ts>ts|status>status|path>path|");
  EXPECT_EQ(told(" a , b.c as d\t, `x y`, b.c "), "a>a|b.c>d|`x y`>x y|b.c>b.c|");
  EXPECT_EQ(told("`a.b`.c, a as `b c`, as as as, and as in"), "`a.b`.c>a.b.c|a>b c|as>as|`and`>in|");
  EXPECT_EQ(told("a as x, a as y"), "a>x|a>y|");
  EXPECT_EQ(told("`q``r` as s"), "`q``r`>s|");
}

TEST(SelectList, RefusalsNameThePlace) {
  EXPECT_EQ(told(""), "select: column 1: expected a field, found end");
  EXPECT_EQ(told("a,"), "select: column 3: expected a field after ',', found end");
  EXPECT_EQ(told("a b"), "select: column 3: expected ',', 'as' or the end after 'a', found 'b'");
  EXPECT_EQ(told("a as"), "select: column 5: expected a name after 'as', found end");
  EXPECT_EQ(told("a as b.c"), "select: column 7: expected ',', 'as' or the end after 'b', found '.c'");
  EXPECT_EQ(told("*"), "select: column 1: expected a field, found '*'");
  EXPECT_EQ(told("a, 1"), "select: column 4: expected a field after ',', found '1'");
  EXPECT_EQ(told("a, b.c, a"), "select: column 9: there is a column 'a' already; give this one another name: a as …");
  EXPECT_EQ(told("a, b as a"), "select: column 4: there is a column 'a' already; give this one another name: b as …");
  EXPECT_EQ(told("a.b, `a.b`"),
            "select: column 6: there is a column 'a.b' already; give this one another name: `a.b` as …");
}
