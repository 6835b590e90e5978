#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

#include "stages/file/output_file.hpp"
#include "stages/file/temporaries.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;
using waiting = output_file::waiting;

TEST(Temporaries, AreRemovedBySweepingUnlessForgotten) {
  scratch_dir dir;
  named_temporary swept(dir / "swept");
  named_temporary kept(dir / "kept");
  write_file(swept.path(), "x");
  write_file(kept.path(), "x");
  kept.forget();
  unlink_temporaries();
  EXPECT_FALSE(std::filesystem::exists(dir / "swept"));
  EXPECT_TRUE(std::filesystem::exists(dir / "kept"));
}

TEST(Temporaries, CoverAHiddenOutputUntilItHasItsFinalName) {
  scratch_dir dir;
  output_file unfinished(dir / "a", waiting::hidden);
  {
    output_file finished(dir / "b", waiting::hidden);
    finished.write(bytes_of("x"));
    finished.commit(false);
  }
  EXPECT_EQ(dir.entries(), 2U);
  unlink_temporaries();
  EXPECT_EQ(dir.entries(), 1U);
  EXPECT_EQ(read_file(dir / "b"), "x");
}

TEST(Temporaries, AreSweptInASignalHandler) {
  scratch_dir dir;
  EXPECT_EXIT(
      {
        std::signal(SIGTERM, [](int) {
          unlink_temporaries();
          _exit(7);
        });
        output_file unfinished(dir / "a", waiting::hidden);
        std::raise(SIGTERM);
      },
      testing::ExitedWithCode(7), "");
  EXPECT_EQ(dir.entries(), 0U);
}

TEST(Temporaries, AreRegisteredFromManyThreadsAtOnce) {
  scratch_dir dir;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        named_temporary a(dir / (std::to_string(t) + "a"));
        named_temporary b(dir / (std::to_string(t) + "b"));
        write_file(a.path(), "x");
        write_file(b.path(), "x");
        b.forget();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(dir.entries(), 4U) << "every a is gone, every b is there";
}

} // namespace
} // namespace weir::stages
