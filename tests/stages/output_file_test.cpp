#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "stages/file/io_error.hpp"
#include "stages/file/output_file.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;
using waiting = output_file::waiting;

mode_t mode_of(const std::string& path) {
  struct stat now {};
  EXPECT_EQ(stat(path.c_str(), &now), 0) << path;
  return now.st_mode & 07777U;
}

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const io_error& error) { return error.what(); }
  return "no error";
}

void write_whole(const std::string& path, std::string_view text, waiting place = waiting::nameless) {
  output_file file(path, place);
  file.write(bytes_of(text));
  file.commit(false);
}

class OutputFile : public testing::TestWithParam<waiting> {
 protected:
  scratch_dir dir_;
  std::string path_ = dir_ / "out.txt";
};
INSTANTIATE_TEST_SUITE_P(Waiting, OutputFile, testing::Values(waiting::nameless, waiting::hidden));

TEST_P(OutputFile, AppearsWholeAtCommit) {
  std::string text = random_bytes(1, 300000);
  output_file file(path_, GetParam());
  file.write(bytes_of(text).first(100000));
  EXPECT_FALSE(std::filesystem::exists(path_));
  file.write(bytes_of(text).subspan(100000));
  EXPECT_EQ(file.size(), text.size());
  file.commit(true);
  EXPECT_EQ(read_file(path_), text);
  EXPECT_EQ(dir_.entries(), 1U);
}

TEST_P(OutputFile, LeavesNothingBehindWithoutCommit) {
  { output_file(path_, GetParam()).write(bytes_of("lost")); }
  EXPECT_EQ(dir_.entries(), 0U);
}

TEST_P(OutputFile, KeepsTheOldFileUntilCommit) {
  write_file(path_, "old");
  { output_file(path_, GetParam()).write(bytes_of("lost")); }
  EXPECT_EQ(read_file(path_), "old");
  write_whole(path_, "new", GetParam());
  EXPECT_EQ(read_file(path_), "new");
  EXPECT_EQ(dir_.entries(), 1U);
}

TEST_P(OutputFile, GivesANewFileTheModeThatTheUmaskLeaves) {
  mode_t old = umask(027);
  write_whole(path_, "x", GetParam());
  umask(old);
  EXPECT_EQ(mode_of(path_), 0640U);
}

TEST_P(OutputFile, KeepsTheModeOfTheFileThatItReplaces) {
  for (mode_t mode : {0600U, 0755U, 0666U}) {
    write_file(path_, "old");
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    write_whole(path_, "new", GetParam());
    EXPECT_EQ(mode_of(path_), mode);
  }
}

TEST_P(OutputFile, FollowsASymbolicLinkToItsTarget) {
  std::filesystem::create_directory(dir_ / "sub");
  write_file(dir_ / "sub/real", "old");
  std::filesystem::create_symlink("sub/real", dir_ / "link");
  write_whole(dir_ / "link", "new", GetParam());
  EXPECT_TRUE(std::filesystem::is_symlink(dir_ / "link"));
  EXPECT_EQ(read_file(dir_ / "sub/real"), "new");
}

TEST_P(OutputFile, MakesTheFileThatADanglingLinkNames) {
  std::filesystem::create_symlink("second", dir_ / "first");
  std::filesystem::create_symlink("real", dir_ / "second");
  write_whole(dir_ / "first", "new", GetParam());
  EXPECT_EQ(read_file(dir_ / "real"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(dir_ / "first"));
  EXPECT_TRUE(std::filesystem::is_symlink(dir_ / "second"));
}

TEST_P(OutputFile, TakesTheLongestNameThatTheFileSystemAllows) {
  std::string path = dir_ / std::string(255, 'n');
  write_whole(path, "x", GetParam());
  EXPECT_EQ(read_file(path), "x");
}

TEST_P(OutputFile, WorksWithANameInTheCurrentDirectory) {
  std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(dir_.path());
  write_whole("bare", "x", GetParam());
  std::filesystem::current_path(before);
  EXPECT_EQ(read_file(dir_ / "bare"), "x");
  EXPECT_EQ(dir_.entries(), 1U);
}

TEST_P(OutputFile, LeavesNothingBehindWhenTheFinalNameCannotBeTaken) {
  output_file file(path_, GetParam());
  file.write(bytes_of("x"));
  std::filesystem::create_directory(path_);
  EXPECT_EQ(error_of([&] { file.commit(false); }), "rename: " + path_ + ": at byte 1: Is a directory");
  EXPECT_EQ(dir_.entries(), 1U);
}

TEST_P(OutputFile, SaysAtWhichByteTheDiskWasFull) {
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  rlimit small = old;
  small.rlim_cur = 8192;
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string error = error_of([&] { output_file(path_, GetParam()).write(bytes_of(std::string(10000, 'x'))); });
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(error, "write: " + path_ + ": at byte 8192: File too large");
  EXPECT_EQ(dir_.entries(), 0U);
}

TEST_P(OutputFile, RefusesWhatCannotBecomeAFile) {
  std::filesystem::create_symlink("loop", dir_ / "loop");
  auto open = [&](const std::string& path) { return error_of([&] { output_file(path, GetParam()); }); };
  EXPECT_EQ(open(dir_.path().string()), "open: " + dir_.path().string() + ": Is a directory");
  EXPECT_EQ(open(dir_ / "new/"), "open: " + (dir_ / "new/") + ": Is a directory");
  EXPECT_EQ(open(dir_ / "no/such"), "open: " + (dir_ / "no/such") + ": No such file or directory");
  EXPECT_EQ(open(dir_ / "loop"), "open: " + (dir_ / "loop") + ": Too many levels of symbolic links");
  EXPECT_EQ(open(""), "open: '': No such file or directory");
  write_file(path_, "");
  EXPECT_EQ(open(path_ + "/x"), "open: " + path_ + "/x: Not a directory");
}

TEST_P(OutputFile, RefusesAnExistingFileThatMayNotBeWritten) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everything";
  write_file(path_, "old");
  ASSERT_EQ(chmod(path_.c_str(), 0444), 0);
  EXPECT_EQ(error_of([&] { output_file(path_, GetParam()); }), "open: " + path_ + ": Permission denied");
}

TEST(OutputFileInPlace, WritesADeviceWhereItIs) {
  output_file file("/dev/null");
  EXPECT_TRUE(file.in_place());
  file.write(bytes_of("x"));
  file.commit(true);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(OutputFileInPlace, ReportsAFullDevice) {
  output_file file("/dev/full");
  EXPECT_EQ(error_of([&] { file.write(bytes_of("x")); }), "write: /dev/full: at byte 0: No space left on device");
}

TEST(OutputFileInPlace, WritesANamedPipeWhereItIs) {
  scratch_dir dir;
  std::string path = dir / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string text = random_bytes(3, 500000);
  std::string got;
  std::thread reader([&] { got = read_file(path); });
  {
    output_file file(path);
    file.write(bytes_of(text));
    file.commit(false);
  }
  reader.join();
  EXPECT_EQ(got, text);
  EXPECT_TRUE(std::filesystem::is_fifo(path));
}

TEST(OutputFileInPlace, TellsABrokenPipeFromOtherErrors) {
  scratch_dir dir;
  std::string path = dir / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto handler = std::signal(SIGPIPE, SIG_IGN);
  int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  output_file file(path);
  file.write(bytes_of("read by nobody"));
  close(reader);
  EXPECT_THROW(file.write(bytes_of("x")), broken_pipe);
  EXPECT_EQ(error_of([&] { file.write(bytes_of("x")); }), "write: " + path + ": at byte 14: Broken pipe");
  std::signal(SIGPIPE, handler);
}

TEST(OutputFileInPlace, WritesStandardOutputForADash) {
  scratch_dir dir;
  std::fflush(stdout);
  int kept = dup(STDOUT_FILENO);
  int target = open((dir / "stdout").c_str(), O_CREAT | O_WRONLY, 0600);
  dup2(target, STDOUT_FILENO);
  close(target);
  {
    output_file file("-");
    file.write(bytes_of("one "));
    file.commit(false);
    output_file by_name("/dev/stdout");
    by_name.write(bytes_of("two"));
    by_name.commit(false);
  }
  EXPECT_EQ(fcntl(STDOUT_FILENO, F_GETFD), 0) << "standard output stays open";
  dup2(kept, STDOUT_FILENO);
  close(kept);
  EXPECT_EQ(read_file(dir / "stdout"), "one two");
}

TEST(OutputFileInPlace, WaitsForRoomInAPipeThatDoesNotWait) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  output_file file("/proc/self/fd/" + std::to_string(ends[1]));
  ASSERT_EQ(fcntl(file.number(), F_SETFL, O_NONBLOCK), 0);
  std::string text = random_bytes(5, 400000);
  std::size_t first = file.write_some(bytes_of(text));
  EXPECT_GT(first, 0U);
  EXPECT_LT(first, text.size());
  EXPECT_EQ(file.write_some(bytes_of(text).subspan(first)), 0U) << "full";
  std::string got;
  std::thread reader([&] {
    std::string piece(7000, '\0');
    while (got.size() < text.size() && wait_readable(ends[0], -1))
      if (ssize_t n = read(ends[0], piece.data(), piece.size()); n > 0) got.append(piece, 0, std::size_t(n));
  });
  file.write(bytes_of(text).subspan(first));
  reader.join();
  EXPECT_EQ(got, text);
  close(ends[0]);
  close(ends[1]);
}

TEST(WaitWritable, ComesBackWhenStopped) {
  int full[2];
  int stop[2];
  ASSERT_EQ(pipe2(full, O_NONBLOCK | O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(stop, O_CLOEXEC), 0);
  EXPECT_TRUE(wait_writable(full[1], stop[0]));
  while (write(full[1], "xxxxxxxxxxxxxxxx", 16) > 0) {}
  std::thread stopper([&] { EXPECT_EQ(write(stop[1], "!", 1), 1); });
  EXPECT_FALSE(wait_writable(full[1], stop[0]));
  stopper.join();
  for (int end : {full[0], full[1], stop[0], stop[1]}) close(end);
}

TEST(OutputFile, OnlyRegularFilesAreCopiedIntoThePageCache) {
  scratch_dir dir;
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
  const int reader = ::open((dir / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  EXPECT_FALSE(output_file(dir / "pipe").cached());
  ::close(reader);
  EXPECT_FALSE(output_file("/dev/null").cached());
  EXPECT_EQ(output_file(dir / "nameless").cached(), output_file(dir / "hidden", waiting::hidden).cached());
}

} // namespace
} // namespace weir::stages
