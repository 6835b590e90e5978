// tee, merge and concat in the real program, against what a shell makes of the same files.

#include "program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include <sched.h>
#include <sys/resource.h>

namespace weir::command {
namespace {

/// `count` lines that begin with `tag`; every twentieth holds " 500 ".
std::string tagged_lines(const std::string& tag, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += tag + " " + std::to_string(i) + (i % 20 == 7 ? " 500 " : " 200 ") + "after\n";
  return text;
}

/// What the shell command writes, as a checksum.
std::string sum_of(const test_folder& folder, const std::string& command) {
  const ending got = program_in(folder, "bash", {"-c", "set -o pipefail; { " + command + "; } | sha256sum"});
  EXPECT_EQ(got.code, 0) << command << ": " << got.err;
  return got.out;
}

ending run_quietly(const test_folder& folder, const std::string& pipeline) {
  const ending got = weir_in(folder, {"-q", "--block-size", "16K", pipeline});
  EXPECT_EQ(got.err, "") << pipeline;
  return got;
}

/// The number behind the first `"name": ` of a report.
std::uint64_t number_in(const std::string& report, const std::string& name) {
  const std::size_t at = report.find('"' + name + "\": ");
  EXPECT_NE(at, std::string::npos) << name << " is missing in\n" << report;
  return std::stoull(report.substr(at + name.size() + 4));
}

TEST(Tee, EveryBranchGetsTheSameBytes) {
  const test_folder folder;
  folder.write("in", tagged_lines("a", 100'000) + "the end");
  const ending got = run_quietly(folder, "read in | tee { lines | grep ' 500 ' | gzip | write errors.gz } "
                                         "{ gzip | write all.gz } { write copy }");
  ASSERT_EQ(got.code, 0);
  EXPECT_EQ(sum_of(folder, "zcat errors.gz"), sum_of(folder, "grep ' 500 ' in"));
  EXPECT_EQ(sum_of(folder, "zcat all.gz"), sum_of(folder, "cat in"));
  EXPECT_EQ(sum_of(folder, "cat copy"), sum_of(folder, "cat in"));
  EXPECT_EQ(folder.names(), "all.gz copy errors.gz in ");
}

// Each of these changes bytes in place or puts some before a block: nobody else may see that.
TEST(Tee, WhatABranchDoesToItsBytesNoOtherSees) {
  const test_folder folder;
  folder.write("in", random_bytes(3'000'000, 17) + "\n"); // grep would add it
  const ending got =
      run_quietly(folder, "read in | tee { lines | grep -v a | write 1 } { lines | grep a | write 2 } "
                          "{ lines | sample 0.5 | null } { lines | head 100 | write 4 } { gzip | gunzip "
                          "| write 5 } { zstd | write 6 } | lines | tee { grep -v b | write 7 } | write 8");
  ASSERT_EQ(got.code, 0);
  EXPECT_EQ(sum_of(folder, "cat 1"), sum_of(folder, "LC_ALL=C grep -av a in"));
  EXPECT_EQ(sum_of(folder, "cat 2"), sum_of(folder, "LC_ALL=C grep -a a in"));
  EXPECT_EQ(sum_of(folder, "cat 4"), sum_of(folder, "head -n 100 in"));
  EXPECT_EQ(sum_of(folder, "cat 5"), sum_of(folder, "cat in"));
  EXPECT_EQ(sum_of(folder, "zstd -dcq < 6"), sum_of(folder, "cat in"));
  EXPECT_EQ(sum_of(folder, "cat 7"), sum_of(folder, "LC_ALL=C grep -av b in"));
  EXPECT_EQ(sum_of(folder, "cat 8"), sum_of(folder, "cat in"));
}

TEST(Tee, WhatFollowsIsOneBranchMore) {
  const test_folder folder;
  folder.write("in", tagged_lines("a", 50'000));
  const ending got = run_quietly(folder, "read in | tee { lines | grep ' 500 ' | write x } | gzip | write all.gz");
  ASSERT_EQ(got.code, 0);
  EXPECT_EQ(sum_of(folder, "zcat all.gz"), sum_of(folder, "tee >(grep ' 500 ' > y) < in"));
  EXPECT_EQ(sum_of(folder, "cat x"), sum_of(folder, "grep ' 500 ' in"));
}

TEST(Tee, NestsInABranchAndBehindIt) {
  const test_folder folder;
  folder.write("in", tagged_lines("a", 50'000));
  const ending got =
      run_quietly(folder, "read in | tee { lines | tee { grep 500 | tee { write 1 } | gzip | write 2 } { "
                          "grep -v 500 | write 3 } } | tee { write 4 } | zstd | write 5");
  ASSERT_EQ(got.code, 0);
  const std::string hits = sum_of(folder, "grep 500 in");
  EXPECT_EQ(sum_of(folder, "cat 1"), hits);
  EXPECT_EQ(sum_of(folder, "zcat < 2"), hits);
  EXPECT_EQ(sum_of(folder, "cat 3"), sum_of(folder, "grep -v 500 in"));
  EXPECT_EQ(sum_of(folder, "cat 4"), sum_of(folder, "cat in"));
  EXPECT_EQ(sum_of(folder, "zstd -dcq < 5"), sum_of(folder, "cat in"));
}

TEST(Tee, ABranchThatHasEnoughHoldsUpNoOther) {
  const test_folder folder;
  folder.write("in", tagged_lines("a", 100'000));
  ASSERT_EQ(run_quietly(folder, "read in | tee { lines | head 3 | write first } | write all").code, 0);
  EXPECT_EQ(folder.read("first"), tagged_lines("a", 3));
  EXPECT_TRUE(folder.read("all") == tagged_lines("a", 100'000));
}

TEST(Tee, CountsArePrintedInTheOrderOfTheStages) {
  const test_folder folder;
  const std::string text = tagged_lines("a", 2000);
  folder.write("in", text);
  const ending got = run_quietly(folder, "read in | tee { lines | head 1 | count } { gzip | gunzip | count } | lines | "
                                         "head 2 | count");
  EXPECT_EQ(got.out, "1 " + std::to_string(tagged_lines("a", 1).size()) + "\n2000 " + std::to_string(text.size()) +
                         "\n2 " + std::to_string(tagged_lines("a", 2).size()) + "\n");
}

TEST(Tee, AnEmptyInputMakesEmptyFiles) {
  const test_folder folder;
  folder.write("in", "");
  ASSERT_EQ(run_quietly(folder, "read in | tee { write a } { lines | grep x | write b } | gzip | write c.gz").code, 0);
  EXPECT_EQ(folder.names(), "a b c.gz in ");
  EXPECT_EQ(folder.read("a") + folder.read("b"), "");
  EXPECT_EQ(sum_of(folder, "zcat c.gz"), sum_of(folder, "true"));
}

TEST(Tee, StagesOfOneNameAreNumberedInTheReport) {
  const test_folder folder;
  folder.write("in", tagged_lines("a", 100));
  ASSERT_EQ(weir_in(folder, {"-q", "--threads", "2", "--report", "run.json",
                             "read in | tee { gzip | write a.gz } { gzip | gzip | write b } | write c"})
                .code,
            0);
  std::string names;
  const std::string report = folder.read("run.json");
  for (std::size_t at = 0; (at = report.find("\"name\": \"", at)) != std::string::npos;) {
    at += 9;
    names += report.substr(at, report.find('"', at) - at) + " ";
  }
  EXPECT_EQ(names, "read tee gzip write gzip#2 gzip#3 write#2 write#3 ");
}

TEST(Tee, TheExplainedPlanHasAnEdgeForEachBranch) {
  const ending got = weir_in(
      test_folder(), {"explain", "--threads", "2", "read in | tee { lines | write a } { gzip | write b } | null"});
  EXPECT_EQ(got.code, 0) << got.err;
  for (const char* part : {"| read -> tee: ", "| tee -> lines: ", "| tee -> gzip: ", "| tee -> null: ",
                           "| lines -> write: ", "| gzip -> write#2: "})
    EXPECT_NE(got.out.find(part), std::string::npos) << part << " is missing in\n" << got.out;
}

TEST(Tee, TheFailingBranchIsNamedAndItsFileStaysAway) {
  const test_folder folder;
  folder.write("in", tagged_lines("a", 100'000));
  folder.write("all", "old");
  running_program::settings with;
  with.before_exec = [] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit most{1'000'000, 1'000'000};
    setrlimit(RLIMIT_FSIZE, &most);
  };
  const ending got =
      running_program(folder, {"read in | tee { lines | head 2 | write first } { write all }"}, with).wait();
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.err, "weir: write#2: all: at byte 1000000: File too large\n");
  EXPECT_EQ(folder.read("all"), "old");
  // The other branch may have been complete before: then its file is there, and whole.
  if (folder.has("first")) { EXPECT_EQ(folder.read("first"), tagged_lines("a", 2)); }
  EXPECT_EQ(folder.names(), folder.has("first") ? "all first in " : "all in ");
}

TEST(Tee, AnOutputThatCannotBeOpenedIsFoundBeforeAnythingIsWritten) {
  const test_folder folder;
  folder.write("in", "text\n");
  const ending got = weir_in(folder, {"read in | tee { write a } { write no/such/b } | write c"});
  EXPECT_EQ(got.code, 1);
  EXPECT_TRUE(got.err.starts_with("weir: write#2: ") && got.err.find("no/such/b") != std::string::npos) << got.err;
  EXPECT_EQ(folder.names(), "in ");
}

// With `write -` alone this is success; but here a file was wanted too, and it is not there.
TEST(Tee, AReaderOfStandardOutputThatGoesAwayIsAFailureWhereThereAreOtherSinks) {
  const test_folder folder;
  folder.write("in", random_bytes(10'000'000, 3));
  running_program::settings with;
  with.pipe_output = true;
  running_program program(folder, {"read in | tee { write copy } | write -"}, with);
  EXPECT_EQ(program.read_output(100), folder.read("in").substr(0, 100));
  program.close_output();
  const ending got = program.wait();
  EXPECT_EQ(got.code, 1);
  EXPECT_TRUE(got.err.starts_with("weir: write#2: standard output: ")) << got.err;
  EXPECT_EQ(folder.names(), "in ");
}

class TeeInterrupted : public testing::TestWithParam<int> {};

TEST_P(TeeInterrupted, PublishesNoFileOfABranchThatWasNotComplete) {
  const test_folder folder;
  folder.write("all.gz", "old");
  running_program::settings with;
  with.open_input = true;
  running_program program(folder,
                          {"--progress", "always",
                           "read - | tee { lines | head 1 | write first } { lines | write x } | gzip | write all.gz"},
                          with);
  program.tell("a line\nanother\n");
  while (!folder.has("first")) sched_yield(); // complete, while the run goes on
  ASSERT_TRUE(program.await_error("\r"));
  program.send(GetParam());
  const ending got = program.wait(); // though its input has no end
  EXPECT_EQ(got.code, 128 + GetParam()) << got.err;
  EXPECT_NE(got.err.find("no output that was not complete before was put under its final name"), std::string::npos)
      << got.err;
  EXPECT_EQ(folder.names(), "all.gz first ");
  EXPECT_EQ(folder.read("first"), "a line\n");
  EXPECT_EQ(folder.read("all.gz"), "old");
}

INSTANTIATE_TEST_SUITE_P(Signals, TeeInterrupted, testing::Values(SIGINT, SIGTERM),
                         [](const auto& of) { return of.param == SIGINT ? "SIGINT" : "SIGTERM"; });

// Nobody reads one branch's output, so all branches stand still, in bounded memory. Then it is read.
TEST(Tee, ABranchThatStandsStillHoldsUpTheOthersInBoundedMemory) {
  constexpr std::size_t k_input = 200'000'000;
  constexpr std::uint64_t k_memory = 32 << 20;
  const test_folder folder;
  running_program::settings with;
  with.pipe_output = true;
  running_program program(folder,
                          {"-q", "--memory", "32M", "--report", "run.json",
                           "generate --format log --bytes 200000000 | tee { lines | grep -v ' 500 ' | gzip | null } "
                           "{ gzip | null } | write -"},
                          with);
  std::size_t got = program.read_output(1).size();
  while (const std::size_t more = program.read_output(1 << 20).size()) got += more;
  EXPECT_EQ(program.wait().code, 0);
  EXPECT_GT(got, k_input - 10'000);
  const std::string report = folder.read("run.json");
  EXPECT_LE(number_in(report, "memory_bound_bytes"), k_memory);
  EXPECT_LE(number_in(report, "memory_peak_bytes"), number_in(report, "memory_bound_bytes"));
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__) // what these hold is not the program's
  EXPECT_LE(number_in(report, "rss_peak_bytes"), 2 * k_memory) << "what branches hold counts, in the kernel's eyes too";
#endif
}

TEST(Merge, GivesTheLinesOfAllBranchesWholeAndThoseOfEachInOrder) {
  const test_folder folder;
  folder.write("a", tagged_lines("a", 40'000) + "a has no end");
  folder.write("b", tagged_lines("b", 60'000) + "b has no end");
  folder.write("c", "c alone");
  const ending got =
      run_quietly(folder, "merge { read a | lines } { read b | lines | grep b } { read c | lines } { read "
                          "/dev/null | lines } | gzip | write abc.gz");
  ASSERT_EQ(got.code, 0);
  EXPECT_EQ(sum_of(folder, "zcat abc.gz | wc -l"), sum_of(folder, "echo 100003"));
  EXPECT_EQ(sum_of(folder, "zcat abc.gz | grep ^a"), sum_of(folder, "cat a; echo"));
  EXPECT_EQ(sum_of(folder, "zcat abc.gz | grep ^b"), sum_of(folder, "cat b; echo"));
  EXPECT_EQ(sum_of(folder, "zcat abc.gz | grep ^c"), sum_of(folder, "cat c; echo"));
}

// A branch that waits is passed over: its lines come last.
TEST(Merge, TakesLinesAsTheyCome) {
  const test_folder folder;
  folder.write("a", tagged_lines("a", 10'000));
  running_program::settings with;
  with.open_input = true;
  with.pipe_output = true;
  running_program program(folder, {"-q", "merge { read - | lines } { read a | lines } | write -"}, with);
  EXPECT_TRUE(program.read_output(tagged_lines("a", 10'000).size()) == tagged_lines("a", 10'000));
  program.tell("late\n");
  program.end_input();
  EXPECT_EQ(program.read_output(10), "late\n");
  EXPECT_EQ(program.wait().code, 0);
}

TEST(Merge, OfBranchesThatAreNoLinesIsRefused) {
  const test_folder folder;
  folder.write("in", "text\n");
  const ending got = weir_in(folder, {"merge { read in | lines } { read in | lines | gzip } | write out"});
  EXPECT_EQ(got.code, 2);
  EXPECT_EQ(got.err, "weir: pipeline:1:47: merge would mix parts of lines: 'gzip' does not give whole records; put "
                     "'lines' at the end of the branch\n"
                     "    merge { read in | lines } { read in | lines | gzip } | write out\n"
                     "                                                  ^~~~\n");
  // Whether records are whole may depend on an option of the source: then the run tells.
  const ending random = weir_in(folder, {"merge { generate --bytes 1M --format random } | write out"});
  EXPECT_EQ(random.code, 1);
  EXPECT_EQ(random.err, "weir: end_last_line: this branch does not give whole records: put 'lines' at its end\n");
  EXPECT_EQ(folder.names(), "in ");
}

TEST(Concat, JoinsBytesAsCatDoes) {
  const test_folder folder;
  folder.write("a", random_bytes(1'500'000, 21));
  folder.write("b", random_bytes(700'000, 22));
  ASSERT_EQ(program_in(folder, "gzip", {"-k", "b"}).code, 0);
  const ending got = run_quietly(
      folder, "concat { read a } { read b.gz } { concat { read b | gzip } { read a | gzip } | gunzip } | write out");
  ASSERT_EQ(got.code, 0);
  EXPECT_EQ(sum_of(folder, "cat out"), sum_of(folder, "cat a b b a"));
}

TEST(Concat, OfLinesKeepsLinesApart) {
  const test_folder folder;
  folder.write("a", tagged_lines("a", 30'000) + "a has no end");
  folder.write("b", "b has no end");
  const ending got = run_quietly(folder, "concat { read a | lines } { read b | lines } { read b | lines } | write out");
  ASSERT_EQ(got.code, 0);
  EXPECT_EQ(sum_of(folder, "cat out"), sum_of(folder, "cat a; echo; cat b; echo; cat b"));
}

TEST(Concat, KeepsTheOrderOfItsBranchesHoweverLateTheFirst) {
  const test_folder folder;
  folder.write("a", tagged_lines("a", 100'000));
  running_program::settings with;
  with.open_input = true;
  with.pipe_output = true;
  running_program program(folder, {"-q", "concat { read - } { read a } | tee { null } | write -"}, with);
  program.tell("first\n");
  EXPECT_EQ(program.read_output(6), "first\n");
  program.tell("second\n");
  program.end_input();
  const std::string whole = "second\n" + tagged_lines("a", 100'000);
  EXPECT_TRUE(program.read_output(whole.size()) == whole);
  EXPECT_EQ(program.wait().code, 0);
}

} // namespace
} // namespace weir::command
