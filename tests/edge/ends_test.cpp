// The two last words of an edge: the end, and the close.

#include "tests/edge/edge_fixture.hpp"
#include "tests/support/tracked.hpp"

#include <weir/ports.hpp>

#include <gtest/gtest.h>

namespace {

using weir::outcome;
using weir::test::bench_edge;
using weir::test::tracked;

TEST(End, R27_APushAfterTheEndIsAnsweredClosedAndLeavesTheItem) {
  bench_edge<tracked> e({.capacity = 4});
  ASSERT_EQ(e.items.offer(tracked(1)), outcome::taken);
  e.items.finish();
  tracked late(2);
  EXPECT_EQ(e.items.offer(std::move(late)), outcome::closed);
  EXPECT_FALSE(e.items.try_push(std::move(late)));
  EXPECT_EQ(late.value(), 2);
  EXPECT_EQ(e.take()->value(), 1);
  EXPECT_FALSE(e.take().has_value());
}

TEST(End, R28_IsIdempotent) {
  bench_edge<int> e({.capacity = 4});
  ASSERT_FALSE(e.items.arm_data());
  e.items.finish();
  e.items.finish();
  e.items.finish();
  EXPECT_EQ(e.consumer.calls, 1);
  EXPECT_TRUE(e.items.ended());
}

TEST(End, R29_R30_IsSeenOnceEverythingQueuedIsTaken) {
  bench_edge<int> e({.capacity = 8});
  for (int i = 0; i < 5; ++i) { ASSERT_TRUE(e.items.try_push(int{i})); } // staged, not flushed
  e.items.finish();
  for (int i = 0; i < 5; ++i) {
    ASSERT_FALSE(e.items.ended());
    ASSERT_EQ(e.take(), i);
  }
  EXPECT_TRUE(e.items.ended());
}

TEST(End, R31_OfAnEmptyEdgeReachesAConsumerThatWaits) {
  bench_edge<int> e({.capacity = 8});
  ASSERT_FALSE(e.items.arm_data());
  e.items.finish();
  EXPECT_EQ(e.consumer.calls, 1);
  EXPECT_TRUE(e.items.ended());
}

TEST(End, R107_WhoArmsAfterTheEndIsNotParked) {
  bench_edge<int> e({.capacity = 8});
  e.items.finish();
  EXPECT_TRUE(e.items.arm_data());
}

TEST(Close, R47_R61_EveryPushIntoAClosedEdgeIsAnsweredClosed) {
  bench_edge<tracked> e({.capacity = 4});
  ASSERT_EQ(e.items.offer(tracked(1)), outcome::taken);
  e.items.close();
  tracked kept(2);
  for (int i = 0; i < 10; ++i) { ASSERT_EQ(e.items.offer(std::move(kept)), outcome::closed); }
  EXPECT_EQ(kept.value(), 2);
  EXPECT_FALSE(e.items.has_room());
  EXPECT_TRUE(e.items.reserve(1).empty());
  EXPECT_TRUE(e.items.arm_drain()) << "a producer never parks at a closed edge";
}

TEST(Close, R62_WakesAProducerThatWaitsForRoom) {
  bench_edge<int> e({.capacity = 1});
  ASSERT_TRUE(e.items.try_push(1));
  e.items.flush_out();
  ASSERT_FALSE(e.items.arm_drain());
  e.items.close();
  EXPECT_EQ(e.producer.calls, 1);
}

TEST(Close, R49_WhatIsQueuedIsDestroyedOnce) {
  {
    bench_edge<tracked> e({.capacity = 8});
    for (int i = 0; i < 3; ++i) { ASSERT_EQ(e.items.offer(tracked(i)), outcome::taken); }
    ASSERT_TRUE(e.items.try_push(tracked(3))); // staged only
    ASSERT_TRUE(e.take().has_value());
    ASSERT_NE(e.items.front(), nullptr);
    e.items.close();
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(Ports, SpansOfAnOutletArriveAtTheInlet) {
  bench_edge<int> e({.capacity = 6});
  weir::outlet<int> out(e.items);
  weir::inlet<int> in(e.items);
  int sent = 0;
  int got = 0;
  for (int lap = 0; lap < 50; ++lap) {
    const std::span<int> room = out.reserve(4);
    for (int& slot : room) { std::construct_at(&slot, sent++); }
    out.commit(room.size());
    for (const std::span<int> span = in.peek(); const int x : span) { ASSERT_EQ(x, got++); }
    in.release(static_cast<std::size_t>(got - (sent - static_cast<int>(out.writable_length()))));
  }
  EXPECT_EQ(sent, got);
  EXPECT_GT(sent, 100);
}

} // namespace
