// How often an engine looks after long turns.

#include "engine/heartbeat.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace weir::detail {
namespace {

using namespace std::chrono_literals;

TEST(BeatPace, SlowsDownWhileNoTurnIsLongAndNoFurtherThanFourPeriods) {
  beat_pace pace;
  EXPECT_EQ(pace.next(true, 1h), 40ms);
  EXPECT_EQ(pace.next(true, 1h), 80ms);
  EXPECT_EQ(pace.next(true, 1h), 80ms);
  EXPECT_EQ(pace.next(false, 1h), 20ms) << "a turn is long";
  EXPECT_EQ(pace.next(true, 1h), 40ms);
}

// A turn that lasts for the watch's time and a beat longer is seen by a beat that finds it too long.
TEST(BeatPace, NeverLeavesOutATimeThatTheWatchOnSlowTurnsAsksFor) {
  beat_pace pace;
  for (int beats = 0; beats < 8; ++beats) { EXPECT_LE(pace.next(true, 50ms), 50ms); }
  EXPECT_EQ(pace.next(true, 50ms), 50ms);
  EXPECT_EQ(pace.next(true, 1ms), 20ms) << "the timer's thread has other work too";
}

} // namespace
} // namespace weir::detail
