// What is refused before anything is opened: exit code 2, and a message that points at the word.

#include "program.hpp"

#include <weir/version.hpp>

#include <gtest/gtest.h>

namespace weir::command {
namespace {

/// The message of a refusal, which is all the program did.
std::string refused(const std::string& pipeline) {
  const test_folder folder;
  folder.write("in", "text\n");
  const ending got = weir_in(folder, {pipeline});
  EXPECT_EQ(got.code, 2) << got.err;
  EXPECT_EQ(got.out, "");
  EXPECT_EQ(folder.names(), "in ");
  return got.err;
}

TEST(RefusedPipelines, AnUnknownStage) {
  EXPECT_EQ(refused("read in | lnies | write out"),
            "weir: pipeline:1:11: unknown stage 'lnies'; did you mean 'lines'?\n"
            "    read in | lnies | write out\n"
            "              ^~~~~\n");
}

TEST(RefusedPipelines, AnUnknownOptionOfAStage) {
  EXPECT_EQ(refused("read in | gzip --levle 3 | write out"),
            "weir: pipeline:1:16: gzip: unknown option '--levle'; did you mean '--level'?\n"
            "    read in | gzip --levle 3 | write out\n"
            "                   ^~~~~~~\n");
}

TEST(RefusedPipelines, AnUnbalancedQuote) {
  const std::string said = refused("read in | grep -F ' 500 | write out");
  EXPECT_TRUE(said.starts_with("weir: pipeline:1:19: ")) << said;
  EXPECT_NE(said.find("quote"), std::string::npos) << said;
}

TEST(RefusedPipelines, ASinkInTheMiddle) {
  EXPECT_EQ(refused("read in | write a | write out"),
            "weir: pipeline:1:11: sink in the middle: 'write' passes nothing on, so it can only end a pipeline\n"
            "    read in | write a | write out\n"
            "              ^~~~~\n");
}

TEST(RefusedPipelines, NoSource) {
  const std::string said = refused("lines | write out");
  EXPECT_TRUE(
      said.starts_with("weir: pipeline:1:1: no source: 'lines' needs input, so a pipeline cannot begin with it; "
                       "begin with 'read'"))
      << said;
  EXPECT_TRUE(said.ends_with("\n    lines | write out\n    ^~~~~\n")) << said;
}

TEST(RefusedPipelines, NoSink) {
  const std::string said = refused("read in | lines");
  EXPECT_TRUE(said.starts_with("weir: pipeline:1:11: no sink: ")) << said;
}

TEST(RefusedPipelines, APatternThatIsNone) {
  const std::string said = refused("read in | lines | grep 'a(b' | write out");
  EXPECT_TRUE(said.starts_with("weir: pipeline:1:19: grep: a(b: ")) << said;
}

TEST(RefusedPipelines, AShareAboveOne) {
  const std::string said = refused("read in | lines | sample 1.5 | write out");
  EXPECT_TRUE(said.starts_with("weir: pipeline:1:19: sample: ")) << said;
}

TEST(RefusedPipelines, InAFileWithItsLine) {
  const test_folder folder;
  folder.write("job.weir", "# a comment\nread in |\n  lnies |\n  write out\n");
  const ending got = weir_in(folder, {"-f", "job.weir"});
  EXPECT_EQ(got.code, 2);
  EXPECT_EQ(got.err, "weir: job.weir:3:3: unknown stage 'lnies'; did you mean 'lines'?\n"
                     "      lnies |\n"
                     "      ^~~~~\n");
}

TEST(RefusedPipelines, NoneAtAll) {
  const test_folder folder;
  const ending got = weir_in(folder, {});
  EXPECT_EQ(got.code, 2);
  EXPECT_TRUE(got.err.starts_with("weir: there is no pipeline\nUsage: weir ")) << got.err;
}

TEST(AskedFor, TheVersion) {
  const ending got = weir_in(test_folder(), {"--version"});
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.out, "weir " WEIR_VERSION_TEXT "\n");
}

TEST(AskedFor, TheStages) {
  const ending got = weir_in(test_folder(), {"stages"});
  EXPECT_EQ(got.code, 0);
  for (const char* name : {"read [OPTIONS] PATH...", "generate", "lines", "grep [OPTIONS] PATTERN", "head", "sample",
                           "throttle", "gzip", "gunzip", "zstd", "unzstd", "write", "count", "null"})
    EXPECT_NE(got.out.find("\n  " + std::string(name)), std::string::npos) << name << " is missing in\n" << got.out;
}

TEST(AskedFor, TheHelpOfAStageInEveryWayOneMayTry) {
  const test_folder folder;
  const ending one = weir_in(folder, {"stages", "grep"});
  EXPECT_EQ(one.code, 0);
  EXPECT_NE(one.out.find("Usage: grep [OPTIONS] PATTERN"), std::string::npos) << one.out;
  EXPECT_EQ(weir_in(folder, {"grep --help"}).out, one.out);
  EXPECT_EQ(weir_in(folder, {"grep", "--help"}).out, one.out);
  EXPECT_EQ(weir_in(folder, {"help", "grep"}).out, one.out);
  const ending unknown = weir_in(folder, {"stages", "gerp"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.err.find("unknown stage 'gerp'; did you mean 'grep'?"), std::string::npos) << unknown.err;
}

TEST(AskedFor, AnAnswerThatCannotBeWrittenIsAFailure) {
  running_program::settings with;
  with.program = "/bin/sh";
  const ending got =
      running_program(test_folder(), {"-c", std::string("exec ") + WEIR_PROGRAM + " stages > /dev/full"}, with).wait();
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.err, "weir: standard output: No space left on device\n");
}

} // namespace
} // namespace weir::command
