// Every call on a file fails once: with an error the run says which stage, file and place it was, and the output is
// absent or whole; an interruption or a short count is no error at all.

#include "tests/faults/io_faults.hpp"

#include "stages/stages.hpp"
#include "tests/stages/support.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <string>

namespace weir::test {
namespace {

const run_options k_small_blocks{.memory = 64u << 20, .block_size = 8192};

struct io_case {
  io_call what;
  int action;
  bool harmless; ///< the run succeeds with the right result
};

std::string name_of(const io_case& c) {
  const std::string action = c.action == k_short ? "Short" : strerrorname_np(c.action);
  return std::string(k_io_calls[static_cast<std::size_t>(c.what)]) + action;
}

/// For GoogleTest, whose names of tests would show its bytes.
void PrintTo(const io_case& c, std::ostream* to) { *to << name_of(c); }

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

class FileFault : public testing::TestWithParam<io_case> {
 protected:
  void SetUp() override {
    text_ = random_lines(5, 30'000);
    text_ += '\n';
    write_file(dir_ / "in", run_tool("gzip", text_));
    expected_ = run_tool("grep -aF e", text_);
  }

  /// Runs it with the n-th call failing. False: there were fewer calls.
  bool fail_at(std::uint64_t n, bool no_nameless, const std::string& old, engine& where) {
    if (!old.empty()) { write_file(dir_ / "out.gz", old); }
    const std::size_t descriptors = open_descriptors();
    const plan p = stages::read({.paths = {dir_ / "in"}}) | stages::lines() |
                   stages::grep({.pattern = "e", .fixed = true}) | stages::gzip() |
                   stages::write({.path = dir_ / "out.gz", .fsync = true});
    std::string error;
    arm_io({.what = GetParam().what, .action = GetParam().action, .at = n, .no_nameless = no_nameless});
    try {
      p.run(k_small_blocks, where);
    } catch (const std::exception& e) { error = e.what(); }
    const bool happened = disarm_io();
    EXPECT_EQ(open_descriptors(), descriptors);
    judge(error, happened, old);
    std::filesystem::remove(dir_ / "out.gz");
    EXPECT_EQ(dir_.entries(), 1u) << "something was left behind";
    return happened;
  }

  void judge(const std::string& error, bool happened, const std::string& old) {
    const std::string& out = dir_ / "out.gz";
    const std::string left = std::filesystem::exists(out) ? read_file(out) : "";
    const bool whole = !left.empty() && left != old && is_whole(left);
    EXPECT_TRUE(whole || left == old) << "a part of the output under its final name";
    if (error.empty()) {
      EXPECT_TRUE(whole);
      return;
    }
    EXPECT_TRUE(happened && !GetParam().harmless) << error;
    EXPECT_TRUE(error.starts_with("read: ") || error.starts_with("write: ")) << error;
    EXPECT_TRUE(error.find(dir_ / "in") != std::string::npos || error.find(out) != std::string::npos) << error;
    EXPECT_TRUE(error.ends_with(std::string(": ") + std::strerror(GetParam().action))) << error;
    if (GetParam().what == io_call::write || GetParam().what == io_call::preadv2) {
      EXPECT_NE(error.find(": at byte "), std::string::npos) << error;
    }
  }

  bool is_whole(const std::string& packed) {
    if (packed != seen_whole_ && run_tool("zcat", packed) == expected_) { seen_whole_ = packed; }
    return packed == seen_whole_;
  }

  scratch_dir dir_;
  std::string text_;
  std::string expected_;
  std::string seen_whole_; ///< the last bytes that zcat approved of
};

TEST_P(FileFault, AtEveryCall) {
  engine where(2);
  std::uint64_t errors = 0;
  for (const bool no_nameless : {false, true}) {
    for (const std::string old : {"", "old"}) {
      std::uint64_t n = 1;
      for (;; ++n) {
        const std::string which =
            name_of(GetParam()) + " at call " + std::to_string(n) + (no_nameless ? ", no nameless files" : "");
        const watchdog dog(which);
        SCOPED_TRACE(which);
        if (!fail_at(n, no_nameless, old, where) || HasFailure()) { break; }
      }
      errors += n - 1;
    }
  }
  std::printf("%s: %llu calls failed\n", name_of(GetParam()).c_str(), static_cast<unsigned long long>(errors));
}

constexpr io_case k_cases[] = {
    {io_call::open, EIO, false},      {io_call::open, ENOSPC, false},       {io_call::open, EMFILE, false},
    {io_call::open, EINTR, true},     {io_call::read, EIO, false},          {io_call::read, EINTR, true},
    {io_call::read, k_short, true},   {io_call::preadv2, EIO, false},       {io_call::preadv2, EINTR, true},
    {io_call::preadv2, EAGAIN, true}, {io_call::preadv2, EOPNOTSUPP, true}, {io_call::preadv2, k_short, true},
    {io_call::write, ENOSPC, false},  {io_call::write, EIO, false},         {io_call::write, EDQUOT, false},
    {io_call::write, EINTR, true},    {io_call::write, k_short, true},      {io_call::fsync, EIO, false},
    {io_call::fsync, EINTR, true},    {io_call::close, EIO, false},         {io_call::close, EINTR, true},
    {io_call::linkat, ENOSPC, false}, {io_call::rename, ENOSPC, false},     {io_call::rename, EIO, false},
    {io_call::fstat, EIO, false},
};
INSTANTIATE_TEST_SUITE_P(Calls, FileFault, testing::ValuesIn(k_cases),
                         [](const auto& of) { return name_of(of.param); });

} // namespace
} // namespace weir::test
