// Stages that take pipelines in braces: what becomes of their branches, and what is refused.

#include "refusal.hpp"
#include "test_stages.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

/// What a join was given: the stages of each branch, and whether it says that it gives whole records.
using seen_branches = std::vector<std::string>;

std::string text_of(const made_branch& branch) {
  std::string text = branch.whole_records ? "whole: " : "";
  for (const auto& each : branch.parts.entries()) text += each.what->name() + ";";
  return text;
}

branch_rules::end sinks() { return branch_rules::end::sink; }
branch_rules::end open_ends() { return branch_rules::end::open; }

/// The stages of test_stages(), `keep`, and three that take braces and write down what they get: `fork` like tee, `mix` like
/// merge, `chain` like concat.
class Branching : public testing::Test {
 protected:
  Branching() {
    known_.add(
        "keep", "", [](arguments&) { return [] { return stage("k", same_transform{}); }; }, record_flow::kept);
    known_.add_branching("fork", "to all", rules(sinks(), false));
    known_.add_branching("mix", "from all", rules(open_ends(), true));
    known_.add_branching("chain", "one by one", rules(open_ends(), false));
  }

  /// The branches in the order in which they were joined: inner ones first.
  seen_branches branches_of(const char* text) {
    seen_.clear();
    (void)assemble(prepare(parse_pipeline(text), known_));
    return seen_;
  }
  std::string refused(const char* text) {
    return refusal<usage_error>([&] { (void)prepare(parse_pipeline(text), known_); });
  }

  stage_registry known_ = test_stages();

 private:
  branch_rules rules(branch_rules::end end, bool whole) {
    return {end, whole, "X { ... }...", "Example.", [this, end](const std::vector<made_branch>& all) -> made_stage {
              for (const made_branch& each : all) seen_.push_back(text_of(each));
              if (end == branch_rules::end::sink) return stage("fork", no_sink{});
              return stage("join", nothing_source{});
            }};
  }

  seen_branches seen_;
};

TEST_F(Branching, EachPairOfBracesIsABranch) {
  EXPECT_EQ(branches_of("read a | fork { gzip | write x } { null }"), (seen_branches{"gzip 6;write x;", "n;"}));
  EXPECT_EQ(branches_of("chain { read a } { read b | gzip } | null"), (seen_branches{"read a;", "read b;gzip 6;"}));
}

TEST_F(Branching, WhatFollowsAForkIsOneBranchMore) {
  EXPECT_EQ(branches_of("read a | fork { null } | gzip | write x"), (seen_branches{"n;", "gzip 6;write x;"}));
}

TEST_F(Branching, NestInnermostFirst) {
  EXPECT_EQ(branches_of("read a | fork { gzip | fork { null } | write x } { null }"),
            (seen_branches{"n;", "write x;", "gzip 6;fork;", "n;"}));
  EXPECT_EQ(branches_of("chain { mix { read a | lines } } { read b } | fork { null }"),
            (seen_branches{"whole: read a;l;", "whole: join;", "read b;", "n;"}));
}

TEST_F(Branching, WholeRecordsLastAsLongAsStagesKeepThem) {
  EXPECT_EQ(branches_of("chain { read a | lines } { read a | lines | keep } { read a | lines | keep | gzip } "
                        "{ read a | keep } { read a | lines | gzip | lines } | null"),
            (seen_branches{"whole: read a;l;", "whole: read a;l;k;", "read a;l;k;gzip 6;", "read a;k;",
                           "whole: read a;l;gzip 6;l;"}));
}

TEST_F(Branching, AJoinGivesWholeRecordsWhenAllItsBranchesDo) {
  EXPECT_EQ(branches_of("mix { chain { read a | lines } { read b | lines } | keep } | null").back(), "whole: join;k;");
  EXPECT_EQ(
      refused("mix { chain { read a | lines } { read b } | keep } | null"),
      "pipeline:1:45: mix would mix parts of lines: 'keep' does not give whole records; put 'lines' at the end of "
      "the branch\n"
      "    mix { chain { read a | lines } { read b } | keep } | null\n"
      "                                                ^~~~");
}

TEST_F(Branching, ABranchThatWouldMixHalfLinesIsRefusedAtItsLastStage) {
  EXPECT_EQ(
      refused("mix { read a | lines } { read b } | null"),
      "pipeline:1:26: mix would mix parts of lines: 'read' does not give whole records; put 'lines' at the end of "
      "the branch\n"
      "    mix { read a | lines } { read b } | null\n"
      "                             ^~~~");
}

TEST_F(Branching, ABranchOfAForkThatDoesNotEndInASinkIsRefused) {
  EXPECT_EQ(refused("read a | fork { null } { lines | gzip }"),
            "pipeline:1:34: no sink: nothing takes what 'gzip' gives; end the branch with 'write' or 'null'\n"
            "    read a | fork { null } { lines | gzip }\n"
            "                                     ^~~~");
  EXPECT_EQ(refused("read a | fork { null } | gzip"),
            "pipeline:1:26: no sink: nothing takes what 'gzip' gives; end the pipeline with 'write' or 'null'\n"
            "    read a | fork { null } | gzip\n"
            "                             ^~~~");
  EXPECT_EQ(refused("read a | fork { fork { null } | gzip }"),
            "pipeline:1:33: no sink: nothing takes what 'gzip' gives; end the branch with 'write' or 'null'\n"
            "    read a | fork { fork { null } | gzip }\n"
            "                                    ^~~~");
}

TEST_F(Branching, ASinkInTheMiddleOfABranchIsRefused) {
  EXPECT_EQ(refused("read a | fork { write x | null }"),
            "pipeline:1:17: sink in the middle: 'write' passes nothing on, so it can only end a pipeline\n"
            "    read a | fork { write x | null }\n"
            "                    ^~~~~");
}

TEST_F(Branching, ASourceThatGetsInputIsRefused) {
  const std::string reason = "takes no input, so it can only begin a pipeline\n";
  EXPECT_EQ(refused("read a | fork { read b | null }"), "pipeline:1:17: source in the middle: 'read' " + reason +
                                                            "    read a | fork { read b | null }\n"
                                                            "                    ^~~~");
  EXPECT_EQ(refused("read a | fork { null } | read b | null"), "pipeline:1:26: source in the middle: 'read' " + reason +
                                                                   "    read a | fork { null } | read b | null\n"
                                                                   "                             ^~~~");
  EXPECT_EQ(refused("read a | chain { read b } | null"), "pipeline:1:10: source in the middle: 'chain' " + reason +
                                                             "    read a | chain { read b } | null\n"
                                                             "             ^~~~~");
}

TEST_F(Branching, WhatIsWrongIsToldFromLeftToRight) {
  EXPECT_TRUE(refused("read a | fork { gzip } | gzip").starts_with("pipeline:1:17: no sink: "));
}

// A pipeline of any length is answered, and not by the end of the stack.
TEST_F(Branching, ForksBehindForksHaveALimit) {
  const auto in_a_row = [](std::size_t count) {
    std::string text = "read a";
    for (std::size_t i = 0; i < count; ++i) text += " | fork { null }";
    return text;
  };
  EXPECT_EQ(branches_of((in_a_row(65)).c_str()).size(), 129u);
  EXPECT_EQ(branches_of((in_a_row(64) + " | null").c_str()).size(), 128u);
  const std::string said = refused((in_a_row(100'000) + " | null").c_str());
  EXPECT_TRUE(said.starts_with("pipeline:1:1034: 'fork' stands behind 64 others here; ")) << said;
}

TEST_F(Branching, AForkWithoutASourceIsRefused) {
  EXPECT_TRUE(refused("fork { null }").starts_with("pipeline:1:1: no source: 'fork' needs input, so a pipeline "));
}

TEST_F(Branching, ABranchOfAJoinNeedsASourceAndAnOpenEnd) {
  EXPECT_EQ(refused("chain { read a } { lines } | null"),
            "pipeline:1:20: no source: 'lines' needs input, so a branch cannot begin with it; begin with 'read' or "
            "'generate'\n"
            "    chain { read a } { lines } | null\n"
            "                       ^~~~~");
  const std::string reason =
      " passes nothing on, so a branch of 'chain' cannot end with it; put it behind the last '}'\n";
  EXPECT_EQ(refused("chain { read a | null } | null"), "pipeline:1:18: sink in a branch: 'null'" + reason +
                                                           "    chain { read a | null } | null\n"
                                                           "                     ^~~~");
  EXPECT_EQ(refused("chain { read a | fork { null } | lines } | null"),
            "pipeline:1:18: sink in a branch: 'fork'" + reason +
                "    chain { read a | fork { null } | lines } | null\n"
                "                     ^~~~");
}

TEST_F(Branching, AJoinWhoseResultNobodyTakesIsRefused) {
  EXPECT_TRUE(refused("chain { read a }").starts_with("pipeline:1:1: no sink: nothing takes what 'chain' gives; "));
}

TEST_F(Branching, NoBracesAreRefusedAtTheName) {
  EXPECT_EQ(refused("read a | fork | null"), "pipeline:1:10: fork needs a pipeline in braces: X { ... }...\n"
                                             "    read a | fork | null\n"
                                             "             ^~~~");
}

TEST_F(Branching, WordsInsteadOfBracesAreRefused) {
  EXPECT_EQ(refused("read a | fork out { null }"),
            "pipeline:1:15: fork takes pipelines in braces, no words: X { ... }...\n"
            "    read a | fork out { null }\n"
            "                  ^~~");
  EXPECT_TRUE(refused("read a | fork -a { null }").starts_with("pipeline:1:15: fork: unknown option '-a'; "));
}

TEST_F(Branching, BracesBehindAnyOtherStageAreRefused) {
  EXPECT_EQ(refused("read a | gzip { null } | null"),
            "pipeline:1:15: 'gzip' takes no braces; tee, merge and concat do (quote a brace that is text)\n"
            "    read a | gzip { null } | null\n"
            "                  ^");
}

TEST_F(Branching, ASlipInANameIsToldFirstWhereverItStands) {
  const std::string said = refused("lines | fork { null } | fork { gzip --levle } { fork { lnies } }");
  EXPECT_TRUE(said.starts_with("pipeline:1:56: unknown stage 'lnies'; did you mean 'lines'?\n")) << said;
}

TEST_F(Branching, AMakerThatRefusesInABranchPointsAtItsStage) {
  const auto stages = prepare(parse_pipeline("read a | fork { null } { gzip -5 | null }"), known_);
  EXPECT_EQ(refusal<usage_error>([&] { (void)assemble(stages); }), "pipeline:1:26: gzip: level 5 is out of order\n"
                                                                   "    read a | fork { null } { gzip -5 | null }\n"
                                                                   "                             ^~~~");
}

TEST_F(Branching, AreListedUnderAHeadingOfTheirOwnAndNamedInNoAdvice) {
  const std::string list = known_.list();
  EXPECT_TRUE(list.ends_with("\n"
                             "Branches (take pipelines in braces)\n"
                             "  X { ... }...    to all\n"
                             "  X { ... }...    from all\n"
                             "  X { ... }...    one by one\n"))
      << list;
  EXPECT_EQ(known_.names_in_words(stage_kind::source), "'read' or 'generate'");
  EXPECT_EQ(known_.names_in_words(stage_kind::sink), "'write' or 'null'");
}

TEST_F(Branching, HelpHasTheFormAndTheExample) {
  const std::string help = known_.at({"fork", "fork", false, {}}).help();
  EXPECT_NE(help.find("\nUsage: X { ... }...\n"), std::string::npos) << help;
  EXPECT_TRUE(help.ends_with("\nExample.\n")) << help;
  EXPECT_EQ(refusal<help_request>([&] { (void)prepare(parse_pipeline("fork --help"), known_); }), help);
}

} // namespace
} // namespace weir::command
