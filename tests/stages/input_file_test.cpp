#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "stages/file/glob.hpp"
#include "stages/file/input_file.hpp"
#include "stages/file/io_error.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;
using outcome = input_file::outcome;

std::string read_all(input_file& file, std::size_t piece) {
  std::string text;
  std::string room(piece, '\0');
  for (;;) {
    auto got = file.try_read(writable_bytes_of(room));
    if (got.what == outcome::would_block) got = file.read(writable_bytes_of(room));
    if (got.what == outcome::end) return text;
    text.append(room, 0, got.bytes);
    EXPECT_EQ(file.position(), text.size());
  }
}

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) { return error.what(); }
  return "no error";
}

/// Puts a descriptor in place of standard input for as long as it lives.
class as_standard_input {
 public:
  explicit as_standard_input(int number) : kept_(dup(STDIN_FILENO)) { dup2(number, STDIN_FILENO); }
  ~as_standard_input() {
    dup2(kept_, STDIN_FILENO);
    close(kept_);
  }
  as_standard_input(const as_standard_input&) = delete;
  as_standard_input& operator=(const as_standard_input&) = delete;

 private:
  int kept_;
};

TEST(InputFile, ReadsAFileInPiecesOfAnySize) {
  scratch_dir dir;
  std::string text = random_bytes(1, 300001);
  write_file(dir / "in", text);
  for (std::size_t piece : {7U, 4096U, 300000U, 300001U, 300002U}) {
    input_file file(dir / "in");
    EXPECT_EQ(file.size_hint(), text.size());
    EXPECT_TRUE(read_all(file, piece) == text) << piece;
  }
}

TEST(InputFile, SaysTheEndOfAnEmptyFileAtOnceAndAgain) {
  scratch_dir dir;
  write_file(dir / "in", "");
  input_file file(dir / "in");
  std::string room(10, '\0');
  EXPECT_EQ(file.read(writable_bytes_of(room)).what, outcome::end);
  EXPECT_EQ(file.read(writable_bytes_of(room)).what, outcome::end);
}

TEST(InputFile, GivesNoSizeForFilesThatDoNotTellTheirs) {
  EXPECT_EQ(input_file("/proc/self/status").size_hint(), std::nullopt);
  EXPECT_EQ(input_file("/dev/null").size_hint(), std::nullopt);
  input_file status("/proc/self/status");
  EXPECT_NE(read_all(status, 4096).find("VmRSS"), std::string::npos);
}

TEST(InputFile, NeverWaitsForAnEmptyPipeUnlessAskedTo) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  as_standard_input redirected(ends[0]);
  input_file file("-");
  EXPECT_EQ(file.shown(), "standard input");
  EXPECT_EQ(file.size_hint(), std::nullopt);
  std::string room(10, '\0');
  EXPECT_EQ(file.try_read(writable_bytes_of(room)).what, outcome::would_block);
  std::thread writer([&] {
    EXPECT_EQ(write(ends[1], "hello", 5), 5);
    close(ends[1]);
  });
  EXPECT_EQ(read_all(file, 3), "hello");
  writer.join();
  close(ends[0]);
}

TEST(InputFile, WaitsOnADescriptorThatWasMadeNotToWait) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  as_standard_input redirected(ends[0]);
  input_file file("-");
  std::string room(10, '\0');
  std::thread writer([&] { EXPECT_EQ(write(ends[1], "hello", 5), 5); });
  EXPECT_EQ(file.read(writable_bytes_of(room)).bytes, 5U);
  writer.join();
  close(ends[0]);
  close(ends[1]);
}

TEST(InputFile, StartsWhereStandardInputStands) {
  scratch_dir dir;
  write_file(dir / "in", "header\nbody");
  int number = open((dir / "in").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(lseek(number, 7, SEEK_SET), 7);
  as_standard_input redirected(number);
  input_file file("-");
  EXPECT_EQ(file.size_hint(), 4U);
  EXPECT_EQ(read_all(file, 100), "body");
  close(number);
}

TEST(InputFile, SaysWhyAFileCannotBeOpened) {
  scratch_dir dir;
  EXPECT_EQ(error_of([&] { input_file(dir / "none"); }), "open: " + (dir / "none") + ": No such file or directory");
  EXPECT_EQ(error_of([&] { input_file(dir.path().string()); }), "open: " + dir.path().string() + ": Is a directory");
  EXPECT_EQ(error_of([&] { input_file(""); }), "open: '': No such file or directory");
}

TEST(InputFile, SaysAtWhichByteReadingFailed) {
  input_file file("/proc/self/mem"); // nothing is mapped at address 0
  std::string room(10, '\0');
  EXPECT_EQ(error_of([&] { file.read(writable_bytes_of(room)); }),
            "read: /proc/self/mem: at byte 0: Input/output error");
}

class Glob : public testing::Test {
 protected:
  Glob() {
    for (const char* name : {"b.gz", "a.gz", "c.txt", "[x]", "x"}) write_file(dir_ / name, "");
  }
  scratch_dir dir_;
};

TEST_F(Glob, ExpandsAPatternInOrder) {
  EXPECT_EQ(expand_glob(dir_ / "*.gz"), (std::vector{dir_ / "a.gz", dir_ / "b.gz"}));
  EXPECT_EQ(expand_glob(dir_ / "[ab].gz"), (std::vector{dir_ / "a.gz", dir_ / "b.gz"}));
  EXPECT_EQ(expand_glob(dir_ / "?.txt"), (std::vector{dir_ / "c.txt"}));
}

TEST_F(Glob, PrefersAFileThatHasThePatternForAName) {
  EXPECT_EQ(expand_glob(dir_ / "[x]"), (std::vector{dir_ / "[x]"}));
}

TEST_F(Glob, LeavesWordsWithoutAPatternAlone) {
  EXPECT_EQ(expand_glob("-"), (std::vector<std::string>{"-"}));
  EXPECT_EQ(expand_glob(dir_ / "none"), (std::vector{dir_ / "none"})) << "opening it will say what is wrong";
}

TEST_F(Glob, SaysWhenNothingMatches) {
  EXPECT_EQ(error_of([&] { expand_glob(dir_ / "*.zst"); }), "read: " + (dir_ / "*.zst") + ": no file matches");
}

} // namespace
} // namespace weir::stages
