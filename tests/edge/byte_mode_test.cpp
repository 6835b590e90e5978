// Marks that count bytes.

#include "tests/edge/edge_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

struct chunk {
  std::string text;
  explicit chunk(std::size_t n) : text(n, 'x') {}
};
std::uint64_t byte_size(const chunk& c) noexcept { return c.text.size(); }

using weir::outcome;
using weir::test::bench_edge;

TEST(Bytes, R4_AnEmptyEdgeTakesOneItemHoweverLarge) {
  bench_edge<chunk> e({.capacity = 8, .high = 4, .low = 0, .bytes = true});
  EXPECT_EQ(e.items.offer(chunk(5)), outcome::taken_full); // 'Hello' into a mark of 4
  EXPECT_EQ(e.items.writable_length(), 5u);
  EXPECT_EQ(e.items.offer(chunk(1)), outcome::refused);
  EXPECT_EQ(e.take()->text.size(), 5u);
  EXPECT_EQ(e.items.drains(), 1u);
  EXPECT_EQ(e.items.offer(chunk(1'000'000)), outcome::taken_full);
  EXPECT_EQ(e.take()->text.size(), 1'000'000u);
  EXPECT_EQ(e.items.writable_length(), 0u);
}

TEST(Bytes, R9_NodesOracleOfSeventeenDrains) {
  bench_edge<chunk> e({.capacity = 64, .high = 50, .low = 0, .bytes = true});
  std::uint64_t drains = 0;
  for (std::size_t size = 0; size < 50; ++size) {
    const outcome answer = e.items.offer(chunk(size));
    if (answer == outcome::taken) { continue; }
    ASSERT_EQ(answer, outcome::taken_full);
    ASSERT_GE(e.items.writable_length(), 50u);
    EXPECT_GT(e.take_all(), 0u);
    ++drains;
    ASSERT_EQ(e.items.drains(), drains);
  }
  EXPECT_EQ(drains, 17u);
}

TEST(Bytes, R91_WithoutByteModeEveryItemCountsOne) {
  bench_edge<chunk> e({.capacity = 3});
  EXPECT_EQ(e.items.offer(chunk(1'000'000)), outcome::taken);
  EXPECT_EQ(e.items.writable_length(), 1u);
  EXPECT_EQ(e.items.bytes_in(), 1'000'000u);
}

TEST(Bytes, R92_WhatWasCountedInIsCountedOutEvenIfTheItemChanged) {
  bench_edge<chunk> e({.capacity = 4, .high = 100, .low = 10, .bytes = true});
  for (int lap = 0; lap < 20; ++lap) { // the sizes are kept by slot: wrap them
    ASSERT_EQ(e.items.offer(chunk(30)), outcome::taken);
    ASSERT_EQ(e.items.offer(chunk(7)), outcome::taken);
    e.items.front()->text.resize(90'000);
    EXPECT_EQ(e.items.readable_length(), 37u);
    EXPECT_EQ(e.take()->text.size(), 90'000u);
    EXPECT_EQ(e.items.readable_length(), 7u);
    ASSERT_EQ(e.take()->text.size(), 7u);
    EXPECT_EQ(e.items.readable_length(), 0u);
  }
  EXPECT_EQ(e.items.bytes_in(), e.items.bytes_out());
}

TEST(Bytes, R93_EmptyItemsAreDeliveredAndBoundedByTheCapacity) {
  bench_edge<chunk> e({.capacity = 3, .high = 10, .low = 0, .bytes = true});
  for (int i = 0; i < 3; ++i) { EXPECT_EQ(e.items.offer(chunk(0)), outcome::taken); }
  EXPECT_FALSE(e.items.try_push(chunk(0)));
  EXPECT_EQ(e.items.writable_length(), 0u);
  EXPECT_EQ(e.take_all(), 3u);
  EXPECT_EQ(e.items.offer(chunk(0)), outcome::taken);
}

TEST(Bytes, AFullEdgeOfEmptyItemsTellsItsProducerOfRoom) {
  bench_edge<chunk> e({.capacity = 2, .high = 10, .low = 0, .bytes = true});
  while (e.items.try_push(chunk(0))) {}
  e.items.flush_out();
  ASSERT_FALSE(e.items.arm_drain());
  ASSERT_TRUE(e.take().has_value());
  e.items.signal_space(true);
  EXPECT_EQ(e.producer.calls, 1);
  EXPECT_TRUE(e.items.has_room());
}

TEST(Bytes, TheLengthExceedsTheMarkByOneItemAtMost) {
  bench_edge<chunk> e({.capacity = 1000, .high = 100, .low = 50, .bytes = true});
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::size_t size = i * 7919 % 60;
    (void)e.items.offer(chunk(size));
    ASSERT_LT(e.items.writable_length(), 100u + 60u);
    if (i % 3 == 0) { (void)e.take(); }
  }
}

} // namespace
