// --checkpoint, --job, --drain-timeout: runs that are stopped and go on.

#include "program.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace weir::command {
namespace {

std::string numbered_lines(int begin, int end) {
  std::string text;
  for (int i = begin; i < end; ++i) text += "line number " + std::to_string(i) + "\n";
  return text;
}

std::vector<std::string> with_checkpoint(std::string pipeline) {
  return {"--quiet", "--checkpoint", "checkpoint", std::move(pipeline)};
}

const std::string k_append = "read in | lines | write --append out";

TEST(Resume, ASecondRunTakesOnlyWhatIsNew) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 1000));
  ASSERT_EQ(weir_in(folder, with_checkpoint(k_append)).code, 0);
  EXPECT_EQ(folder.read("out"), folder.read("in"));
  ASSERT_EQ(weir_in(folder, with_checkpoint(k_append)).code, 0);
  EXPECT_EQ(folder.read("out"), folder.read("in"));
  folder.write("in", numbered_lines(0, 1500)); // rewritten in place, and so grown
  const ending got = weir_in(folder, with_checkpoint(k_append));
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.err, "");
  EXPECT_EQ(folder.read("out"), folder.read("in"));
}

TEST(Resume, ALastLineWithoutAnEndGetsItWhenMoreIsAppended) {
  const test_folder folder;
  folder.write("in", "one\ntwo");
  ASSERT_EQ(weir_in(folder, with_checkpoint(k_append)).code, 0);
  EXPECT_EQ(folder.read("out"), "one\ntwo");
  folder.write("in", "one\ntwo\nthree\n");
  const ending got = weir_in(folder, with_checkpoint(k_append));
  EXPECT_EQ(got.code, 0);
  EXPECT_NE(got.err.find("in: its last line had no end"), std::string::npos) << got.err;
  EXPECT_EQ(folder.read("out"), "one\ntwo\n\nthree\n");
}

TEST(Resume, AGrownCsvFileKeepsItsColumns) {
  const test_folder folder;
  folder.write("in.csv", "a,b\n1,x\n2,y\n");
  const std::string pipeline = "read in.csv | csv | select b | to json | write --append out";
  const ending first = weir_in(folder, with_checkpoint(pipeline));
  ASSERT_EQ(first.code, 0) << first.err;
  folder.write("in.csv", "a,b\n1,x\n2,y\n3,z\n");
  const ending got = weir_in(folder, with_checkpoint(pipeline));
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(folder.read("out"), "{\"b\":\"x\"}\n{\"b\":\"y\"}\n{\"b\":\"z\"}\n");
}

TEST(Resume, AReplacedInputBeginsAnewAndIsToldSo) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 1000));
  ASSERT_EQ(weir_in(folder, with_checkpoint(k_append)).code, 0);
  folder.write("other", numbered_lines(5000, 6000));
  std::filesystem::rename(folder / "other", folder / "in");
  const ending got = weir_in(folder, with_checkpoint(k_append));
  EXPECT_EQ(got.code, 0);
  EXPECT_NE(got.err.find("weir: in is not the file it was (it was replaced): it begins anew"), std::string::npos)
      << got.err;
  EXPECT_EQ(folder.read("out"), numbered_lines(0, 1000) + numbered_lines(5000, 6000));
}

TEST(Resume, ABrokenCheckpointIsRefusedAndNothingIsWritten) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 10));
  folder.write("checkpoint", "weir checkpoint 1\n");
  const ending got = weir_in(folder, with_checkpoint(k_append));
  EXPECT_EQ(got.code, 1);
  EXPECT_NE(got.err.find("checkpoint checkpoint: it is not whole"), std::string::npos) << got.err;
  EXPECT_FALSE(folder.has("out"));
}

TEST(Resume, ACheckpointBelongsToItsPipelineUnlessTheJobHasAName) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 10));
  ASSERT_EQ(weir_in(folder, with_checkpoint(k_append)).code, 0);
  const std::string other = "read in | lines | grep -F 7 | write --append out";
  const ending refused = weir_in(folder, with_checkpoint(other));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("another pipeline wrote it"), std::string::npos) << refused.err;
  std::filesystem::remove(folder / "checkpoint");
  const std::vector<std::string> named{"--quiet", "--job", "mine", "--checkpoint", "checkpoint", k_append};
  std::vector<std::string> named_other = named;
  named_other.back() = other;
  ASSERT_EQ(weir_in(folder, named).code, 0);
  EXPECT_EQ(weir_in(folder, named_other).code, 0);
}

TEST(Resume, AWholeFileIsMadeOfAllOfTheInputEachTime) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 100));
  for (int i = 0; i < 2; ++i) {
    const ending got = weir_in(folder, with_checkpoint("read in | lines | write out"));
    EXPECT_EQ(got.code, 0) << got.err;
    EXPECT_EQ(folder.read("out"), folder.read("in"));
  }
}

TEST(Resume, ACountCountsAllOfTheInputBesideASinkThatGoesOn) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 100));
  for (int i = 0; i < 2; ++i) {
    const ending got = weir_in(folder, with_checkpoint("read in | lines | tee { count } | write --append out"));
    EXPECT_EQ(got.code, 0) << got.err;
    EXPECT_EQ(got.out.substr(0, 4), "100 ");
    EXPECT_EQ(folder.read("out"), folder.read("in"));
  }
}

TEST(Resume, WhatStandsBehindTheCheckpointIsCountedAndAHalfLineCutOff) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 100));
  ASSERT_EQ(weir_in(folder, with_checkpoint(k_append)).code, 0);
  folder.write("out", folder.read("out") + "one\ntwo\nthr"); // as a run that was killed leaves it
  const ending got = weir_in(folder, with_checkpoint(k_append));
  EXPECT_EQ(got.code, 0);
  EXPECT_NE(got.err.find("out: 2 records behind the last checkpoint may be written again"), std::string::npos)
      << got.err;
  EXPECT_EQ(folder.read("out"), folder.read("in") + "one\ntwo\n");
}

TEST(Resume, ARunThatIsToldToStopGoesOnExactlyWhereItStopped) {
  const test_folder folder;
  folder.write("in", numbered_lines(0, 100'000));
  const auto words = [](const std::string& pace) { // the live line tells that it runs
    const std::string pipeline = "read in | " + pace + "lines | write --append out";
    return std::vector<std::string>{"--progress", "always",       "--block-size", "16K",   "--job",
                                    "j",          "--checkpoint", "checkpoint",   pipeline};
  };
  running_program program(folder, words("throttle 100KB/s | ")); // 18 seconds
  ASSERT_TRUE(program.await_error("  eta"));                     // some of it is through
  program.send(SIGTERM);
  const ending stopped = program.wait();
  EXPECT_EQ(stopped.code, 128 + SIGTERM) << stopped.err;
  const std::string part = folder.read("out");
  EXPECT_LT(part.size(), folder.read("in").size());
  EXPECT_TRUE(part.empty() || part.back() == '\n') << "half a line";
  const ending got = weir_in(folder, words(""));
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_TRUE(folder.read("out") == folder.read("in"));
}

// Nobody reads the output, so what is in flow cannot get out.
TEST(Drain, WhatIsLeftAtTheDeadlineIsListedAndTheExitCodeIsFour) {
  const test_folder folder;
  folder.write("in", random_bytes(20'000'000, 9));
  running_program::settings with;
  with.pipe_output = true;
  running_program program(folder, {"--progress", "always", "--drain-timeout", "50ms", "read in | write -"}, with);
  ASSERT_TRUE(program.await_error("\r"));
  program.await_full_output(); // it has read, and cannot end
  ASSERT_FALSE(testing::Test::HasFailure());
  program.send(SIGTERM);
  const ending got = program.wait();
  EXPECT_EQ(got.code, 4) << got.err;
  EXPECT_NE(got.err.find("weir: stopped after --drain-timeout, 50 ms"), std::string::npos) << got.err;
  EXPECT_NE(got.err.find("\n  in: durable up to byte 0 of "), std::string::npos) << got.err;
}

// Of two sinks that have come to their end, the second one's positions were not yet due for the file.
TEST(Drain, WhatIsDurableIsInTheCheckpointThoughAnotherSinkHangs) {
  const test_folder folder;
  const std::string lines = numbered_lines(0, 2'000); // three blocks, which is what an edge takes
  folder.write("in", lines);
  const std::vector<std::string> words{"--progress",
                                       "always",
                                       "--block-size",
                                       "16K",
                                       "--checkpoint",
                                       "checkpoint",
                                       "--checkpoint-every",
                                       "30s",
                                       "--drain-timeout",
                                       "2s", // enough for both to come to their end
                                       "--report",
                                       "run.json",
                                       "read in | lines | tee { write --append a } { write --append b } | write -"};
  running_program::settings with;
  with.pipe_output = true;
  with.before_exec = [] { // so that the rest waits in front of the third sink
    if (fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096) < 0) _exit(126);
  };
  running_program program(folder, words, with);
  ASSERT_TRUE(program.await_error("\r"));
  program.await_full_output();
  ASSERT_FALSE(testing::Test::HasFailure());
  while (!folder.has("b") || folder.read("a").size() < lines.size() || folder.read("b").size() < lines.size()) {}
  program.send(SIGTERM);
  const ending got = program.wait();
  EXPECT_EQ(got.code, 4) << got.err;
  EXPECT_NE(folder.read("run.json").find("\"stages\": ["), std::string::npos);
  const ending again = weir_in(folder, words);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_TRUE(folder.read("a") == lines);
  EXPECT_TRUE(folder.read("b") == lines);
  EXPECT_TRUE(again.out == lines);
}

TEST(Drain, ACheckpointThatCannotBeWrittenDoesNotHideWhyARunFailed) {
  const test_folder folder;
  std::filesystem::create_directory(folder / "kept");
  running_program::settings with;
  with.open_input = true;
  running_program program(folder,
                          {"--checkpoint", "kept/checkpoint", "--checkpoint-every", "30s",
                           "read - | lines | tee { head 1 | write --append a } { head 1 | write --append b } | json "
                           "--validate full | null"},
                          with);
  while (!folder.has("kept/checkpoint") || !folder.has("b")) {}
  std::filesystem::rename(folder / "kept", folder / "gone");
  program.tell("{]\n");
  program.end_input();
  const ending got = program.wait();
  EXPECT_EQ(got.code, 65) << got.err;
  EXPECT_NE(got.err.find("json: malformed"), std::string::npos) << got.err;
}

TEST(Drain, AStageThatCanStillBeCancelledLeavesItsPositionsBehind) {
  std::optional<test_folder> folder;
  ending got;
  const auto told = [&got] { return got.err.find("\n  in: durable up to byte ") != std::string::npos; };
  // The run may be told that its time is up when all is written already, or when nothing is read yet: then it is not the one
  // to look at.
  for (int tries = 0; tries < 20 && !told(); ++tries) {
    folder.emplace();
    folder->write("in", numbered_lines(0, 40'000));
    running_program program(*folder, {"--progress", "always", "--checkpoint", "checkpoint", "--drain-timeout", "0s",
                                      "read in | lines | throttle 100KB/s | write --append out"});
    ASSERT_TRUE(program.await_error("\r"));
    program.send(SIGTERM);
    got = program.wait();
  }
  EXPECT_TRUE(told()) << got.err;
  EXPECT_EQ(got.code, 4) << got.err;
  const ending again = weir_in(*folder, {"--quiet", "--job", "x", "--checkpoint", "checkpoint", k_append});
  EXPECT_EQ(again.code, 1) << "the checkpoint of another job";
  EXPECT_EQ(folder->names(), "checkpoint in out ");
}

} // namespace
} // namespace weir::command
