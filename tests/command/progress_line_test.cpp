#include "apps/weir/progress_line.hpp"

#include "apps/weir/utf8.hpp"

#include <gtest/gtest.h>

#include <random>

namespace weir::command {
namespace {

constexpr std::uint64_t k_mib = 1 << 20;

progress_snapshot half_way() {
  progress_snapshot at;
  at.done_bytes = 312 * k_mib;
  at.total_bytes = 740 * k_mib;
  at.in_bytes_per_second = 512.0 * k_mib;
  at.out_bytes_per_second = 31.5 * k_mib;
  at.memory_used_bytes = 34 * k_mib;
  at.memory_limit_bytes = 256 * k_mib;
  at.bottleneck = "gzip";
  at.elapsed_seconds = 4;
  at.eta_seconds = 12;
  return at;
}

TEST(ProgressLine, ShowsEverythingWhereThereIsRoom) {
  EXPECT_EQ(progress_line(half_way(), 160),
            " 42%  [===========>                ]   312 MiB of 740 MiB  in  512 MiB/s  out 31.5 MiB/s  "
            "mem 34.0 MiB/256M  slow gzip  eta 12.0 s");
}

TEST(ProgressLine, LeavesOutTheLeastFirst) {
  EXPECT_EQ(progress_line(half_way(), 120),
            " 42%  [=======>          ]   312 MiB of 740 MiB  in  512 MiB/s  out 31.5 MiB/s  "
            "mem 34.0 MiB/256M  slow gzip  eta 12.0 s");
  EXPECT_EQ(progress_line(half_way(), 79),
            " 42%  in  512 MiB/s  out 31.5 MiB/s  mem 34.0 MiB/256M  slow gzip  eta 12.0 s");
  EXPECT_EQ(progress_line(half_way(), 60), " 42%  in  512 MiB/s  out 31.5 MiB/s  slow gzip  eta 12.0 s");
  EXPECT_EQ(progress_line(half_way(), 50), " 42%  in  512 MiB/s  out 31.5 MiB/s  eta 12.0 s");
  EXPECT_EQ(progress_line(half_way(), 20), " 42%  in  512 MiB/s");
  EXPECT_EQ(progress_line(half_way(), 4), " 42%");
  EXPECT_EQ(progress_line(half_way(), 3), "");
  EXPECT_EQ(progress_line(half_way(), 0), "");
}

TEST(ProgressLine, ShowsWhatIsDoneAndForHowLongWhereTheTotalIsUnknown) {
  progress_snapshot at = half_way();
  at.total_bytes.reset();
  at.eta_seconds.reset();
  EXPECT_EQ(progress_line(at, 100), " 312 MiB  in  512 MiB/s  out 31.5 MiB/s  mem 34.0 MiB/256M  slow gzip  4.00 s");
}

TEST(ProgressLine, SaysThatTheRunIsStopping) {
  progress_snapshot at = half_way();
  at.stopping = true;
  EXPECT_EQ(progress_line(at, 60), "stopping   42%  in  512 MiB/s  out 31.5 MiB/s  eta 12.0 s");
}

TEST(ProgressLine, IsFullAtTheEndAndNeverMore) {
  progress_snapshot at = half_way();
  at.bottleneck.clear();
  at.done_bytes = 900 * k_mib;
  EXPECT_EQ(progress_line(at, 60), "100%  [=========]  in  512 MiB/s  out 31.5 MiB/s  eta 12.0 s");
  at.done_bytes = 0;
  EXPECT_EQ(progress_line(at, 60), "  0%  [         ]  in  512 MiB/s  out 31.5 MiB/s  eta 12.0 s");
  at.total_bytes = 0;
  EXPECT_EQ(progress_line(at, 4), "100%") << "an empty input is done at once";
}

TEST(ProgressLine, DoesNotSayAHundredPercentBeforeTheEnd) {
  progress_snapshot at = half_way();
  at.done_bytes = 740 * k_mib - 1;
  EXPECT_EQ(progress_line(at, 4), " 99%");
}

TEST(ProgressLine, CutsAStagesNameAndShowsNoControlCharacters) {
  progress_snapshot at = half_way();
  at.bottleneck = "\x1b[31mred\xFF"
                  "a-very-long-name";
  EXPECT_NE(progress_line(at, 200).find("slow ?[31mred?a-v  eta"), std::string::npos) << progress_line(at, 200);
}

TEST(ProgressLine, FitsEveryWidth) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 300; ++round) {
    progress_snapshot at = half_way();
    at.done_bytes = random() >> (random() % 64);
    if (random() % 4 == 0) at.total_bytes.reset();
    at.in_bytes_per_second = static_cast<double>(random() >> (random() % 64));
    at.eta_seconds = static_cast<double>(random() % 1000000);
    at.stopping = random() % 2 == 0;
    for (std::size_t width = 0; width < 170; ++width) {
      const std::string line = progress_line(at, width);
      ASSERT_LE(character_count(line), width) << line;
      ASSERT_EQ(line.find_first_of("\n\r\t\x1b"), std::string::npos);
    }
  }
}

TEST(ProgressLine, KeepsItsFieldsInPlaceWhileNumbersChange) {
  progress_snapshot at = half_way();
  const std::size_t place = progress_line(at, 100).find("  slow ");
  std::mt19937_64 random(13);
  for (int round = 0; round < 300; ++round) {
    at.done_bytes = random() % *at.total_bytes;
    at.in_bytes_per_second = static_cast<double>(random() % (std::uint64_t{1} << 34));
    at.memory_used_bytes = random() % (256 * k_mib);
    ASSERT_EQ(progress_line(at, 100).find("  slow "), place);
  }
}

} // namespace
} // namespace weir::command
