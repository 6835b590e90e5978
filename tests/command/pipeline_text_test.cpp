#include "apps/weir/pipeline_text.hpp"

#include "refusal.hpp"

#include <gtest/gtest.h>

#include <random>

namespace weir::command {
namespace {

/// The stages as lists of words.
std::vector<std::vector<std::string>> words_of(const std::string& text) {
  std::vector<std::vector<std::string>> out;
  for (const stage_text& stage : parse_pipeline(text)) {
    out.push_back({stage.name.text});
    for (const word& each : stage.arguments) out.back().push_back(each.text);
  }
  return out;
}

std::string refused(const std::string& text) {
  return refusal<usage_error>([&] { (void)parse_pipeline(text); });
}

using stages = std::vector<std::vector<std::string>>;

TEST(PipelineText, IsStagesBetweenBarsAndWordsBetweenSpaces) {
  EXPECT_EQ(words_of("read access.gz | lines | grep -F \" 500 \" | gzip | write b.gz"),
            (stages{{"read", "access.gz"}, {"lines"}, {"grep", "-F", " 500 "}, {"gzip"}, {"write", "b.gz"}}));
}

TEST(PipelineText, NeedsNoSpaceAroundABar) { EXPECT_EQ(words_of("read a|count"), (stages{{"read", "a"}, {"count"}})); }

TEST(PipelineText, TakesWhatStandsInSingleQuotesAsItIs) {
  EXPECT_EQ(words_of(R"(grep 'a|b $x \n "q" #')"), (stages{{"grep", R"(a|b $x \n "q" #)"}}));
}

TEST(PipelineText, KeepsABackslashInDoubleQuotesUnlessItEscapes) {
  EXPECT_EQ(words_of(R"(grep "\d+ \"q\" \\ \$ \` \'")"), (stages{{"grep", R"(\d+ "q" \ $ ` \')"}}));
}

TEST(PipelineText, ExpandsNothingInDoubleQuotes) {
  EXPECT_EQ(words_of(R"(grep "^$HOME `x` end$")"), (stages{{"grep", "^$HOME `x` end$"}}));
}

TEST(PipelineText, TakesWhatFollowsABackslashAsItIs) {
  EXPECT_EQ(words_of(R"(grep a\ b\|c\<\\)"), (stages{{"grep", R"(a b|c<\)"}}));
}

TEST(PipelineText, JoinsPartsThatTouchIntoOneWord) {
  EXPECT_EQ(words_of(R"(read a'b c'"d e"\ f)"), (stages{{"read", "ab cd e f"}}));
}

TEST(PipelineText, KnowsAnEmptyWord) { EXPECT_EQ(words_of("grep '' \"\""), (stages{{"grep", "", ""}})); }

TEST(PipelineText, PassesOverCommentsThatBeginAWord) {
  EXPECT_EQ(words_of("#!/usr/bin/env weir\nread a#b # the log | not this\n| count # end"),
            (stages{{"read", "a#b"}, {"count"}}));
}

TEST(PipelineText, TakesNewlinesForSpaces) {
  EXPECT_EQ(words_of("\nread a\r\n\tb |\n\n lines\n| count\n"), (stages{{"read", "a", "b"}, {"lines"}, {"count"}}));
}

TEST(PipelineText, JoinsLinesAtABackslash) {
  EXPECT_EQ(words_of("read a\\\nb \\\n c | grep \"x\\\ny\""), (stages{{"read", "ab", "c"}, {"grep", "xy"}}));
}

TEST(PipelineText, KeepsANewlineInQuotes) { EXPECT_EQ(words_of("grep 'a\nb'"), (stages{{"grep", "a\nb"}})); }

TEST(PipelineText, PassesBytesThroughThatAreNoText) {
  EXPECT_EQ(words_of("grep '\xFF\x01' \xC3\xA4"), (stages{{"grep", "\xFF\x01", "\xC3\xA4"}}));
}

TEST(PipelineText, SaysWhereEveryWordStandsAndWhetherItWasQuoted) {
  const std::vector<stage_text> parsed = parse_pipeline("read a |\n  grep -F 'x y'", "job.weir");
  const word& pattern = parsed[1].arguments[1];
  EXPECT_EQ(parsed[1].name.where.name(), "job.weir:2:3");
  EXPECT_EQ(pattern.where.name(), "job.weir:2:11");
  EXPECT_EQ(pattern.where.length, 5u);
  EXPECT_TRUE(pattern.quoted);
  EXPECT_FALSE(parsed[1].arguments[0].quoted);
}

TEST(PipelineText, LetsOnlyUnquotedCharactersExpandAsAGlob) {
  const std::vector<word> words = parse_pipeline(R"(read 'my [log]'*.gz \*.gz a\b "?")")[0].arguments;
  EXPECT_EQ(words[0].pattern, R"(my \[log\]*.gz)");
  EXPECT_EQ(words[1].pattern, R"(\*.gz)");
  EXPECT_EQ(words[2].pattern, "ab");
  EXPECT_EQ(words[3].pattern, R"(\?)");
}

TEST(PipelineText, RefusesAnUnbalancedQuoteWhereItOpens) {
  EXPECT_EQ(refused("read a | grep 'x | count"), "pipeline:1:15: this quote ' is never closed\n"
                                                 "    read a | grep 'x | count\n"
                                                 "                  ^");
  EXPECT_EQ(refused("read a |\n grep b\"x | count"), "pipeline:2:8: this quote \" is never closed\n"
                                                     "     grep b\"x | count\n"
                                                     "           ^");
  EXPECT_EQ(refused("grep \"x\\\""), "pipeline:1:6: this quote \" is never closed\n"
                                     "    grep \"x\\\"\n"
                                     "         ^");
  EXPECT_EQ(refused("grep \"x\\"), "pipeline:1:6: this quote \" is never closed\n"
                                   "    grep \"x\\\n"
                                   "         ^");
}

TEST(PipelineText, RefusesABackslashAtTheEnd) {
  EXPECT_EQ(refused("read a\\"), "pipeline:1:7: the pipeline ends with a backslash: a character must follow it\n"
                                 "    read a\\\n"
                                 "          ^");
}

TEST(PipelineText, RefusesAnEmptyStageBetweenBars) {
  EXPECT_EQ(refused("read a | | count"), "pipeline:1:10: there is no stage between the '|' before and this one\n"
                                         "    read a | | count\n"
                                         "             ^");
  EXPECT_EQ(refused("read a || count"), "pipeline:1:9: there is no stage between the '|' before and this one\n"
                                        "    read a || count\n"
                                        "            ^");
}

TEST(PipelineText, RefusesAnEmptyStageAtEitherEnd) {
  EXPECT_EQ(refused("| count"), "pipeline:1:1: there is no stage before this '|'\n"
                                "    | count\n"
                                "    ^");
  EXPECT_EQ(refused("read a |\n # nothing\n"), "pipeline:1:8: a stage must follow this '|'\n"
                                               "    read a |\n"
                                               "           ^");
}

TEST(PipelineText, RefusesAnEmptyPipeline) {
  const std::string expected = "pipeline: there is no stage; write for example: read a.log | lines | count";
  EXPECT_EQ(refused(""), expected);
  EXPECT_EQ(refused(" \n# only this\n"), expected);
}

TEST(PipelineText, RefusesANulByte) {
  EXPECT_EQ(refused(std::string("read a\0b", 8)), "pipeline:1:7: there is a NUL byte in the text\n"
                                                  "    read a?b\n"
                                                  "          ^");
}

TEST(PipelineText, TellsToQuoteWhatAShellWouldActOn) {
  EXPECT_EQ(refused("read a > b"), "pipeline:1:8: '>' must be quoted: weir writes files with the stage "
                                   "'write' (write '\\>' or put the word in "
                                   "quotes)\n"
                                   "    read a > b\n"
                                   "           ^");
  EXPECT_EQ(
      refused("grep a(b)"),
      "pipeline:1:7: '(' must be quoted: weir groups stages with { and } (write '\\(' or put the word in quotes)\n"
      "    grep a(b)\n"
      "          ^");
}

class ForbiddenCharacter : public testing::TestWithParam<char> {};

TEST_P(ForbiddenCharacter, IsRefusedUnquotedAndTakenQuoted) {
  const std::string c(1, GetParam());
  EXPECT_NE(refused("grep a" + c + "b").find("pipeline:1:7: '" + c + "' must be quoted"), std::string::npos);
  EXPECT_EQ(words_of("grep 'a" + c + "b'"), (stages{{"grep", "a" + c + "b"}}));
  EXPECT_EQ(words_of("grep a\\" + c + "b"), (stages{{"grep", "a" + c + "b"}}));
}

INSTANTIATE_TEST_SUITE_P(All, ForbiddenCharacter, testing::Values('<', '>', '&', ';', '(', ')', '$', '`'));

/// Quotes in one of three ways, so that the parser has to give the word back.
std::string quoted_anyhow(const std::string& text, std::mt19937& random) {
  enum class way { single_quotes, double_quotes, backslashes };
  const auto how = static_cast<way>(random() % 3);
  std::string out;
  for (const char c : text) {
    if (how == way::single_quotes && c == '\'') out += "'\\'";
    if (how == way::double_quotes && std::string("\\\"$`").find(c) != std::string::npos) out += '\\';
    if (how == way::backslashes) out += c == '\n' ? "'\n" : "\\";
    out += how == way::backslashes && c == '\n' ? '\'' : c;
  }
  if (how == way::backslashes) return text.empty() ? "''" : out;
  const char quote = how == way::single_quotes ? '\'' : '"';
  out.insert(out.begin(), quote);
  out.push_back(quote);
  return out;
}

TEST(PipelineText, GivesBackAnyWordsThatWereQuoted) {
  std::mt19937 random(20240611);
  for (int round = 0; round < 2000; ++round) {
    stages expected;
    std::string text;
    for (std::size_t s = 0, count = 1 + random() % 4; s < count; ++s) {
      text += s == 0 ? "" : " |\n";
      expected.emplace_back();
      for (std::size_t w = 0, words = 1 + random() % 3; w < words; ++w) {
        std::string of;
        for (std::size_t i = 0, length = random() % 6; i < length; ++i) of += " |'\"\\\n$#a\xC3*<"[random() % 12];
        text += ' ';
        text += quoted_anyhow(of, random);
        expected.back().push_back(of);
      }
    }
    ASSERT_EQ(words_of(text), expected) << text;
  }
}

TEST(PipelineText, EitherParsesOrRefusesAnyBytes) {
  std::mt19937 random(7);
  int parsed = 0;
  int refusals = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t i = 0, length = random() % 12; i < length; ++i) text += " |'\"\\\n$#ab\xFF;"[random() % 12];
    try {
      parsed += parse_pipeline(text).empty() ? 0 : 1;
    } catch (const usage_error&) { ++refusals; }
  }
  EXPECT_EQ(parsed + refusals, 20000);
  EXPECT_GT(parsed, 100);
  EXPECT_GT(refusals, 100);
}

} // namespace
} // namespace weir::command
