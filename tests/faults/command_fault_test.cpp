// The program meets faults: its exit code, its message, and what lies in the folder afterwards. The output is absent, old
// or whole at every moment, whatever kills it.

#include "tests/command/program.hpp"
#include "tests/faults/io_faults.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <sys/wait.h>

namespace weir::command {
namespace {

using test::io_action;
using test::io_call;

const std::vector<std::string> k_words{"--quiet", "read in.gz | lines | grep -F e | gzip | write --fsync out.gz"};

// Under ThreadSanitizer a program that ends while it has threads sleeps a second first; here some hundred of them end.
[[maybe_unused]] const bool g_children_do_not_sleep = [] {
  const char* const asked = std::getenv("TSAN_OPTIONS");
  return setenv("TSAN_OPTIONS", (std::string(asked == nullptr ? "" : asked) + ":atexit_sleep_ms=0").c_str(), 1) == 0;
}();

/// A folder with the input, and what the output has to be.
class Work {
 public:
  explicit Work(std::size_t bytes, std::uint64_t seed = 11) {
    folder.write("in", random_bytes(bytes, seed));
    EXPECT_EQ(program_in(folder, "sh", {"-c", "gzip -1 in"}).code, 0);
    expected_ = shell("zcat in.gz | grep -aF e");
  }

  std::string shell(const std::string& line) const { return program_in(folder, "sh", {"-c", line}).out; }
  void begin_with(const std::string& old) const {
    std::filesystem::remove(folder / "out.gz");
    if (!old.empty()) folder.write("out.gz", old);
  }
  bool whole() const {
    if (!folder.has("out.gz")) return false;
    const std::string bytes = folder.read("out.gz");
    if (bytes == seen_whole_) return true;
    if (shell("zcat out.gz 2> /dev/null") != expected_) return false;
    seen_whole_ = bytes;
    return true;
  }
  bool as_before(const std::string& old) const {
    return old.empty() ? !folder.has("out.gz") : folder.read("out.gz") == old;
  }
  /// Everything in the folder is known: the input, perhaps the output, and temporaries that say what they are.
  std::size_t temporaries() const {
    const std::string hidden = ".out.gz.weir-"; // and six characters
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename();
      if (name == "in.gz" || name == "out.gz") continue;
      EXPECT_TRUE(name.starts_with(hidden) && name.size() == hidden.size() + 6) << name;
      std::filesystem::remove(entry.path());
      ++found;
    }
    return found;
  }
  void expect_a_clean_run() const {
    const ending got = weir_in(folder, k_words);
    EXPECT_EQ(got.code, 0) << got.err;
    EXPECT_TRUE(whole());
    EXPECT_EQ(temporaries(), 0u);
  }

  test_folder folder;

 private:
  std::string expected_;
  mutable std::string seen_whole_; ///< the last bytes that zcat approved of
};

/// Runs the program with a fault. Empty: there are fewer such calls.
std::optional<ending> run_with(const Work& work, const std::string& fault) {
  const test_folder told;
  const std::string mark = (told / "told").string();
  running_program::settings with;
  with.program = WEIR_FAULTY_PROGRAM;
  with.before_exec = [&] {
    setenv("WEIR_IO_FAULT", fault.c_str(), 1);
    setenv("WEIR_IO_FAULT_TOLD", mark.c_str(), 1);
  };
  const ending got = running_program(work.folder, k_words, with).wait();
  if (!told.has("told")) {
    EXPECT_EQ(got.code, 0) << got.err;
    return std::nullopt;
  }
  return got;
}

std::string fault_text(io_call what, int action, int n, bool no_nameless) {
  return std::string(test::k_io_calls[static_cast<std::size_t>(what)]) + " " + std::to_string(action) + " " +
         std::to_string(n) + (no_nameless ? " nameless" : "");
}

struct failing_call {
  io_call what;
  int error;
  const char* message; // how it begins; it ends with the reason
};

TEST(CommandFault, AFailingCallIsOneMessageAndExitCodeOneAndLeavesTheOldFile) {
  const Work work(300'000);
  constexpr failing_call k_calls[] = {{io_call::preadv2, EIO, "weir: read: in.gz: at byte "},
                                      {io_call::write, ENOSPC, "weir: write: out.gz: at byte "},
                                      {io_call::linkat, ENOSPC, "weir: write: link: out.gz: at byte "},
                                      {io_call::rename, EIO, "weir: write: rename: out.gz: at byte "}};
  for (const failing_call& call : k_calls) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE(fault_text(call.what, call.error, n, false));
      work.begin_with("old");
      const auto got = run_with(work, fault_text(call.what, call.error, n, false));
      if (!got) {
        EXPECT_GT(n, 1) << "no such call at all";
        break;
      }
      EXPECT_EQ(got->code, 1);
      EXPECT_TRUE(got->err.starts_with(call.message)) << got->err;
      EXPECT_TRUE(got->err.ends_with(std::string(": ") + std::strerror(call.error) + "\n")) << got->err;
      EXPECT_EQ(got->err.find('\n'), got->err.size() - 1) << got->err;
      EXPECT_TRUE(work.as_before("old"));
      EXPECT_EQ(work.temporaries(), 0u);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(CommandFault, InterruptedAndShortCallsAreNoFaults) {
  const Work work(300'000);
  for (const io_call what : {io_call::open, io_call::preadv2, io_call::write, io_call::fsync, io_call::close}) {
    const bool counts = what == io_call::preadv2 || what == io_call::write;
    for (const int action : {EINTR, counts ? static_cast<int>(test::k_short) : EINTR}) {
      for (int n = 1;; ++n) {
        SCOPED_TRACE(fault_text(what, action, n, false));
        work.begin_with("");
        const auto got = run_with(work, fault_text(what, action, n, false));
        EXPECT_TRUE(work.whole());
        EXPECT_EQ(work.temporaries(), 0u);
        if (!got || testing::Test::HasFailure()) break;
        EXPECT_EQ(got->code, 0) << got->err;
      }
    }
  }
}

TEST(CommandFault, KilledAtAnyCallTheOutputIsOldOrWhole) {
  const Work work(200'000);
  for (const int action : {test::k_kill_before, test::k_kill_after}) {
    for (const bool no_nameless : {false, true}) {
      for (int n = 1;; ++n) {
        const std::string fault =
            "any " + std::to_string(action) + " " + std::to_string(n) + (no_nameless ? " nameless" : "");
        SCOPED_TRACE(fault);
        work.begin_with(n % 2 == 0 ? "old" : "");
        const auto got = run_with(work, fault);
        if (!got) {
          EXPECT_GT(n, 5) << "there must be a few calls";
          break;
        }
        EXPECT_EQ(got->signal, SIGKILL);
        EXPECT_TRUE(work.as_before(n % 2 == 0 ? "old" : "") || work.whole());
        EXPECT_LE(work.temporaries(), 1u);
        if (testing::Test::HasFailure()) return;
      }
      work.expect_a_clean_run();
    }
  }
}

TEST(CommandFault, KilledAtRandomMomentsTheOutputIsOldOrWhole) {
  const char* const asked = std::getenv("WEIR_KILLS");
  const int kills = asked != nullptr ? std::atoi(asked) : 20;
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const Work work(3'000'000);
  const auto begun = std::chrono::steady_clock::now();
  work.expect_a_clean_run();
  const auto usual = std::chrono::steady_clock::now() - begun;
  int killed = 0;
  int whole = 0;
  for (int i = 0; i < kills; ++i) {
    const std::string old = random() % 2 == 0 ? "old" : "";
    work.begin_with(old);
    const auto moment = std::chrono::steady_clock::now() + usual * static_cast<int>(random() % 1000) / 1000;
    running_program program(work.folder, k_words);
    while (std::chrono::steady_clock::now() < moment) {}
    program.send(SIGKILL);
    const ending got = program.wait();
    killed += got.signal == SIGKILL ? 1 : 0;
    const bool is_whole = work.whole();
    whole += is_whole ? 1 : 0;
    ASSERT_TRUE(is_whole || work.as_before(old)) << "kill " << i;
    ASSERT_LE(work.temporaries(), 1u);
    if (i % 10 == 9) work.expect_a_clean_run();
  }
  std::printf("%d of %d runs killed before their end, %d outputs whole\n", killed, kills, whole);
}

// A file system with that many bytes of room, which only the program and its shell see.
TEST(CommandFault, ADiskThatIsFullAtAnyPageIsAnErrorAndLeavesNothing) {
  const test_folder folder;
  folder.write("in", random_bytes(100'000, 3));
  std::filesystem::create_directory(folder / "disk");
  const auto on_disk_of = [&](int bytes, const std::string& then) {
    const std::string mount =
        "mount -t tmpfs -o size=" + std::to_string(bytes) + " tmpfs disk 2> /dev/null || exit 99; ";
    for (const char* how : {"-m", "-rm"}) {
      ending got = program_in(folder, "unshare", {how, "sh", "-c", mount + then});
      if (got.code >= 0 && got.code < 99) return got;
    }
    return ending{};
  };
  if (on_disk_of(4096, "true").code != 0) GTEST_SKIP() << "this user may not mount a tmpfs in a namespace of its own";
  const std::string run = std::string(WEIR_PROGRAM) +
                          " -q 'read in | lines | write disk/out'; "
                          "code=$?; ls -A disk; [ ! -e disk/out ] || cmp in disk/out; exit $code";
  int full = 0;
  for (int pages = 1;; ++pages) {
    SCOPED_TRACE(std::to_string(pages) + " pages");
    const ending got = on_disk_of(pages * 4096, run);
    if (got.code == 0) {
      EXPECT_EQ(got.out, "out\n") << "whole, and alone";
      break;
    }
    ++full;
    ASSERT_EQ(got.code, 1) << got.err;
    ASSERT_TRUE(got.err.starts_with("weir: write: disk/out: at byte ") &&
                got.err.ends_with(": No space left on device\n"))
        << got.err;
    ASSERT_EQ(got.out, "") << "something was left behind";
  }
  EXPECT_GE(full, 24);
}

} // namespace
} // namespace weir::command
