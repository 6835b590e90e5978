// Runs that fail: exit code 1, or 66 where the input is missing, one message, no output file under its final name and none left beside it.

#include "program.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::command {
namespace {

/// The message of a run that fails and leaves only what was there.
std::string failure(const test_folder& folder, const std::string& pipeline, int code = 1) {
  const std::string before = folder.names();
  const ending got = weir_in(folder, {pipeline});
  EXPECT_EQ(got.code, code) << got.err;
  EXPECT_EQ(folder.names(), before);
  return got.err;
}

/// The message ends with a newline and holds no other.
bool one_line(const std::string& text) { return text.find('\n') == text.size() - 1; }

TEST(BadInput, AFileThatIsMissingIsFoundBeforeTheOutputIsOpened) {
  const test_folder folder;
  folder.write("in", "text\n");
  folder.write("out", "old");
  EXPECT_EQ(failure(folder, "read in no.log | lines | write out", 66),
            "weir: read: open: no.log: No such file or directory\n");
  EXPECT_EQ(folder.read("out"), "old");
  // Nothing was opened: not even a pipe without a reader, which would wait.
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(failure(folder, "read no.log | write fifo", 66), "weir: read: open: no.log: No such file or directory\n");
}

TEST(BadInput, AFileThatCannotBeReadIsNamedWithTheReason) {
  const test_folder folder;
  std::filesystem::create_directory(folder / "logs");
  std::filesystem::create_symlink("loop", folder / "loop");
  EXPECT_EQ(failure(folder, "read logs | write out", 66), "weir: read: open: logs: Is a directory\n");
  EXPECT_EQ(failure(folder, "read loop | write out", 66),
            "weir: read: open: loop: Too many levels of symbolic links\n");
}

TEST(BadInput, AGlobThatMatchesNothing) {
  const test_folder folder;
  const std::string said = failure(folder, "read 'x'*.log | write out", 66);
  EXPECT_TRUE(said.starts_with("weir: read: ") && one_line(said)) << said;
  EXPECT_NE(said.find("x*.log"), std::string::npos) << said;
}

class DamagedInput : public testing::TestWithParam<const char*> {
 protected:
  /// A compressed file of random bytes, "in".
  std::string compressed(const test_folder& folder) {
    folder.write("plain", random_bytes(1'000'000, 11));
    const std::string out = program_in(folder, GetParam(), {"-c", "plain"}).out;
    EXPECT_GT(out.size(), 500'000u);
    return out;
  }
};

TEST_P(DamagedInput, TruncatedIsAnErrorWithFileOffsetAndWhatWasRecovered) {
  const test_folder folder;
  const std::string whole = compressed(folder);
  for (const std::size_t cut : {whole.size() - 1, whole.size() / 2}) {
    folder.write("in", whole.substr(0, cut));
    const std::string said = failure(folder, "read in | lines | write out");
    EXPECT_TRUE(said.starts_with("weir: read: in: ") && one_line(said)) << said;
    EXPECT_NE(said.find("byte " + std::to_string(cut)), std::string::npos) << said;
    EXPECT_NE(said.find("recovered"), std::string::npos) << said;
  }
}

TEST_P(DamagedInput, ChangedBytesAreAnErrorWithFileAndOffset) {
  const test_folder folder;
  std::string bytes = compressed(folder);
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 64; ++i) bytes[i] = static_cast<char>(~bytes[i]);
  folder.write("in", bytes);
  const std::string said = failure(folder, "read in | write out");
  EXPECT_TRUE(said.starts_with("weir: read: in: ") && one_line(said)) << said;
  EXPECT_NE(said.find("byte "), std::string::npos) << said;
  EXPECT_NE(said.find("recovered"), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(Formats, DamagedInput, testing::Values("gzip", "zstd"),
                         [](const auto& of) { return std::string(of.param); });

TEST(BadInput, AFailedRunLeavesTheOldFileAsItWas) {
  const test_folder folder;
  folder.write("in", std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10));
  folder.write("out", "old");
  (void)failure(folder, "read in | write out");
  EXPECT_EQ(folder.read("out"), "old");
}

// A limit on the size of files stands for a full disk: the write fails in the middle of the stream.
TEST(FullDisk, IsAnErrorWithStageFileAndOffsetAndLeavesNothing) {
  const test_folder folder;
  folder.write("in", random_bytes(3'000'000, 5));
  running_program::settings with;
  with.before_exec = [] {
    std::signal(SIGXFSZ, SIG_DFL); // which would end the process without a word
    const rlimit most{1'000'000, 1'000'000};
    setrlimit(RLIMIT_FSIZE, &most);
  };
  const ending got = running_program(folder, {"read in | write out"}, with).wait();
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.err, "weir: write: out: at byte 1000000: File too large\n");
  EXPECT_EQ(folder.names(), "in ");
}

TEST(FullDisk, OnADeviceWrittenInPlace) {
  const test_folder folder;
  folder.write("in", "text\n");
  EXPECT_EQ(failure(folder, "read in | write /dev/full"),
            "weir: write: /dev/full: at byte 0: No space left on device\n");
}

TEST(StandardOutput, ThatIsClosedIsAnError) {
  const test_folder folder;
  folder.write("in", "text\n");
  running_program::settings with;
  with.before_exec = [] { close(STDOUT_FILENO); };
  const ending got = running_program(folder, {"read in | write -"}, with).wait();
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.err, "weir: write: standard output: at byte 0: Bad file descriptor\n");
  const ending counted = running_program(folder, {"-q", "read in | lines | count"}, with).wait();
  EXPECT_EQ(counted.code, 1);
  EXPECT_EQ(counted.err, "weir: standard output: Bad file descriptor\n");
}

TEST(StandardInput, ThatIsClosedIsAnError) {
  running_program::settings with;
  with.before_exec = [] { close(STDIN_FILENO); };
  const test_folder folder;
  const ending got = running_program(folder, {"read - | write out"}, with).wait();
  EXPECT_EQ(got.code, 1);
  EXPECT_TRUE(got.err.starts_with("weir: read: ") &&
              got.err.ends_with("standard input: at byte 0: Bad file descriptor\n"))
      << got.err;
  EXPECT_EQ(folder.names(), "");
}

TEST(StandardOutput, WhoseReaderHasSeenEnoughEndsTheRunQuietly) {
  const test_folder folder;
  folder.write("in", random_bytes(10'000'000, 3));
  running_program::settings with;
  with.pipe_output = true;
  running_program program(folder, {"read in | write -"}, with);
  EXPECT_EQ(program.read_output(100), folder.read("in").substr(0, 100));
  program.close_output();
  const ending got = program.wait();
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.err, "");
}

TEST(StandardOutput, IntoHeadInAShell) {
  const test_folder folder;
  folder.write("in", random_bytes(10'000'000, 3));
  const ending got = program_in(
      folder, "bash", {"-c", std::string("set -o pipefail; ") + WEIR_PROGRAM + " 'read in | write -' | head -c 5"});
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.out, folder.read("in").substr(0, 5));
  EXPECT_EQ(got.err, "");
}

TEST(Output, ToADeviceIsWrittenInPlace) {
  const test_folder folder;
  folder.write("in", "text\n");
  EXPECT_EQ(weir_in(folder, {"-q", "read in | write /dev/null"}).code, 0);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(Output, ToANamedPipeIsWrittenInPlace) {
  const test_folder folder;
  const std::string bytes = random_bytes(1'000'000, 2);
  folder.write("in", bytes);
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = folder.read("fifo"); });
  const ending end = weir_in(folder, {"-q", "read in | write fifo"});
  reader.join();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_TRUE(got == bytes);
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "fifo"));
}

TEST(Output, FollowsASymbolicLinkAndKeepsTheMode) {
  const test_folder folder;
  folder.write("in", "new\n");
  folder.write("target", "old");
  std::filesystem::permissions(folder / "target", std::filesystem::perms{0640});
  std::filesystem::create_symlink("target", folder / "link");
  EXPECT_EQ(weir_in(folder, {"-q", "read in | write link"}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(folder.read("target"), "new\n");
  EXPECT_EQ(std::filesystem::status(folder / "target").permissions(), std::filesystem::perms{0640});
  EXPECT_EQ(folder.names(), "in link target ");
}

} // namespace
} // namespace weir::command
