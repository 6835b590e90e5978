#include "apps/weir/record_summary.hpp"
#include "apps/weir/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::command {
namespace {

TEST(Utf8, CountsCharactersAndNotBytes) {
  EXPECT_EQ(character_count(""), 0u);
  EXPECT_EQ(character_count("abc"), 3u);
  EXPECT_EQ(character_count("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), 3u); // ä € and a face
}

TEST(Utf8, CountsEveryInvalidByteAsOneCharacter) {
  EXPECT_EQ(character_count("\xFF\xFE"), 2u);
  EXPECT_EQ(character_count("\xE2\x82"), 2u) << "cut off";
  EXPECT_EQ(character_count("\xC0\x80"), 2u) << "overlong";
  EXPECT_EQ(character_count("\xED\xA0\x80"), 3u) << "surrogate";
  EXPECT_EQ(character_count("\xF4\x90\x80\x80"), 4u) << "above U+10FFFF";
  EXPECT_EQ(character_count("\xE0\x9F\xBF"), 3u) << "overlong";
}

TEST(Utf8, DecodesTheBordersOfEveryLength) {
  EXPECT_EQ(first_character("\x7F").code, 0x7Fu);
  EXPECT_EQ(first_character("\xC2\x80").code, 0x80u);
  EXPECT_EQ(first_character("\xDF\xBF").code, 0x7FFu);
  EXPECT_EQ(first_character("\xE0\xA0\x80").code, 0x800u);
  EXPECT_EQ(first_character("\xEF\xBF\xBF").code, 0xFFFFu);
  EXPECT_EQ(first_character("\xF0\x90\x80\x80").code, 0x10000u);
  EXPECT_EQ(first_character("\xF4\x8F\xBF\xBF").code, 0x10FFFFu);
}

TEST(Utf8, CutsBetweenCharactersOnly) {
  EXPECT_EQ(first_characters("\xC3\xA4\xC3\xB6\xC3\xBC", 2), "\xC3\xA4\xC3\xB6");
  EXPECT_EQ(first_characters("ab", 5), "ab");
  EXPECT_EQ(first_characters("ab", 0), "");
}

TEST(Utf8, PrintsWhatATerminalWouldObeyAsNumbers) {
  EXPECT_EQ(printable("a\x1b[31m\x7f\tb\n"), "a\\x1b[31m\\x7f\\x09b\\x0a");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m \x9b \xff \xc3\xa4"),
            "\\xc2\\x9b31m \\x9b \\xff \xc3\xa4");
  EXPECT_EQ(printable("two\nlines\r\n", true), "two\nlines\\x0d\n");
}

TEST(Utf8, BadRecordsAreToldWithoutWhatATerminalWouldObey) {
  stages::error_group group;
  group.first.stage = "sqlite";
  group.first.message = "the table 't' has no column '\x1b[2J'";
  group.sample = "{\"\xc2\x9b\":1}";
  group.count = 2;
  group.last_place = "a\x1b.json:7 (byte 9)";
  const std::string text = text_of(std::vector{group});
  EXPECT_EQ(text.find_first_of("\x1b\x9b"), std::string::npos) << text;
  EXPECT_NE(text.find("no column '\\x1b[2J'"), std::string::npos) << text;
}

TEST(Utf8, QuotesAWordSoThatATerminalShowsItSafely) {
  EXPECT_EQ(in_quotes("grep"), "'grep'");
  EXPECT_EQ(in_quotes(""), "''");
  EXPECT_EQ(in_quotes("\x1b[31m\n"), "'\\x1b[31m\\x0a'");
  EXPECT_EQ(in_quotes("\xC3\xA4\xFF"), "'\xC3\xA4\\xff'");
  EXPECT_EQ(in_quotes("\xC2\x9B"), "'\\xc2\\x9b'") << "a control character of two bytes";
  const std::string sixty = "xxxxxxxxx1xxxxxxxxx2xxxxxxxxx3xxxxxxxxx4xxxxxxxxx5xxxxxxxxx6";
  EXPECT_EQ(in_quotes(sixty + "7"), std::string("'").append(sixty).append("...'"));
  EXPECT_EQ(in_quotes(sixty), std::string("'").append(sixty).append("'"));
}

} // namespace
} // namespace weir::command
