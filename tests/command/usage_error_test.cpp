#include "apps/weir/usage_error.hpp"

#include "refusal.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

place in(std::string text, std::size_t offset, std::size_t length) {
  return {std::make_shared<const source_text>(source_text{"jobs.weir", std::move(text)}), offset, length};
}

TEST(UsageError, SaysPlaceReasonAndShowsTheWord) {
  const usage_error error("unknown stage 'lnies'", in("read a | lnies | count", 9, 5));
  EXPECT_STREQ(error.what(), "jobs.weir:1:10: unknown stage 'lnies'\n"
                             "    read a | lnies | count\n"
                             "             ^~~~~");
  EXPECT_EQ(error.reason(), "unknown stage 'lnies'");
}

TEST(UsageError, WithoutAPlaceIsTheReasonAlone) {
  EXPECT_STREQ(usage_error("there is no pipeline").what(), "there is no pipeline");
}

TEST(UsageError, CountsLinesFromOneAndShowsOnlyTheGuiltyLine) {
  const usage_error error("what is this", in("read a\n| bad\n| count", 9, 3));
  EXPECT_STREQ(error.what(), "jobs.weir:2:3: what is this\n"
                             "    | bad\n"
                             "      ^~~");
}

TEST(UsageError, PlacesAWordThatBeginsALine) {
  EXPECT_EQ(in("a\nb", 2, 1).name(), "jobs.weir:2:1");
  EXPECT_EQ(in("a\nb", 2, 1).picture(), "    b\n    ^");
  EXPECT_EQ(in("\n\nb", 2, 1).name(), "jobs.weir:3:1");
}

TEST(UsageError, PlacesTheNewlineItselfAtTheEndOfItsLine) {
  EXPECT_EQ(in("ab\nc", 2, 1).name(), "jobs.weir:1:3");
  EXPECT_EQ(in("ab\nc", 2, 1).picture(), "    ab\n      ^");
}

TEST(UsageError, CountsColumnsInCharacters) {
  const place where = in("read \xC3\xA4.gz | x", 13, 1);
  EXPECT_EQ(where.name(), "jobs.weir:1:13");
  EXPECT_EQ(where.picture(), "    read \xC3\xA4.gz | x\n                ^");
}

TEST(UsageError, ShowsTabsAsOneColumnAndControlBytesAsQuestionMarks) {
  EXPECT_EQ(in("a\t\x1b\xFF b", 5, 1).picture(), "    a ?? b\n         ^");
}

TEST(UsageError, MarksOnlyTheFirstLineOfAWordOfSeveral) {
  EXPECT_EQ(in("x 'a\nb'", 2, 5).picture(), "    x 'a\n      ^~");
}

TEST(UsageError, CutsALongLineAroundTheWord) {
  const std::string before(200, 'a');
  const std::string after(200, 'b');
  EXPECT_EQ(in(before + " bad " + after, 201, 3).picture(),
            "    ..." + std::string(36, 'a') + " bad " + std::string(49, 'b') + "...\n" + std::string(44, ' ') + "^~~");
}

TEST(UsageError, LeavesTheStartOfALongLineWhenTheWordIsThere) {
  EXPECT_EQ(in("bad " + std::string(200, 'b'), 0, 3).picture(), "    bad " + std::string(89, 'b') + "...\n    ^~~");
}

TEST(Word, ShowsTheCommandLineAsItMayHaveBeenTyped) {
  const std::vector<word> words = line_of({"--memory", "64 M", "it's", ""});
  EXPECT_EQ(words[1].text, "64 M");
  EXPECT_EQ(words[1].where.picture(), "    weir --memory '64 M' 'it'\\''s' ''\n"
                                      "                  ^~~~~~");
  EXPECT_EQ(words[1].where.name(), "");
  EXPECT_EQ(words[3].where.picture(), "    weir --memory '64 M' 'it'\\''s' ''\n"
                                      "                                   ^~");
}

} // namespace
} // namespace weir::command
