#include <gtest/gtest.h>

#include <random>

#include "stages/text/line_filter.hpp"
#include "stages/text/pattern_syntax.hpp"
#include "stages/text/regex.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

std::string filter(std::string text, const matcher& pattern, bool invert) {
  text.resize(compact_matching_lines(writable_bytes_of(text), pattern, invert).bytes_kept);
  return text;
}

/// grep ends its last line even where the input does not.
std::string with_last_newline(std::string text) {
  if (!text.empty() && text.back() != '\n') text.push_back('\n');
  return text;
}

std::string shell_quoted(const std::string& word) {
  std::string quoted("'");
  for (char c : word) quoted.append(c == '\'' ? std::string("'\\''") : std::string(1, c));
  return quoted.append("'");
}

void expect_as_grep(const std::string& text, const std::string& pattern, pattern_options options) {
  std::string tool = options.literal ? "grep -a -F" : "grep -a -E";
  if (options.ignore_case) tool += " -i";
  auto ours = make_matcher(pattern, options);
  for (bool invert : {false, true}) {
    int status = 0;
    std::string command = "LC_ALL=C " + tool + (invert ? " -v" : "") + " -e " + shell_quoted(pattern);
    EXPECT_TRUE(with_last_newline(filter(text, *ours, invert)) == run_tool(command, text, &status)) << command;
    EXPECT_LE(status, 1) << command;
  }
}

TEST(Grep, FindsLiteralsAsGrepDoes) {
  std::string text = random_lines(1, 60000) + random_bytes(2, 3000);
  for (const char* pattern : {"weir", "500 ", "\"status\":500", "x.y", "a", "", "\r", "\xc3\xa9", "\xa9", "[", "\\"})
    for (bool ignore_case : {false, true})
      if (!ignore_case || static_cast<signed char>(pattern[0]) >= 0)
        expect_as_grep(text, pattern, {.literal = true, .ignore_case = ignore_case});
}

TEST(Grep, FindsExpressionsAsGrepDoes) {
  std::string text = random_lines(3, 60000) + random_bytes(4, 3000);
  for (const char* pattern : {"weir",
                              "w.ir",
                              "^$",
                              "^",
                              "$",
                              "^weir",
                              "lock $",
                              "(river|GET) a",
                              "[^a-z ]00",
                              "\"status\":[0-9]+ ",
                              "5*",
                              "x\\.y",
                              ".{300}",
                              "^[^w]*$",
                              "[[:space:]]a",
                              "r[[:alpha:]]*k",
                              "o{2}",
                              "(a |GET ){3,}",
                              "lock \r",
                              "^.$",
                              "river.*weir.*river",
                              "\\bweir\\b.*\\b500\\b",
                              "[]]",
                              "a|^weir",
                              "()"})
    for (bool ignore_case : {false, true}) expect_as_grep(text, pattern, {.ignore_case = ignore_case});
}

/// What a pattern finds in many lines at once must be what it finds in each alone.
TEST(Grep, NeverMatchesAcrossANewline) {
  std::string text = random_lines(5, 20000) + "last line";
  for (const char* pattern : {"[^a]",
                              "\\s",
                              "(?s)r.*w",
                              "a\\s+w",
                              "\\W\\W",
                              "\\D{20}",
                              "[\\s\\S]{40}",
                              "weir \\n",
                              "\\n",
                              "a$\\s^w",
                              "[[:space:]]$",
                              "(?m)^a",
                              "(?i)GET[^x]+LOCK",
                              "\\x0a",
                              "\\pZ",
                              "(?:^|x)a",
                              "e$",
                              "\\bl",
                              "\\B",
                              "(^)",
                              "($)",
                              "a*",
                              "\\Qx.y\\E"}) {
    auto ours = make_matcher(pattern, {});
    regex alone(pattern, false);
    std::string expected;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t newline = std::min(text.find('\n', at), text.size());
      if (alone.find(text.data() + at, text.data() + newline) != nullptr) expected += text.substr(at, newline - at + 1);
      at = newline + 1;
    }
    EXPECT_TRUE(filter(text, *ours, false) == expected) << pattern;
  }
}

TEST(Grep, TakesAnyByteForADotInAnAsciiPattern) {
  auto dot = make_matcher("^..$", {});
  EXPECT_EQ(filter("\xc3\xa9\n\xff\xfe\n\xff\n", *dot, false), "\xc3\xa9\n\xff\xfe\n");
}

TEST(Grep, TakesACharacterForADotInAPatternWithOthers) {
  auto dot = make_matcher("^\xc3\xa9.$", {});
  EXPECT_EQ(filter("\xc3\xa9\xc3\xa8\n\xc3\xa9xx\n\xc3\xa9\xff\n", *dot, false), "\xc3\xa9\xc3\xa8\n");
}

TEST(Grep, FoldsTheCaseOfLettersBeyondAscii) {
  auto folded = make_matcher("\xc3\xa9", {.literal = true, .ignore_case = true});
  EXPECT_EQ(filter("\xc3\x89\ne\n", *folded, false), "\xc3\x89\n");
}

std::string error_of(const std::string& pattern, pattern_options options = {}) {
  try {
    make_matcher(pattern, options);
  } catch (const bad_pattern& error) { return error.what(); }
  return "no error";
}

TEST(Grep, SaysWhatIsWrongWithAPattern) {
  EXPECT_EQ(error_of("a(b"), "grep: a(b: missing ): a(b");
  EXPECT_EQ(error_of("[z-a]"), "grep: [z-a]: invalid character class range: z-a");
  EXPECT_EQ(error_of("*a"), "grep: *a: no argument for repetition operator: *");
  EXPECT_EQ(error_of("a\nb", {.literal = true}), "grep: a\nb: a pattern is one line; for one of several write a|b");
  EXPECT_EQ(error_of("\\Ax"), "grep: \\Ax: \\A and \\z mean the whole file; lines begin at ^ and end at $");
  EXPECT_EQ(error_of("(?i-m:^x)"), "grep: (?i-m:^x): (?-m) is not supported; ^ and $ always mean lines");
  EXPECT_EQ(error_of("x\\C"), "grep: x\\C: \\C is not supported");
  EXPECT_EQ(error_of("[\\\\A]\\\\A\\Q\\A\\E(?i-s:x)"), "no error") << "none of these is what it looks like";
}

TEST(RequiredLiteral, IsTheLongestPlainRunThatEveryMatchHas) {
  EXPECT_EQ(required_literal("\"status\":5[0-9]+"), "\"status\":5");
  EXPECT_EQ(required_literal("ab*cde?f"), "cd");
  EXPECT_EQ(required_literal("^x\\.yz$"), "x.yz");
  EXPECT_EQ(required_literal("ab+c"), "ab");
  EXPECT_EQ(required_literal("abc{2,3}d"), "ab");
  EXPECT_EQ(required_literal("abc{x}"), "abc{x}");
  EXPECT_EQ(required_literal("(abc|def)gh(?:ij)"), "gh");
  EXPECT_EQ(required_literal("a\xc3\xa9?bc"), "bc") << "the whole character may be missing, not half of it";
  EXPECT_EQ(required_literal("(abc)?[def]*\\dghi"), "ghi");
}

TEST(RequiredLiteral, IsNotSeenWhereItMightBeWrong) {
  for (const char* pattern : {"abc|def", "(?i)abc", "\\x41bc", "\\Qab\\E", "a\\pNbc", "", "\\", "a)b", "\\101bc"})
    EXPECT_EQ(required_literal(pattern), "") << pattern;
}

/// Random patterns made of the pieces that the two scanners must understand, on lines made of their letters.
TEST(RequiredLiteral, NeverHidesAMatchOfARandomPattern) {
  constexpr const char* pieces[] = {"a",  "b", "ab",   "\\.",    "[ab]", "(a|b)",  "(ab)?", "a*", "b?",
                                    "a+", "{", "a{2}", "b{0,1}", ".",    "(?:ba)", "^",     "$",  "\\w"};
  std::mt19937_64 random(99);
  std::string text;
  for (int i = 0; i < 3000; ++i) text.push_back("ab.{\n"[random() % 5]);
  for (int round = 0; round < 500; ++round) {
    std::string pattern;
    for (std::uint64_t n = 2 + random() % 5; n > 0; --n) pattern += pieces[random() % std::size(pieces)];
    std::unique_ptr<matcher> ours;
    try {
      ours = make_matcher(pattern, {});
    } catch (const bad_pattern&) { continue; }
    auto hidden = make_matcher("(?:" + pattern + ")", {});
    ASSERT_EQ(filter(text, *ours, false), filter(text, *hidden, false)) << pattern;
  }
}

} // namespace
} // namespace weir::stages
