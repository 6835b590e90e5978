// Cursors on one thread: what is published when, and that nothing is lost between them.

#include "tests/support/tracked.hpp"

#include <weir/cursor.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>

namespace {

using weir::pop_cursor;
using weir::push_cursor;
using weir::spsc_ring;
using weir::test::tracked;

TEST(Cursor, PublishesAFullSpanAtFlushAndAtItsEnd) {
  spsc_ring<int> ring(16); // spans of four
  {
    push_cursor cursor(ring);
    for (int i = 0; i < 4; ++i) { ASSERT_TRUE(cursor.try_push(i)); }
    EXPECT_EQ(ring.size_hint(), 0u);
    ASSERT_TRUE(cursor.try_push(4)); // the fifth begins a new span
    EXPECT_EQ(ring.size_hint(), 4u);
    cursor.flush();
    EXPECT_EQ(ring.size_hint(), 5u);
    ASSERT_TRUE(cursor.try_push(5));
    EXPECT_EQ(ring.size_hint(), 5u);
  }
  EXPECT_EQ(ring.size_hint(), 6u);
}

TEST(Cursor, IsFullExactlyWhenTheRingIs) {
  for (std::size_t capacity = 1; capacity < 20; ++capacity) {
    spsc_ring<std::size_t> ring(capacity);
    push_cursor cursor(ring);
    for (std::size_t i = 0; i < capacity; ++i) { ASSERT_TRUE(cursor.try_push(i)) << capacity; }
    EXPECT_FALSE(cursor.try_push(capacity));
    EXPECT_EQ(ring.size_hint(), capacity) << "a refusal publishes what was taken";
    ASSERT_EQ(ring.try_pop(), 0u);
    EXPECT_TRUE(cursor.try_push(capacity));
    EXPECT_FALSE(cursor.try_push(capacity));
  }
}

TEST(Cursor, GivesBackAReadSpanWhenItIsUsedUpAndAtFlush) {
  spsc_ring<int> ring(16);
  for (int i = 0; i < 16; ++i) { ASSERT_TRUE(ring.try_push(int{i})); }
  pop_cursor cursor(ring);
  for (int i = 0; i < 4; ++i) { ASSERT_EQ(*cursor.next(), i); }
  EXPECT_EQ(ring.size_hint(), 16u);
  ASSERT_EQ(*cursor.next(), 4);
  EXPECT_EQ(ring.size_hint(), 12u);
  cursor.flush();
  EXPECT_EQ(ring.size_hint(), 11u);
  for (int i = 5; i < 16; ++i) { ASSERT_EQ(*cursor.next(), i); }
  EXPECT_EQ(cursor.next(), nullptr);
  EXPECT_EQ(ring.size_hint(), 0u);
}

TEST(Cursor, PassesMoveOnlyItemsInOrderAndDestroysEachOnce) {
  {
    spsc_ring<tracked> ring(7);
    push_cursor in(ring);
    pop_cursor out(ring);
    long pushed = 0;
    long popped = 0;
    for (int i = 0; i < 1000; ++i) {
      while (in.try_push(tracked(pushed))) { ++pushed; }
      for (int n = 0; n < i % 7; ++n) {
        if (tracked* const item = out.next()) { ASSERT_EQ(item->value(), popped++); }
      }
      out.flush();
    }
    EXPECT_GT(popped, 2000);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(Cursor, GivesBackAllItHandedOutWhenItFindsNothing) {
  spsc_ring<int> ring(1024); // spans of 256
  pop_cursor cursor(ring);
  for (int lap = 0; lap < 100; ++lap) {
    for (int i = 0; i < 37; ++i) { ASSERT_TRUE(ring.try_push(int{i})); }
    for (int i = 0; i < 37; ++i) { ASSERT_EQ(*cursor.next(), i); }
    EXPECT_EQ(cursor.next(), nullptr);
    EXPECT_EQ(ring.size_hint(), 0u);
    EXPECT_EQ(ring.popped(), ring.pushed());
  }
}

TEST(Cursor, LeavesTheLineThatIsBeingFilledUntilThereIsNothingElse) {
  spsc_ring<std::uint64_t> ring(64); // lines of eight, spans of sixteen
  pop_cursor cursor(ring);
  for (std::uint64_t i = 0; i < 11; ++i) { ASSERT_TRUE(ring.try_push(std::uint64_t{i})); }
  for (std::uint64_t i = 0; i < 8; ++i) { ASSERT_EQ(*cursor.next(), i); }
  EXPECT_EQ(ring.popped(), 0u);
  EXPECT_EQ(*cursor.next(), 8u) << "the rest comes with the next look";
  EXPECT_EQ(ring.popped(), 8u);
  EXPECT_EQ(*cursor.next(), 9u);
  EXPECT_EQ(*cursor.next(), 10u);
  EXPECT_EQ(cursor.next(), nullptr);
}

TEST(Cursor, TakesItemsOfAnySizeAcrossTheEndsOfLines) {
  struct odd {
    std::uint64_t parts[3];
  };
  spsc_ring<odd> ring(100);
  pop_cursor cursor(ring);
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  for (std::size_t lap = 0; lap < 1000; ++lap) {
    for (std::size_t i = 0; i < lap % 13 && ring.try_push(odd{{pushed, pushed, pushed}}); ++i) { ++pushed; }
    for (std::size_t i = 0; i < lap % 11; ++i) {
      const odd* const x = cursor.next();
      if (x == nullptr) { break; }
      ASSERT_EQ(x->parts[2], popped++);
    }
  }
  while (const odd* const x = cursor.next()) { ASSERT_EQ(x->parts[0], popped++); }
  EXPECT_EQ(popped, pushed);
}

struct picky {
  picky(int x) : value(x) { // NOLINT(google-explicit-constructor): the cursor converts
    if (x < 0) { throw std::invalid_argument("negative"); }
  }
  int value;
};

TEST(Cursor, AConstructorThatThrowsTakesNoPlace) {
  spsc_ring<picky> ring(8);
  push_cursor cursor(ring);
  ASSERT_TRUE(cursor.try_push(1));
  EXPECT_THROW((void)cursor.try_push(-1), std::invalid_argument);
  ASSERT_TRUE(cursor.try_push(2));
  cursor.flush();
  EXPECT_EQ(ring.try_pop()->value, 1);
  EXPECT_EQ(ring.try_pop()->value, 2);
  EXPECT_EQ(ring.size_hint(), 0u);
}

} // namespace
