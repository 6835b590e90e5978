#include "apps/weir/live_line.hpp"

#include <gtest/gtest.h>

namespace weir::command {
namespace {

using std::chrono::milliseconds;

report account(std::uint64_t done, std::uint64_t total, std::uint64_t out) {
  report made;
  made.done_bytes = done;
  made.total_bytes = total;
  made.stages.resize(2);
  made.stages[0].name = "read";
  made.stages[1].name = "write";
  made.edges.push_back({"read -> write", 0, 4, "read", "write"});
  made.stages[0].bytes_out = 2 * done;
  made.stages[1].bytes_in = out;
  return made;
}

TEST(ProgressMeter, KnowsNoRateAtFirst) {
  progress_meter meter(1000);
  const progress_snapshot first = meter.read(account(500, 1000, 50), progress_meter::clock::now());
  EXPECT_EQ(first.done_bytes, 500u);
  EXPECT_EQ(first.total_bytes, 1000u);
  EXPECT_EQ(first.memory_limit_bytes, 1000u);
  EXPECT_EQ(first.in_bytes_per_second, 0);
  EXPECT_FALSE(first.eta_seconds);
}

TEST(ProgressMeter, GivesRatesAndTheTimeThatIsLeft) {
  progress_meter meter(1000);
  const auto start = progress_meter::clock::now();
  (void)meter.read(account(0, 1000, 0), start);
  const progress_snapshot then = meter.read(account(200, 1000, 20), start + milliseconds(500));
  EXPECT_DOUBLE_EQ(then.in_bytes_per_second, 400);
  EXPECT_DOUBLE_EQ(then.out_bytes_per_second, 40);
  ASSERT_TRUE(then.eta_seconds);
  EXPECT_DOUBLE_EQ(*then.eta_seconds, 2);
}

TEST(ProgressMeter, FollowsAChangeOfSpeedSmoothly) {
  progress_meter meter(1000);
  auto at = progress_meter::clock::now();
  (void)meter.read(account(0, 0, 0), at);
  (void)meter.read(account(1000, 0, 0), at += milliseconds(1000));
  const double soon = meter.read(account(1000, 0, 0), at += milliseconds(100)).in_bytes_per_second;
  EXPECT_LT(soon, 1000);
  EXPECT_GT(soon, 800);
  double later = soon;
  for (int i = 0; i < 100; ++i) later = meter.read(account(1000, 0, 0), at += milliseconds(100)).in_bytes_per_second;
  EXPECT_LT(later, 1);
}

TEST(ProgressMeter, CountsWhatLeavesASourceThatKnowsNoFile) {
  progress_meter meter(1000);
  report generated = account(0, 0, 0);
  generated.stages[0].bytes_out = 700;
  const progress_snapshot shown = meter.read(generated, progress_meter::clock::now());
  EXPECT_EQ(shown.done_bytes, 700u);
  EXPECT_FALSE(shown.total_bytes);
}

TEST(ProgressMeter, AddsUpWhatAllSourcesMadeAndWhatReachedAllSinks) {
  report branched;
  for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
           {"a", "merge"}, {"b", "merge"}, {"merge", "tee"}, {"tee", "c"}, {"tee", "d"}, {"d", "d"}}) {
    branched.edges.push_back({"edge", 0, 4, from, to});
  }
  for (const char* name : {"a", "b", "merge", "tee", "c", "d"}) branched.stages.emplace_back().name = name;
  progress_meter meter(1000);
  const auto start = progress_meter::clock::now();
  (void)meter.read(branched, start);
  branched.stages[0].bytes_out = 100;
  branched.stages[1].bytes_out = 20;
  branched.stages[2].bytes_out = branched.stages[2].bytes_in = 77;
  branched.stages[4].bytes_in = 3;
  branched.stages[5].bytes_in = 4;
  const progress_snapshot shown = meter.read(branched, start + milliseconds(1000));
  EXPECT_EQ(shown.done_bytes, 120u);
  EXPECT_DOUBLE_EQ(shown.out_bytes_per_second, 7);
}

TEST(ProgressMeter, SurvivesAFileThatGrowsWhileItIsRead) {
  progress_meter meter(1000);
  const auto start = progress_meter::clock::now();
  (void)meter.read(account(900, 1000, 0), start);
  const progress_snapshot beyond = meter.read(account(1100, 1000, 0), start + milliseconds(100));
  ASSERT_TRUE(beyond.eta_seconds);
  EXPECT_EQ(*beyond.eta_seconds, 0);
}

} // namespace
} // namespace weir::command
