// SIGINT and SIGTERM while a pipeline runs. The live line tells the test when it does.

#include "program.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::command {
namespace {

running_program::settings fed_by_hand() {
  running_program::settings with;
  with.open_input = true;
  return with;
}

class Interrupt : public testing::TestWithParam<int> {};

TEST_P(Interrupt, LetsOutWhatIsInFlowPrintsTheReportAndPublishesNothing) {
  const test_folder folder;
  folder.write("out.gz", "old");
  running_program program(
      folder, {"--progress", "always", "--report", "run.json", "read - | lines | gzip | write out.gz"}, fed_by_hand());
  program.tell("a line\nanother\n");
  ASSERT_TRUE(program.await_error("\r"));
  program.send(GetParam());
  const ending got = program.wait(); // though its input has no end
  EXPECT_EQ(got.code, 128 + GetParam()) << got.err;
  EXPECT_NE(got.err.find("bytes out"), std::string::npos) << got.err;
  EXPECT_NE(got.err.find(GetParam() == SIGINT ? "weir: interrupted by SIGINT" : "weir: interrupted by SIGTERM"),
            std::string::npos)
      << got.err;
  EXPECT_NE(folder.read("run.json").find("\"interrupted\": true"), std::string::npos);
  EXPECT_EQ(folder.read("out.gz"), "old");
  EXPECT_EQ(folder.names(), "out.gz run.json ");
}

INSTANTIATE_TEST_SUITE_P(Signals, Interrupt, testing::Values(SIGINT, SIGTERM),
                         [](const auto& of) { return of.param == SIGINT ? "SIGINT" : "SIGTERM"; });

TEST(Interrupt, WhatWasReadBeforeReachesAnOutputInPlace) {
  const test_folder folder;
  running_program::settings with = fed_by_hand();
  with.pipe_output = true;
  running_program program(folder, {"--progress", "always", "read - | lines | write -"}, with);
  program.tell("one\ntwo\n");
  EXPECT_EQ(program.read_output(8), "one\ntwo\n");
  ASSERT_TRUE(program.await_error("\r"));
  program.tell("three\n");
  EXPECT_EQ(program.read_output(6), "three\n");
  program.send(SIGINT);
  EXPECT_EQ(program.wait().code, 130);
}

// Nobody reads the output, so what is in flow cannot get out: only a second signal ends that.
TEST(Interrupt, ASecondSignalEndsTheProcessAtOnce) {
  const test_folder folder;
  folder.write("in", random_bytes(20'000'000, 9));
  running_program::settings with;
  with.pipe_output = true;
  with.before_exec = [] { // less than a block, so that some of the first stays in flow
    if (fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096) < 0) _exit(126);
  };
  running_program program(folder, {"--progress", "always", "--report", "run.json", "read in | write -"}, with);
  program.await_full_output();
  ASSERT_TRUE(program.await_error("\r"));
  program.send(SIGINT);
  ASSERT_TRUE(program.await_error("stopping"));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait().code, 128 + SIGTERM);
  EXPECT_EQ(folder.names(), "in ");
}

// A named pipe without a writer holds up the opening; there is no run yet that could be let out.
TEST(Interrupt, BeforeTheRunHasBegunOneSignalIsEnough) {
  const test_folder folder;
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  running_program program(folder, {"read fifo | write out"});
  program.await_handler(SIGTERM);
  program.send(SIGTERM);
  EXPECT_EQ(program.wait().code, 128 + SIGTERM);
  EXPECT_EQ(folder.names(), "fifo ");
}

} // namespace
} // namespace weir::command
