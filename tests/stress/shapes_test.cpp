// Short stress runs, and what stands beside a run.

#include "apps/weir/stress_attendant.hpp"
#include "apps/weir/stress_run.hpp"
#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace weir::command {
namespace {

using test::rounds;
using test::watchdog;

class StressShapes : public testing::TestWithParam<std::tuple<stress_shape, unsigned, std::size_t, bool>> {
 protected:
  [[nodiscard]] static stress_cell cell() {
    const auto& [shape, threads, capacity, delays] = GetParam();
    return {shape,
            threads,
            capacity,
            delays,
            static_cast<std::uint64_t>(testing::UnitTest::GetInstance()->random_seed()) + 1,
            rounds(capacity == 1 || delays ? 20'000 : 400'000),
            {}};
  }
};

TEST_P(StressShapes, LoseDoubleAndReorderNothing) {
  SCOPED_TRACE(to_repeat(cell()));
  const watchdog dog(to_repeat(cell()));
  const stress_result result = run_stress(cell());
  EXPECT_TRUE(result.findings.empty()) << testing::PrintToString(result.findings);
  EXPECT_EQ(result.items, cell().items);
}

std::string named(const testing::TestParamInfo<StressShapes::ParamType>& of) {
  const auto& [shape, threads, capacity, delays] = of.param;
  std::string name = to_string(shape) + "_" + std::to_string(threads) + "_threads_capacity_" + std::to_string(capacity);
  std::ranges::replace(name, '-', '_');
  return name + (delays ? "_delays" : "");
}

INSTANTIATE_TEST_SUITE_P(Cells, StressShapes,
                         testing::Combine(testing::ValuesIn(all_stress_shapes()), testing::Values(1u, 2u, 8u),
                                          testing::Values(1u, 4096u), testing::Bool()),
                         named);

TEST(StressRun, EndsAtItsTimeAndHasVerifiedWhatWasMade) {
  for (const stress_shape shape : all_stress_shapes()) {
    stress_cell cell{.shape = shape, .seed = 9, .duration = std::chrono::milliseconds(20)};
    const watchdog dog(to_repeat(cell));
    stress_result result = run_stress(cell);
    while (result.items == 0) { // On a busy machine no worker may have come to its turn in that time.
      cell.duration *= 2;
      result = run_stress(cell);
    }
    EXPECT_TRUE(result.findings.empty()) << testing::PrintToString(result.findings);
    EXPECT_GE(result.seconds, 0.02);
  }
}

TEST(StressRun, IsEndedByAnInterruptAndHasVerifiedWhatWasMade) {
  const stress_cell cell{.shape = stress_shape::tee, .seed = 9}; // without an end of its own
  const watchdog dog(to_repeat(cell));
  const stress_result result = run_stress(cell, [](run& started) { started.interrupt(); });
  EXPECT_TRUE(result.findings.empty()) << testing::PrintToString(result.findings);
}

TEST(StressRun, HasTheCapacitiesThatTheSeedDraws) {
  const auto capacities = [](std::uint64_t seed) {
    return run_stress({.shape = stress_shape::tee, .seed = seed, .items = 100}).capacities;
  };
  const std::vector<std::size_t> first = capacities(1);
  ASSERT_EQ(first.size(), 5u);
  EXPECT_EQ(capacities(1), first);
  EXPECT_NE(capacities(2), first);
  std::size_t least = first[0];
  std::size_t most = first[0];
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    for (const std::size_t each : capacities(seed)) {
      least = std::min(least, each);
      most = std::max(most, each);
    }
  }
  EXPECT_EQ(least, 1u);
  EXPECT_GT(most, 2048u);
  EXPECT_LE(most, 4096u);
}

TEST(StressAttendant, CancelsARunInWhichNothingMovesAndSaysWhatEveryStageWaitsFor) {
  const plan stuck_plan = iota(0, 10) | edge(4) | stage("stuck", test::stuck<int>{});
  run started = stuck_plan.start();
  const watchdog dog("a stuck run", started);
  test::until([&] {
    const report now = started.snapshot();
    return now.stages[0].state == reason::room && now.stages[1].state == reason::outside;
  });
  stress_attendant attendant(started, {}, std::chrono::milliseconds(20));
  EXPECT_THROW(started.wait(), cancelled_error);
  const std::string text = attendant.leave().stuck;
  EXPECT_EQ(
      text.find("no item moved for 0.02 s:\n  stage iota: room, 0 in, 4 out\n  stage stuck: outside, 0 in, 0 out"), 0u)
      << text;
}

TEST(StressAttendant, ComparesMemoryWithMinuteOneOrWithTheFirstHalf) {
  const std::vector<memory_look> looks = {{0.1, 1}, {0.2, 2}, {25.6, 3}, {51.2, 4}, {60.0, 5}};
  const auto warm = [&](double seconds) -> std::optional<std::uint64_t> {
    const auto look = warmed_up(looks, seconds);
    return look ? std::optional(look->bytes) : std::nullopt;
  };
  EXPECT_EQ(warm(0.15), std::nullopt);
  EXPECT_EQ(warm(0.3), 1u);
  EXPECT_EQ(warm(59.0), 3u);
  EXPECT_EQ(warm(61.0), 5u);
  EXPECT_EQ(warm(600.0), 5u);
}

} // namespace
} // namespace weir::command
