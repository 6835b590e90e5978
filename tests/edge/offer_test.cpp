// The four outcomes of a push, the drain flag, and the marks.

#include "tests/edge/edge_fixture.hpp"
#include "tests/support/tracked.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using weir::edge_options;
using weir::outcome;
using weir::test::bench_edge;
using weir::test::tracked;

TEST(Offer, R2_PressureIsJudgedAfterTheItemIsIn) {
  bench_edge<int> e({.capacity = 10, .high = 3});
  EXPECT_EQ(e.items.offer(1), outcome::taken);
  EXPECT_EQ(e.items.offer(2), outcome::taken);
  EXPECT_EQ(e.items.offer(3), outcome::taken_full);
  EXPECT_EQ(e.items.offer(4), outcome::taken_full); // the band between mark and capacity
  EXPECT_EQ(e.items.writable_length(), 4u);
}

TEST(Offer, R3_AMarkOfOneReportsPressureAtTheFirstItem) {
  bench_edge<int> e({.capacity = 4, .high = 1});
  EXPECT_EQ(e.items.offer(1), outcome::taken_full);
  EXPECT_TRUE(e.items.need_drain());
}

TEST(Offer, R3_AMarkOfZeroTakesInLockStep) {
  bench_edge<int> e({.capacity = 1, .high = 0});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(e.items.offer(int{i}), outcome::taken_full);
    EXPECT_EQ(e.items.offer(99), outcome::refused);
    EXPECT_EQ(e.take(), i);
    EXPECT_FALSE(e.items.need_drain());
  }
  EXPECT_EQ(e.items.drains(), 5u);
}

TEST(Offer, AtAMarkEqualToTheCapacityTheLastPlaceReportsPressureAndTheNextPushIsRefused) {
  for (std::size_t capacity = 1; capacity < 20; ++capacity) {
    bench_edge<int> e({.capacity = capacity});
    for (std::size_t i = 1; i < capacity; ++i) { ASSERT_EQ(e.items.offer(0), outcome::taken) << capacity; }
    EXPECT_EQ(e.items.offer(0), outcome::taken_full);
    EXPECT_EQ(e.items.offer(0), outcome::refused);
    EXPECT_EQ(e.items.writable_length(), capacity);
  }
}

TEST(Offer, R1_R13_RefusedPushesChangeNothing) {
  bench_edge<tracked> e({.capacity = 2});
  ASSERT_EQ(e.items.offer(tracked(1)), outcome::taken);
  ASSERT_EQ(e.items.offer(tracked(2)), outcome::taken_full);
  tracked kept(3);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(e.items.offer(std::move(kept)), outcome::refused);
    ASSERT_FALSE(e.items.try_push(std::move(kept)));
    ASSERT_EQ(kept.value(), 3);
  }
  EXPECT_EQ(e.items.writable_length(), 2u);
  EXPECT_EQ(e.take()->value(), 1);
  EXPECT_EQ(e.items.offer(std::move(kept)), outcome::taken_full);
  EXPECT_EQ(e.take()->value(), 2);
  EXPECT_EQ(e.take()->value(), 3);
}

TEST(Drain, R5_BelowTheMarkNothingIsRaisedAndNothingSignalled) {
  bench_edge<int> e({.capacity = 8, .high = 5});
  for (int lap = 0; lap < 10; ++lap) {
    for (int i = 0; i < 4; ++i) {
      ASSERT_EQ(e.items.offer(int{i}), outcome::taken);
      ASSERT_FALSE(e.items.need_drain());
    }
    EXPECT_EQ(e.take_all(), 4u);
  }
  EXPECT_EQ(e.items.drains(), 0u);
  EXPECT_EQ(e.producer.calls, 0);
}

TEST(Drain, R6_OneDrainAnEpisodeHoweverManyPushesReportedPressure) {
  bench_edge<int> e({.capacity = 5, .high = 3, .low = 0});
  for (int episode = 1; episode <= 4; ++episode) {
    EXPECT_EQ(e.items.offer(1), outcome::taken);
    EXPECT_EQ(e.items.offer(2), outcome::taken);
    for (int i = 0; i < 3; ++i) { EXPECT_EQ(e.items.offer(3), outcome::taken_full); }
    for (int i = 0; i < 3; ++i) { EXPECT_EQ(e.items.offer(4), outcome::refused); }
    EXPECT_TRUE(e.items.need_drain());
    EXPECT_EQ(e.take_all(), 5u);
    EXPECT_EQ(e.items.drains(), static_cast<std::uint64_t>(episode));
    EXPECT_EQ(e.producer.calls, episode);
    EXPECT_FALSE(e.items.need_drain());
  }
}

TEST(Drain, R7_R8_ComesAtTheLowWaterMarkAndNotBefore) {
  for (std::size_t low = 0; low < 8; ++low) {
    bench_edge<int> e({.capacity = 8, .high = 8, .low = low});
    while (e.items.offer(0) == outcome::taken) {}
    for (std::size_t left = 8; left > low; --left) {
      ASSERT_TRUE(e.items.need_drain()) << left << " left, mark at " << low;
      ASSERT_EQ(e.producer.calls, 0);
      ASSERT_TRUE(e.take().has_value());
    }
    EXPECT_FALSE(e.items.need_drain());
    EXPECT_EQ(e.producer.calls, 1);
    EXPECT_TRUE(e.items.drained());
  }
}

TEST(Drain, R8_TheMarksDecideHowOftenTheProducerIsWoken) {
  const auto wakes = [](std::size_t low) {
    bench_edge<int> e({.capacity = 64, .high = 64, .low = low});
    for (int pushed = 0; pushed < 6400;) {
      while (pushed < 6400 && e.items.try_push(int{pushed})) { ++pushed; }
      e.items.flush_out();
      if (pushed < 6400 && !e.items.arm_drain()) {
        for (const int calls = e.producer.calls; e.producer.calls == calls;) { (void)e.take(); }
      }
    }
    return e.producer.calls;
  };
  EXPECT_EQ(wakes(0), 99);
  EXPECT_GT(wakes(63), 6000);
}

TEST(Drain, AConsumerThatParksTellsAParkedProducerOfAnyRoom) {
  bench_edge<int> e({.capacity = 8, .high = 8, .low = 0});
  while (e.items.try_push(0)) {}
  e.items.flush_out();
  ASSERT_FALSE(e.items.arm_drain());
  ASSERT_TRUE(e.take().has_value());
  EXPECT_EQ(e.producer.calls, 0) << "while it runs it may wait for the mark";
  e.items.signal_space(true);
  EXPECT_EQ(e.producer.calls, 1);
}

TEST(Drain, R107_ARoomThatCameBeforeTheFlagLetsTheProducerGoOn) {
  bench_edge<int> e({.capacity = 2, .low = 0});
  while (e.items.try_push(0)) {}
  e.items.flush_out();
  ASSERT_EQ(e.take_all(), 2u); // passes the mark before anybody has raised the flag
  EXPECT_TRUE(e.items.arm_drain());
  EXPECT_FALSE(e.items.need_drain());
  EXPECT_EQ(e.items.offer(1), outcome::taken);
}

TEST(Drain, R12_NeedDrainIsFalseOnceTheEdgeHasEndedOrClosed) {
  bench_edge<int> ended({.capacity = 1});
  ASSERT_EQ(ended.items.offer(1), outcome::taken_full);
  ASSERT_TRUE(ended.items.need_drain());
  ended.items.finish();
  EXPECT_FALSE(ended.items.need_drain());
  bench_edge<int> closed({.capacity = 1});
  ASSERT_EQ(closed.items.offer(1), outcome::taken_full);
  closed.items.close();
  EXPECT_FALSE(closed.items.need_drain());
}

TEST(Marks, R94_AreCheckedBeforeAnEdgeIsMade) {
  const auto resolve = [](edge_options o) { return o.resolved(16); };
  EXPECT_THROW(resolve({.capacity = 0}), std::invalid_argument);
  EXPECT_THROW(resolve({.capacity = 4, .high_water = 5}), std::invalid_argument);
  EXPECT_THROW(resolve({.capacity = 4, .high_water = 3, .low_water = 3}), std::invalid_argument);
  EXPECT_THROW(resolve({.capacity = 4, .high_water = 3, .low_water = 4}), std::invalid_argument);
  EXPECT_THROW(resolve({.capacity = 4, .in_bytes = true}), std::invalid_argument);
  EXPECT_NO_THROW(resolve({.capacity = 4, .high_water = std::size_t{1} << 40, .in_bytes = true}));
  const edge_options defaults = resolve({});
  EXPECT_EQ(defaults.capacity, 16u);
  EXPECT_EQ(defaults.high_water, 16u);
  EXPECT_EQ(defaults.low_water, 12u);
  for (std::size_t high = 0; high <= 4; ++high) {
    const edge_options o = resolve({.capacity = 4, .high_water = high});
    EXPECT_TRUE(o.low_water < high || high == 0) << high;
  }
}

} // namespace
