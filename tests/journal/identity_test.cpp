// Which files are the ones they were, and which begin anew.

#include <filesystem>

#include "tests/journal/journal_support.hpp"

namespace weir::test {
namespace {

constexpr std::size_t k_size = 20'000;
constexpr std::uint64_t k_read = 12'000;

class Identity : public testing::Test {
 protected:
  Identity() {
    write_file(log, text);
    EXPECT_EQ(run_to(checkpoint, log, k_read), 0u);
  }
  void expect_anew(const std::string& path, const std::string& because) {
    const resumption now = look_at(checkpoint, path);
    EXPECT_EQ(now.from, 0u);
    ASSERT_EQ(now.notices.size(), 1u);
    EXPECT_NE(now.notices[0].find(path + " is not the file it was"), std::string::npos) << now.notices[0];
    EXPECT_NE(now.notices[0].find(because), std::string::npos) << now.notices[0];
  }
  void expect_resumed(const std::string& path) {
    const resumption now = look_at(checkpoint, path);
    EXPECT_EQ(now.from, k_read);
    EXPECT_TRUE(now.notices.empty()) << now.notices[0];
  }
  /// In place, so that it stays the same inode.
  void change(std::size_t at) {
    std::FILE* const file = std::fopen(log.c_str(), "r+b");
    std::fseek(file, static_cast<long>(at), SEEK_SET);
    std::fputc(text[at] ^ 1, file);
    std::fclose(file);
  }

  scratch_dir dir;
  const std::string log = dir / "a.log";
  const std::string checkpoint = dir / "checkpoint";
  const std::string text = random_bytes(5, k_size);
};

TEST_F(Identity, AFileAsItWasGoesOn) { expect_resumed(log); }

TEST_F(Identity, AFileThatHasGrownGoesOn) {
  run_tool("head -c 5000 /dev/zero >> " + log);
  expect_resumed(log);
}

TEST_F(Identity, ARenamedFileGoesOnUnderItsNewName) {
  std::filesystem::rename(log, dir / "a.log.1");
  expect_resumed(dir / "a.log.1");
}

TEST_F(Identity, ARotatedFileGoesOnAndTheNewOneBeginsAnew) {
  std::filesystem::rename(log, dir / "a.log.1");
  write_file(log, text);
  expect_anew(log, "replaced");
  expect_resumed(dir / "a.log.1");
}

TEST_F(Identity, ATruncatedFileBeginsAnew) {
  std::filesystem::resize_file(log, k_read - 1);
  expect_anew(log, "shorter");
}

TEST_F(Identity, AFileCopiedOverWithAnotherOfTheSameLengthBeginsAnew) {
  run_tool("cat > " + log, random_bytes(6, k_size));
  expect_anew(log, "begins with other bytes");
}

TEST_F(Identity, AChangedFirstByteBeginsAnew) {
  change(0);
  expect_anew(log, "begins with other bytes");
}

TEST_F(Identity, AChangedByteRightBeforeThePlaceBeginsAnew) {
  change(k_read - 1);
  expect_anew(log, "before byte 12000");
}

TEST_F(Identity, TheOldestByteThatIsLookedAtCounts) {
  change(k_read - 4096);
  expect_anew(log, "before byte 12000");
}

TEST_F(Identity, AByteBehindThePlaceMayChange) {
  change(k_read);
  expect_resumed(log);
}

TEST_F(Identity, AnotherFileUnderTheSameInodeWithAnEqualHeadBeginsAnew) {
  run_tool("cat > " + log, text.substr(0, 4096) + random_bytes(7, k_size));
  expect_anew(log, "before byte 12000");
}

TEST_F(Identity, AnotherDeviceNumberWithTheSamePathAndBytesGoesOn) {
  const auto journal = stages::make_journal({});
  const auto sink = journal->add_sink("sink");
  struct stat now {};
  ASSERT_EQ(::stat(log.c_str(), &now), 0);
  std::vector<stages::saved_position> known;
  {
    const auto first = stages::make_journal({});
    const auto its = first->add_sink("sink");
    first->found(its, {});
    hand_source source(*first, log);
    source.read_to(k_read);
    first->took(its, source.number(), k_read, 1);
    known = first->positions(its);
  }
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(known[0].source.inode, now.st_ino);
  known[0].source.device += 77;
  journal->found(sink, known);
  EXPECT_EQ(hand_source(*journal, log).from(), k_read);
}

TEST(IdentityOfSmallFiles, AGrowingFileIsTheSameWhateverItsLength) {
  scratch_dir dir;
  const std::string log = dir / "log";
  const std::string checkpoint = dir / "checkpoint";
  const std::string text = random_lines(9, 12'000);
  std::uint64_t read = 0;
  for (const std::size_t size : {0, 1, 100, 4095, 4096, 4097, 8192, 12'000}) {
    run_tool("cat >> " + log, text.substr(read, size - read));
    EXPECT_EQ(run_to(checkpoint, log, size), read);
    read = size;
  }
  EXPECT_TRUE(look_at(checkpoint, log).notices.empty());
}

TEST(IdentityOfSmallFiles, AFinishedFileIsDoneUntilItGrows) {
  scratch_dir dir;
  const std::string log = dir / "log";
  write_file(log, "one\ntwo\n");
  run_to(dir / "checkpoint", log, 8, true);
  EXPECT_TRUE(look_at(dir / "checkpoint", log).done_before);
  run_tool("cat >> " + log, "three\n");
  const resumption now = look_at(dir / "checkpoint", log);
  EXPECT_FALSE(now.done_before);
  EXPECT_EQ(now.from, 8u);
  EXPECT_TRUE(now.notices.empty());
}

TEST(IdentityOfSmallFiles, ALineThatGoesOnBehindItsEndIsTold) {
  scratch_dir dir;
  const std::string log = dir / "log";
  write_file(log, "one\ntw");
  run_to(dir / "checkpoint", log, 6, true);
  EXPECT_TRUE(look_at(dir / "checkpoint", log).notices.empty());
  run_tool("cat >> " + log, "o\n");
  const resumption now = look_at(dir / "checkpoint", log);
  EXPECT_EQ(now.from, 6u);
  ASSERT_EQ(now.notices.size(), 1u);
  EXPECT_NE(now.notices[0].find("its last line had no end"), std::string::npos) << now.notices[0];
}

TEST(IdentityOfSmallFiles, APipeCannotBeResumedAndIsToldSo) {
  scratch_dir dir;
  const auto journal = stages::make_journal({.checkpoint = dir / "checkpoint"});
  (void)journal->add_sink("sink");
  EXPECT_EQ(journal->resume_from(journal->add_source("standard input", -1)), 0u);
  ASSERT_EQ(journal->notices().size(), 1u);
  EXPECT_NE(journal->notices()[0].find("standard input cannot be resumed"), std::string::npos);
}

TEST(IdentityOfSmallFiles, AFileReadTwiceIsRefusedWherePositionsAreKept) {
  scratch_dir dir;
  write_file(dir / "log", "one\n");
  ::link((dir / "log").c_str(), (dir / "other").c_str());
  const auto kept = stages::make_journal({.checkpoint = dir / "checkpoint"});
  (void)kept->add_sink("sink");
  const hand_source first(*kept, dir / "log");
  EXPECT_THROW(hand_source(*kept, dir / "other"), std::runtime_error);
  const auto without = stages::make_journal({});
  (void)without->add_sink("sink");
  const hand_source again(*without, dir / "log");
  EXPECT_NO_THROW(hand_source(*without, dir / "log"));
}

} // namespace
} // namespace weir::test
