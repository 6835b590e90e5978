// A run that keeps a checkpoint is killed at every one of its calls on files: what it leaves is a checkpoint, the last or the one
// before, and the run that comes after it has everything.

#include "tests/command/program.hpp"
#include "tests/faults/io_faults.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace weir::command {
namespace {

const std::vector<std::string> k_words{
    "--quiet",    "--block-size",       "16K", "--checkpoint",
    "checkpoint", "--checkpoint-every", "1us", "read in | lines | write --append out"};

/// Lines that are all different.
std::string numbered_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "line number " + std::to_string(i) + " of them\n";
  return text;
}

/// True: the fault came.
bool killed_at(const test_folder& folder, int action, int n) {
  const test_folder told;
  const std::string mark = (told / "told").string();
  const std::string fault = "any " + std::to_string(action) + " " + std::to_string(n);
  running_program::settings with;
  with.program = WEIR_FAULTY_PROGRAM;
  with.before_exec = [&] {
    setenv("WEIR_IO_FAULT", fault.c_str(), 1);
    setenv("WEIR_IO_FAULT_TOLD", mark.c_str(), 1);
  };
  const ending got = running_program(folder, k_words, with).wait();
  if (told.has("told")) { EXPECT_EQ(got.signal, SIGKILL); }
  return told.has("told");
}

/// Every line of `text` stands in `out`, in order, some of them twice; and nothing else does.
void expect_all_of(const std::string& text, const std::string& out) {
  const test_folder folder;
  folder.write("text", text);
  folder.write("out", out);
  const ending same = program_in(folder, "sh", {"-c", "sort -u text > a; sort -u out > b; cmp a b"});
  EXPECT_EQ(same.code, 0) << same.out << same.err;
}

TEST(CheckpointFault, KilledAtAnyCallTheNextRunHasEverything) {
  const std::string text = numbered_lines(3'000);
  for (const int action : {test::k_kill_before, test::k_kill_after}) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE(std::to_string(action) + " at call " + std::to_string(n));
      const test_folder folder;
      folder.write("in", text);
      if (!killed_at(folder, action, n)) {
        EXPECT_GT(n, 20) << "there must be a few calls";
        EXPECT_EQ(folder.read("out"), text);
        break;
      }
      const ending again = weir_in(folder, k_words);
      EXPECT_EQ(again.code, 0) << again.err;
      expect_all_of(text, folder.read("out"));
      const ending idle = weir_in(folder, k_words);
      EXPECT_EQ(idle.code, 0) << idle.err;
      if (testing::Test::HasFailure()) return;
    }
  }
}

// The second run has a checkpoint of the first, and that is what it goes on from.
TEST(CheckpointFault, KilledAgainAndAgainNothingIsLost) {
  const std::string text = numbered_lines(3'000);
  const test_folder folder;
  folder.write("in", text);
  int kills = 0;
  for (int n = 14; n < 120 && killed_at(folder, test::k_kill_after, n); n += 3) ++kills;
  EXPECT_GT(kills, 3);
  const ending last = weir_in(folder, k_words);
  EXPECT_EQ(last.code, 0) << last.err;
  expect_all_of(text, folder.read("out"));
}

} // namespace
} // namespace weir::command
