// read and write, in pipelines.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "stages/file/io_error.hpp"
#include "stages/stages.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {
namespace {

using stages::read;
using stages::write;

collected read_all(stages::read_options what, run_options options = {},
                   std::optional<std::uint64_t> seed = std::nullopt) {
  collected result;
  const plan p = read(std::move(what)) | collect(result);
  const report r = seed ? p.run(deterministic{*seed}, options) : p.run(options);
  EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
  return result;
}

TEST(FileStages, ReadLinesGzipWriteMakesWhatZcatReads) {
  scratch_dir dir;
  const std::string text = random_lines(1, 5'000'000);
  write_file(dir / "in", text);
  const plan p = read({.paths = {dir / "in"}}) | stages::lines() | stages::gzip() | write({.path = dir / "out.gz"});
  const report r = p.run();
  EXPECT_EQ(run_tool("zcat", read_file(dir / "out.gz")), text);
  EXPECT_EQ(r.total_bytes, text.size());
  EXPECT_EQ(r.done_bytes, text.size());
  EXPECT_EQ(dir.entries(), 2u);
}

TEST(FileStages, CompressedFilesAreRecognisedByContentWhateverTheirNames) {
  scratch_dir dir;
  const std::string text = random_bytes(2, 700'001) + random_lines(3, 900'000);
  write_file(dir / "a", run_tool("gzip -1; gzip -9 < /dev/null", text) + run_tool("gzip", text));
  write_file(dir / "b", run_tool("zstd -q", text) + run_tool("zstd -q -19", text));
  write_file(dir / "c", text);
  for (const std::size_t size : {std::size_t{8192}, std::size_t{12'288}, k_block_size}) {
    for (std::optional<std::uint64_t> seed : {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(size)}) {
      const collected all = read_all({.paths = {dir / "a", dir / "b", dir / "c"}}, blocks_of(size), seed);
      EXPECT_TRUE(all.text == text + text + text + text + text) << size;
    }
  }
  EXPECT_TRUE(read_all({.paths = {dir / "a"}, .raw = true}).text == read_file(dir / "a"));
}

TEST(FileStages, TinyAndEmptyFilesAreReadAsTheyAre) {
  scratch_dir dir;
  std::vector<std::string> paths;
  std::string expected;
  int number = 0;
  for (const std::string& text : {std::string(""), std::string("\x1f"), std::string("\x1f\x8a"), std::string("("),
                                  std::string("\x28\xb5\x2f"), std::string("\0", 1), std::string("\n")}) {
    paths.push_back(dir / std::to_string(number++));
    write_file(paths.back(), text);
    expected += text;
  }
  EXPECT_EQ(read_all({.paths = paths}).text, expected);
  EXPECT_EQ(read_all({.paths = {}}).text, "");
}

TEST(FileStages, MoreFilesThanMayBeOpenAtATime) {
  scratch_dir dir;
  std::vector<std::string> paths;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    paths.push_back(dir / std::to_string(i));
    write_file(paths.back(), std::to_string(i) + "\n");
    expected += std::to_string(i) + "\n";
  }
  EXPECT_EQ(read_all({.paths = paths}).text, expected);
}

TEST(FileStages, APipeIsReadWhileItsWriterIsSlow) {
  scratch_dir dir;
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
  const std::string text = random_lines(4, 3'000'000);
  std::thread writer([&] { write_file(dir / "pipe", text); });
  EXPECT_TRUE(read_all({.paths = {dir / "pipe"}}).text == text);
  writer.join();
  std::thread zipping([&] { write_file(dir / "pipe", run_tool("gzip", text)); });
  EXPECT_TRUE(read_all({.paths = {dir / "pipe"}}).text == text);
  zipping.join();
}

TEST(FileStages, FinishEndsAReadThatWaitsForAPipeAndInterruptPublishesNothing) {
  scratch_dir dir;
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
  const int held = ::open((dir / "pipe").c_str(), O_RDWR | O_CLOEXEC); // a writer that never writes
  ASSERT_GE(held, 0);
  const plan p = read({.paths = {dir / "pipe"}}) | write({.path = dir / "out"});
  weir::run run = p.start();
  run.finish();
  run.wait();
  EXPECT_EQ(read_file(dir / "out"), "");
  std::filesystem::remove(dir / "out");
  weir::run second = p.start();
  second.interrupt();
  EXPECT_TRUE(second.wait().interrupted);
  EXPECT_FALSE(std::filesystem::exists(dir / "out"));
  weir::run third = p.start();
  third.cancel();
  EXPECT_THROW(third.wait(), cancelled_error);
  EXPECT_EQ(dir.entries(), 1u);
  ::close(held);
}

TEST(FileStages, AReadThatWaitsForAPipeEndsWhenNobodyWantsMore) {
  scratch_dir dir;
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
  const int held = ::open((dir / "pipe").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(held, 0);
  ASSERT_EQ(::write(held, "a\n", 2), 2);
  (read({.paths = {dir / "pipe"}}) | stages::lines() | stages::head(1) | write({.path = dir / "out"})).run();
  EXPECT_EQ(read_file(dir / "out"), "a\n");
  ::close(held);
}

TEST(FileStages, InputThatCannotBeOpenedIsFoundBeforeAnyOutputIs) {
  scratch_dir dir;
  write_file(dir / "there", "text\n");
  const auto error = [&](const std::string& second) {
    return error_of([&] { (read({.paths = {dir / "there", second}}) | write({.path = dir / "out"})).run(); });
  };
  EXPECT_EQ(error(dir / "missing"), "read: open: " + dir / "missing" + ": No such file or directory");
  EXPECT_EQ(error(dir.path().string()), "read: open: " + dir.path().string() + ": Is a directory");
  EXPECT_EQ(dir.entries(), 1u);
}

TEST(FileStages, OutputThatCannotBeOpenedIsAnErrorThatNamesIt) {
  scratch_dir dir;
  write_file(dir / "in", "text\n");
  EXPECT_EQ(error_of([&] { (read({.paths = {dir / "in"}}) | write({.path = dir / "no/out"})).run(); }),
            "write: open: " + dir / "no/out" + ": No such file or directory");
}

TEST(FileStages, CorruptInputNamesFileOffsetReasonAndWhatWasRecovered) {
  scratch_dir dir;
  const std::string text = random_lines(5, 3'000'000);
  for (const std::string tool : {"gzip", "zstd -q"}) {
    std::string packed = run_tool(tool, text);
    packed.resize(packed.size() / 2);
    write_file(dir / "cut", packed);
    const std::string error =
        error_of([&] { (read({.paths = {dir / "cut"}}) | stages::lines() | write({.path = dir / "out"})).run(); });
    const std::string format = tool.substr(0, 4);
    EXPECT_TRUE(error.starts_with("read: " + dir / "cut" + ": corrupt " + format + " data at byte " +
                                  std::to_string(packed.size()) + ": the input ends too early ("))
        << error;
    const std::size_t at = error.find(" (") + 2;
    EXPECT_GT(std::stoull(error.substr(at)), 1'000'000u) << error;
    EXPECT_TRUE(error.ends_with(" bytes recovered)")) << error;
    EXPECT_FALSE(std::filesystem::exists(dir / "out"));
  }
}

TEST(FileStages, AFullDiskIsAnErrorThatNamesTheOutput) {
  const std::string error =
      error_of([] { (text_in_pieces(random_bytes(6, 100'000)) | write({.path = "/dev/full"})).run(); });
  EXPECT_EQ(error, "write: write: /dev/full: at byte 0: No space left on device");
}

TEST(FileStages, AReaderThatHasGoneIsABrokenPipe) {
  scratch_dir dir;
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
  const int reader = ::open((dir / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  weir::run run = (text_in_pieces(random_bytes(7, 1'000'000)) | write({.path = dir / "pipe"})).start();
  ::close(reader);
  try {
    run.wait();
    ADD_FAILURE() << "no error";
  } catch (const run_error& error) { EXPECT_THROW(std::rethrow_exception(error.cause()), stages::broken_pipe); }
  std::signal(SIGPIPE, before);
}

TEST(FileStages, AnOldFileStaysWhenTheRunFails) {
  scratch_dir dir;
  write_file(dir / "out", "old");
  write_file(dir / "in", "\x1f\x8b garbage");
  EXPECT_NE(error_of([&] { (read({.paths = {dir / "in"}}) | write({.path = dir / "out"})).run(); }), "no error");
  EXPECT_EQ(read_file(dir / "out"), "old");
  EXPECT_EQ(dir.entries(), 2u);
}

TEST(FileStages, FsyncIsNoDifferenceInTheResult) {
  scratch_dir dir;
  (text_in_pieces("a\nb\n") | write({.path = dir / "out", .fsync = true})).run();
  EXPECT_EQ(read_file(dir / "out"), "a\nb\n");
}

} // namespace
} // namespace weir::test
