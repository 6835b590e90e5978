#include "apps/weir/stage_registry.hpp"

#include "refusal.hpp"
#include "test_stages.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

std::string name_of(const made_stage& made) {
  return std::visit([](const auto& piece) { return piece.parts().entries().at(0).what->name(); }, made);
}

std::string refused(const char* text) {
  return refusal<usage_error>([&] { (void)prepare(parse_pipeline(text), test_stages()); });
}

TEST(StageRegistry, MakesTheStagesOfAPipelineWithTheirArguments) {
  const stage_registry registry = test_stages();
  const std::vector<prepared_stage> stages = prepare(parse_pipeline("read a b | gzip -9 | write out"), registry);
  ASSERT_EQ(stages.size(), 3u);
  EXPECT_EQ(name_of(stages[0].make()), "read a");
  EXPECT_EQ(name_of(stages[1].make()), "gzip 9");
  EXPECT_EQ(name_of(stages[2].make()), "write out");
  EXPECT_EQ(stages[1].entry->kind(), stage_kind::transform);
}

TEST(StageRegistry, KeepsTheArgumentsOfTwoStagesOfOneNameApart) {
  const stage_registry registry = test_stages();
  const auto stages = prepare(parse_pipeline("read a | gzip -1 | gzip -2 | null"), registry);
  EXPECT_EQ(name_of(stages[1].make()), "gzip 1");
  EXPECT_EQ(name_of(stages[2].make()), "gzip 2");
  EXPECT_EQ(name_of(stages[1].make()), "gzip 1") << "a maker may be called again";
}

TEST(StageRegistry, RefusesAnUnknownStageWithASuggestion) {
  EXPECT_EQ(refused("read a | lnies | null"), "pipeline:1:10: unknown stage 'lnies'; did you mean 'lines'?\n"
                                              "    read a | lnies | null\n"
                                              "             ^~~~~");
  EXPECT_EQ(refused("read a | frobnicate | null"),
            "pipeline:1:10: unknown stage 'frobnicate'; 'weir stages' lists them all\n"
            "    read a | frobnicate | null\n"
            "             ^~~~~~~~~~");
}

TEST(StageRegistry, RefusesAPipelineWithoutASource) {
  EXPECT_EQ(refused("lines | null"), "pipeline:1:1: no source: 'lines' needs input, so a pipeline cannot "
                                     "begin with it; begin with 'read' or "
                                     "'generate'\n"
                                     "    lines | null\n"
                                     "    ^~~~~");
  EXPECT_EQ(refused("null"),
            "pipeline:1:1: no source: 'null' needs input, so a pipeline cannot begin with it; begin with "
            "'read' or 'generate'\n"
            "    null\n"
            "    ^~~~");
}

TEST(StageRegistry, RefusesASourceInTheMiddle) {
  EXPECT_EQ(refused("read a | generate | null"),
            "pipeline:1:10: source in the middle: 'generate' takes no input, so it can only begin a pipeline\n"
            "    read a | generate | null\n"
            "             ^~~~~~~~");
}

TEST(StageRegistry, RefusesASinkInTheMiddle) {
  EXPECT_EQ(refused("read a |\nwrite b | null"),
            "pipeline:2:1: sink in the middle: 'write' passes nothing on, so it can only end a pipeline\n"
            "    write b | null\n"
            "    ^~~~~");
}

TEST(StageRegistry, RefusesAPipelineWithoutASink) {
  EXPECT_EQ(refused("read a | lines"),
            "pipeline:1:10: no sink: nothing takes what 'lines' gives; end the pipeline with 'write' or 'null'\n"
            "    read a | lines\n"
            "             ^~~~~");
  EXPECT_EQ(refused("read a"),
            "pipeline:1:1: no sink: nothing takes what 'read' gives; end the pipeline with 'write' or 'null'\n"
            "    read a\n"
            "    ^~~~");
}

TEST(StageRegistry, RefusesWhatAStageDoesNotTakeAndSaysWhere) {
  EXPECT_EQ(refused("read a | gzip --levle 3 | null"),
            "pipeline:1:15: gzip: unknown option '--levle'; did you mean '--level'?\n"
            "    read a | gzip --levle 3 | null\n"
            "                  ^~~~~~~");
  EXPECT_EQ(refused("read a | lines 5 | null"),
            "pipeline:1:16: lines: unexpected '5'; it takes no word without a dash\n"
            "    read a | lines 5 | null\n"
            "                   ^");
}

TEST(StageRegistry, PointsAtTheStageWhoseMakerRefuses) {
  const stage_registry registry = test_stages();
  const auto stages = prepare(parse_pipeline("read a | gzip -5 | null"), registry);
  EXPECT_EQ(refusal<usage_error>([&] { (void)stages[1].make(); }), "pipeline:1:10: gzip: level 5 is out of order\n"
                                                                   "    read a | gzip -5 | null\n"
                                                                   "             ^~~~");
}

TEST(StageRegistry, NamesTheStageWhoseMakerFails) {
  const stage_registry registry = test_stages();
  const auto stages = prepare(parse_pipeline("read a | gzip -4 | null"), registry);
  EXPECT_EQ(refusal<std::runtime_error>([&] { (void)stages[1].make(); }), "gzip: no memory for level 4");
}

TEST(StageRegistry, PutsThePiecesOfAPipelineTogether) {
  const stage_registry registry = test_stages();
  const plan made = assemble(prepare(parse_pipeline("read a | gzip | gzip -2 | null"), registry));
  std::string names;
  for (const auto& each : made.parts().entries()) names += each.what->name() + ";";
  EXPECT_EQ(names, "read a;gzip 6;gzip 2;n;");
  EXPECT_EQ(made.run().stages.size(), 4u);
}

TEST(StageRegistry, ShowsAStagesHelpEvenWhereNoPipelineIsComplete) {
  EXPECT_EQ(refusal<help_request>([] { (void)prepare(parse_pipeline("gzip --help"), test_stages()); }),
            test_stages().find("gzip")->help());
}

TEST(StageRegistry, ListsItsStagesByWhatTheyAre) {
  EXPECT_EQ(test_stages().list(), "Sources (begin a pipeline)\n"
                                  "  read PATH...    reads files\n"
                                  "  generate        makes load\n"
                                  "\n"
                                  "Transforms\n"
                                  "  lines           records are lines\n"
                                  "  gzip [OPTIONS]  compresses\n"
                                  "\n"
                                  "Sinks (end a pipeline)\n"
                                  "  write PATH      writes a file\n"
                                  "  null            drops all\n");
}

TEST(StageRegistry, ANameMayBeASourceAndASink) {
  stage_registry registry = test_stages();
  registry.add_either_end(
      "line", "hears", [](arguments&) { return [] { return stage("ear", nothing_source{}); }; }, "speaks",
      [](arguments&) { return [] { return stage("mouth", no_sink{}); }; });
  const auto stages = prepare(parse_pipeline("line | lines | line"), registry);
  EXPECT_EQ(name_of(stages.at(0).make()), "ear");
  EXPECT_EQ(name_of(stages.at(2).make()), "mouth");
  EXPECT_NE(registry.help("line").find("hears"), std::string::npos);
  EXPECT_NE(registry.help("line").find("speaks"), std::string::npos);
  EXPECT_EQ(refusal<usage_error>([&] { (void)prepare(parse_pipeline("read a | line | null"), registry); }),
            "pipeline:1:10: sink in the middle: 'line' passes nothing on, so it can only end a pipeline\n"
            "    read a | line | null\n"
            "             ^~~~");
}

TEST(StageRegistry, TakesANameOnce) {
  stage_registry registry = test_stages();
  EXPECT_EQ(refusal<std::logic_error>(
                [&] { registry.add("gzip", "", [](arguments&) { return [] { return stage("n", no_sink{}); }; }); }),
            "stage registry: there is already a stage 'gzip'");
}

} // namespace
} // namespace weir::command
