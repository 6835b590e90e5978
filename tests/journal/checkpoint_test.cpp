// Checkpoint files: what they hold comes back, anything else is refused.

#include <random>

#include "stages/checkpoint/checkpoint_text.hpp"
#include "tests/journal/journal_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {
namespace {

using stages::checkpoint;
using stages::parse_checkpoint;

checkpoint sample() {
  checkpoint all{.job = "night job", .sinks = {{"write", 12'345, {}}, {"write#2", std::nullopt, {}}}};
  all.sinks[0].positions = {
      {{"logs/a b%.ndjson\n", 66'306, 777}, 1'000, 4'096, 0x0123456789abcdef, 0xfedcba9876543210, 1'024, 33, false},
      {{"/x", 1, ~0ull}, ~0ull, 0, 0, 0, 0, 0, true}};
  return all;
}

TEST(Checkpoint, ComesBackAsItWasWritten) {
  const checkpoint before = sample();
  const checkpoint after = parse_checkpoint(text_of(before));
  EXPECT_EQ(text_of(after), text_of(before));
  EXPECT_EQ(after.job, "night job");
  ASSERT_EQ(after.sinks.size(), 2u);
  EXPECT_EQ(after.sinks[0].mark, 12'345u);
  EXPECT_EQ(after.sinks[1].mark, std::nullopt);
  ASSERT_EQ(after.sinks[0].positions.size(), 2u);
  EXPECT_EQ(after.sinks[0].positions[0].source, before.sinks[0].positions[0].source);
  EXPECT_EQ(after.sinks[0].positions[0].head_hash, 0x0123456789abcdefu);
  EXPECT_EQ(after.sinks[0].positions[1].position, ~0ull);
  EXPECT_TRUE(after.sinks[0].positions[1].finished);
}

TEST(Checkpoint, EveryBeginningOfOneIsRefused) {
  const std::string whole = text_of(sample());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW((void)parse_checkpoint(whole.substr(0, size)), stages::bad_checkpoint) << size;
}

TEST(Checkpoint, EveryChangedByteIsRefused) {
  const std::string whole = text_of(sample());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {1, 0x20, 0x80}) {
      std::string text = whole;
      text[at] = static_cast<char>(text[at] ^ change);
      EXPECT_THROW((void)parse_checkpoint(text), stages::bad_checkpoint) << at;
    }
  }
}

TEST(Checkpoint, WhatFollowsItsEndIsRefused) {
  EXPECT_THROW((void)parse_checkpoint(text_of(sample()) + "\n"), stages::bad_checkpoint);
  EXPECT_THROW((void)parse_checkpoint(text_of(sample()) + text_of(sample())), stages::bad_checkpoint);
}

TEST(CheckpointFile, AHalfOneIsRefusedWithItsNameAndNeverTakenForNone) {
  scratch_dir dir;
  const std::string path = dir / "job.checkpoint";
  write_file(dir / "log", "a line\n");
  run_to(path, dir / "log", 7);
  const std::string whole = read_file(path);
  for (const std::string& broken : {std::string(), std::string("{}"), whole.substr(0, whole.size() / 2)}) {
    write_file(path, broken);
    const std::string error = error_of([&] { (void)stages::make_journal({.job = "a job", .checkpoint = path}); });
    EXPECT_NE(error.find("checkpoint " + path + ": "), std::string::npos) << error;
    EXPECT_NE(error.find("remove it to begin anew"), std::string::npos) << error;
  }
}

TEST(CheckpointFile, OneOfAnotherJobIsRefusedAndSaysHowToGoOn) {
  scratch_dir dir;
  write_file(dir / "log", "a line\n");
  run_to(dir / "checkpoint", dir / "log", 7);
  const std::string error =
      error_of([&] { (void)stages::make_journal({.job = "another", .checkpoint = dir / "checkpoint"}); });
  EXPECT_NE(error.find("of the job a job, not of another"), std::string::npos) << error;
}

TEST(CheckpointFile, AFolderThatIsNotThereIsToldBeforeTheRun) {
  scratch_dir dir;
  EXPECT_THROW((void)stages::make_journal({.checkpoint = dir / "no/checkpoint"}), std::runtime_error);
  EXPECT_THROW((void)stages::make_journal({.checkpoint = "/dev/null"}), std::runtime_error);
}

TEST(CheckpointFile, WhatCouldNotBeWrittenIsWrittenTheNextTime) {
  scratch_dir dir;
  write_file(dir / "log", random_lines(3, 9'000));
  run_tool("mkdir " + (dir / "away"));
  const std::string checkpoint = dir / "away/checkpoint";
  {
    const auto journal = stages::make_journal({.job = "a job", .checkpoint = checkpoint});
    const auto sink = journal->add_sink("sink");
    hand_source source(*journal, dir / "log");
    source.read_to(5'000);
    journal->took(sink, source.number(), 5'000, 1);
    (void)journal->positions(sink);
    run_tool("mv " + (dir / "away") + " " + (dir / "gone"));
    EXPECT_THROW(journal->durable(sink), std::exception);
    run_tool("mv " + (dir / "gone") + " " + (dir / "away"));
    journal->flush();
  }
  EXPECT_EQ(look_at(checkpoint, dir / "log").from, 5'000u);
}

TEST(CheckpointFile, FilesThatAreNotReadThisTimeAreNotForgotten) {
  scratch_dir dir;
  write_file(dir / "a", "a line\n");
  write_file(dir / "b", "b line\n");
  run_to(dir / "checkpoint", dir / "a", 7, true);
  run_to(dir / "checkpoint", dir / "b", 7, true);
  EXPECT_TRUE(look_at(dir / "checkpoint", dir / "a").done_before);
  EXPECT_TRUE(look_at(dir / "checkpoint", dir / "b").done_before);
}

TEST(CheckpointFile, WhatOneSinkStoresKeepsWhatAnotherHasNotAskedForYet) {
  scratch_dir dir;
  write_file(dir / "log", "a line\n");
  run_to(dir / "checkpoint", dir / "log", 7);
  {
    const auto journal = stages::make_journal({.job = "a job", .checkpoint = dir / "checkpoint"});
    const auto other = journal->add_sink("other");
    journal->mark(other, 5);
    journal->durable(other);
  } // and then the process ended
  EXPECT_EQ(look_at(dir / "checkpoint", dir / "log").from, 7u);
  const auto journal = stages::make_journal({.job = "a job", .checkpoint = dir / "checkpoint"});
  EXPECT_EQ(journal->marked(journal->add_sink("other")), 5u);
}

} // namespace
} // namespace weir::test
