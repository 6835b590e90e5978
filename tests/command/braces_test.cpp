// Pipelines in braces, as text.

#include "apps/weir/pipeline_text.hpp"

#include "refusal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace weir::command {
namespace {

void add_marked(std::string& to, const std::string& word) {
  to += '<';
  to += word;
  to += '>';
}

/// The pipeline written anew: every word in < >, so that a brace which is text differs from one that is not.
std::string shape_of(const std::vector<stage_text>& stages) {
  std::string out;
  for (const stage_text& stage : stages) {
    if (!out.empty()) out += "|";
    add_marked(out, stage.name.text);
    for (const word& each : stage.arguments) add_marked(out, each.text);
    for (const branch_text& branch : stage.branches) {
      out += '{';
      out += shape_of(branch.stages);
      out += '}';
    }
  }
  return out;
}

std::string shape(const std::string& text) { return shape_of(parse_pipeline(text)); }

std::string refused(const std::string& text) {
  return refusal<usage_error>([&] { (void)parse_pipeline(text); });
}

TEST(Braces, HoldPipelinesBehindAStage) {
  EXPECT_EQ(shape("read a | tee { lines | grep -F ' 500 ' | write x } { gzip | write y }"),
            "<read><a>|<tee>{<lines>|<grep><-F>< 500 >|<write><x>}{<gzip>|<write><y>}");
}

TEST(Braces, MayBeFollowedByMoreStages) {
  EXPECT_EQ(shape("concat { read a } { read b }|lines | null"), "<concat>{<read><a>}{<read><b>}|<lines>|<null>");
}

TEST(Braces, Nest) {
  EXPECT_EQ(shape("read a | tee { lines | tee { x } { y | tee { z } } } | null"),
            "<read><a>|<tee>{<lines>|<tee>{<x>}{<y>|<tee>{<z>}}}|<null>");
}

TEST(Braces, StandBehindWordsOfTheStage) { EXPECT_EQ(shape("f -x 1 { a }"), "<f><-x><1>{<a>}"); }

TEST(Braces, SpanLinesAndComments) {
  EXPECT_EQ(shape("tee {  # the first: }\n a\n} \\\n { b }\n| c"), "<tee>{<a>}{<b>}|<c>");
}

TEST(Braces, AreTextWhenQuotedOrPartOfAWord) {
  EXPECT_EQ(shape(R"(grep '{' "}" \{ \} '' )"), "<grep><{><}><{><}><>");
  EXPECT_EQ(shape("grep {a} a{ }b a{1,2} {}"), "<grep><{a}><a{><}b><a{1,2}><{}>");
  EXPECT_EQ(shape("grep {'' }\\\na"), "<grep><{><}a>");
}

TEST(Braces, EndAtABarWithoutABlank) { EXPECT_EQ(shape("tee { a }|b"), "<tee>{<a>}|<b>"); }

TEST(Braces, SayWhereTheyOpenAndTheirWordsWhereTheyStand) {
  const std::vector<stage_text> parsed = parse_pipeline("read a | tee\n  { lines } { null }", "job.weir");
  const std::vector<branch_text>& branches = parsed[1].branches;
  ASSERT_EQ(branches.size(), 2u);
  EXPECT_EQ(branches[0].open.name(), "job.weir:2:3");
  EXPECT_EQ(branches[1].open.name(), "job.weir:2:13");
  EXPECT_EQ(branches[1].stages[0].name.where.name(), "job.weir:2:15");
}

TEST(Braces, ThatNeverCloseAreRefusedWhereTheyOpen) {
  const std::string reason = "this '{' is never closed; a brace has blanks around it, or is quoted where it is text\n";
  EXPECT_EQ(refused("a | tee { b | c"), "pipeline:1:9: " + reason +
                                            "    a | tee { b | c\n"
                                            "            ^");
  EXPECT_EQ(refused("a | tee { b | tee { c }"), "pipeline:1:9: " + reason +
                                                    "    a | tee { b | tee { c }\n"
                                                    "            ^");
  EXPECT_EQ(refused("a | tee {"), "pipeline:1:9: " + reason +
                                      "    a | tee {\n"
                                      "            ^");
  EXPECT_EQ(refused("tee { write x}"), "pipeline:1:5: " + reason +
                                           "    tee { write x}\n"
                                           "        ^");
}

TEST(Braces, ThatNeverOpenAreRefusedWhereTheyClose) {
  const std::string reason =
      "there is no '{' before this '}'; a brace has blanks around it, or is quoted where it is text\n";
  EXPECT_EQ(refused("a | b }"), "pipeline:1:7: " + reason +
                                    "    a | b }\n"
                                    "          ^");
  EXPECT_EQ(refused("tee { a } } | b"), "pipeline:1:11: " + reason +
                                            "    tee { a } } | b\n"
                                            "              ^");
  EXPECT_EQ(refused("} | b"), "pipeline:1:1: " + reason +
                                  "    } | b\n"
                                  "    ^");
  EXPECT_EQ(refused("tee {a }"), "pipeline:1:8: " + reason +
                                     "    tee {a }\n"
                                     "           ^");
}

TEST(Braces, WithNothingInThemAreRefused) {
  EXPECT_EQ(refused("a | tee { b } {  }"), "pipeline:1:15: there is no stage in these braces\n"
                                           "    a | tee { b } {  }\n"
                                           "                  ^~~~");
}

TEST(Braces, WithAnEmptyStageAreRefusedAtTheBar) {
  EXPECT_EQ(refused("tee { | a }"), "pipeline:1:7: there is no stage between the '{' and this '|'\n"
                                    "    tee { | a }\n"
                                    "          ^");
  EXPECT_EQ(refused("tee { a | } | b"), "pipeline:1:9: a stage must follow this '|'\n"
                                        "    tee { a | } | b\n"
                                        "            ^");
  EXPECT_EQ(refused("tee { a || b }"), "pipeline:1:10: there is no stage between the '|' before and this one\n"
                                       "    tee { a || b }\n"
                                       "             ^");
}

TEST(Braces, WithoutAStageBeforeThemAreRefused) {
  const std::string reason = "there is no stage before this '{'; braces stand behind tee, merge and concat\n";
  EXPECT_EQ(refused("a | { b }"), "pipeline:1:5: " + reason +
                                      "    a | { b }\n"
                                      "        ^");
  EXPECT_EQ(refused("tee { { b } }"), "pipeline:1:7: " + reason +
                                          "    tee { { b } }\n"
                                          "          ^");
}

TEST(Braces, NeedABarBeforeWhatFollows) {
  EXPECT_EQ(refused("tee { a } b | c"), "pipeline:1:11: a '|' must stand between a '}' and 'b'\n"
                                        "    tee { a } b | c\n"
                                        "              ^");
  EXPECT_EQ(refused("tee { a } b { c }"), "pipeline:1:11: a '|' must stand between a '}' and 'b'\n"
                                          "    tee { a } b { c }\n"
                                          "              ^");
}

TEST(Braces, NestSixtyFourDeepAndNoDeeper) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "t { ";
    text += "a";
    for (std::size_t i = 0; i < depth; ++i) text += " }";
    return text;
  };
  EXPECT_EQ(parse_pipeline(nested(64)).size(), 1u);
  EXPECT_TRUE(refused(nested(65)).starts_with("pipeline:1:259: braces nest deeper than 64 here\n"));
  EXPECT_TRUE(refused(nested(500'000)).starts_with("pipeline:1:259: braces nest deeper than 64 here\n"));
}

/// A random pipeline: its text with blanks where they may stand, and its shape.
struct random_pipeline {
  std::mt19937 random;
  std::string text{};
  std::string shape{};

  void blank() { text += std::array{" ", "\n", "  ", " # }\n"}[random() % 4]; }
  void add_word() {
    const std::string plain = std::array{"a", "{b", "c}", "{}"}[random() % 4];
    text += plain;
    add_marked(shape, plain);
  }
  void add_stages(std::size_t depth) {
    for (std::size_t i = 0, count = 1 + random() % 3; i < count; ++i) {
      if (i > 0) {
        text += "|";
        shape += "|";
        if (random() % 2 == 0) blank();
      }
      for (std::size_t w = 0, words = 1 + random() % 2; w < words; ++w) {
        add_word();
        blank();
      }
      for (std::size_t b = 0, branches = depth == 0 ? 0 : random() % 3; b < branches; ++b) {
        text += "{";
        shape += "{";
        blank();
        add_stages(depth - 1);
        text += "}";
        shape += "}";
        blank();
      }
    }
  }
};

TEST(Braces, OfAnyPipelineAreFoundAsTheyWereWritten) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    random_pipeline made{std::mt19937(seed)};
    made.add_stages(3);
    ASSERT_EQ(shape(made.text), made.shape) << "seed " << seed << ":\n" << made.text;
  }
}

TEST(Braces, OfAnyBytesAreParsedOrRefused) {
  std::mt19937 random(11);
  int parsed = 0;
  int refusals = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t i = 0, length = random() % 14; i < length; ++i) text += "a {}|'\n"[random() % 7];
    try {
      parsed += parse_pipeline(text).empty() ? 0 : 1;
    } catch (const usage_error&) { ++refusals; }
  }
  EXPECT_GT(parsed, 100);
  EXPECT_GT(refusals, 100);
  EXPECT_EQ(parsed + refusals, 20000);
}

} // namespace
} // namespace weir::command
