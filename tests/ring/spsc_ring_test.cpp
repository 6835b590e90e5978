// The ring on one thread: capacity, wrap, spans, lengths, layout.

#include <weir/spsc_ring.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using weir::spsc_ring;

class RingOfCapacity : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(OneToNineAndAThousand, RingOfCapacity, testing::Values(1, 2, 3, 4, 5, 6, 7, 8, 9, 1000));

TEST_P(RingOfCapacity, TakesExactlyThatMany) {
  spsc_ring<int> ring(GetParam());
  EXPECT_EQ(ring.capacity(), GetParam());
  for (std::size_t lap = 0; lap < 5; ++lap) { // other laps begin elsewhere in the storage
    for (std::size_t i = 0; i < GetParam(); ++i) { ASSERT_TRUE(ring.try_push(static_cast<int>(i))); }
    EXPECT_FALSE(ring.try_push(-1));
    EXPECT_EQ(ring.room(), 0u);
    EXPECT_EQ(ring.size_hint(), GetParam());
    for (std::size_t i = 0; i < GetParam(); ++i) { ASSERT_EQ(ring.try_pop(), static_cast<int>(i)); }
    EXPECT_EQ(ring.try_pop(), std::nullopt);
    EXPECT_EQ(ring.available(), 0u);
    ASSERT_TRUE(ring.try_push(7));
    ASSERT_EQ(ring.try_pop(), 7);
  }
}

TEST_P(RingOfCapacity, KeepsOrderOverManyWraps) {
  spsc_ring<unsigned> ring(GetParam());
  unsigned pushed = 0;
  unsigned popped = 0;
  for (unsigned i = 0; popped < 10'000; ++i) {
    const unsigned burst = 1 + i * 7 % static_cast<unsigned>(GetParam());
    for (unsigned n = 0; n < burst && ring.try_push(unsigned{pushed}); ++n) { ++pushed; }
    for (unsigned n = 0; n < burst - burst / 3; ++n) {
      if (auto x = ring.try_pop()) { ASSERT_EQ(*x, popped++); }
    }
  }
  EXPECT_EQ(ring.pushed(), pushed);
  EXPECT_EQ(ring.popped(), popped);
}

TEST_P(RingOfCapacity, SpansAreContiguousAndMeetAtTheWrap) {
  const std::size_t capacity = GetParam();
  spsc_ring<int> ring(capacity);
  int next_in = 0;
  int next_out = 0;
  for (int lap = 0; lap < 40; ++lap) {
    for (std::size_t left = capacity; left > 0;) { // at most two spans hold it all
      const std::span<int> span = ring.reserve(left);
      ASSERT_FALSE(span.empty());
      ASSERT_LE(span.size(), left);
      for (int& slot : span) { std::construct_at(&slot, next_in++); }
      ring.commit(span.size());
      left -= span.size();
    }
    EXPECT_TRUE(ring.reserve(1).empty());
    const std::size_t part = lap % 2 == 0 ? capacity : 1; // odd laps shift the beginning by one slot
    for (std::size_t left = part; left > 0;) {
      const std::span<int> span = ring.peek(left);
      ASSERT_FALSE(span.empty());
      for (const int x : span) { ASSERT_EQ(x, next_out++); }
      ring.release(span.size());
      left -= span.size();
    }
    while (auto x = ring.try_pop()) { ASSERT_EQ(*x, next_out++); }
    ASSERT_TRUE(ring.try_push(int{next_in++}));
    ASSERT_EQ(ring.try_pop(), next_out++);
  }
  EXPECT_EQ(next_in, next_out);
}

TEST(Ring, AReservationMayBeCommittedInPart) {
  spsc_ring<std::string> ring(8);
  const std::span<std::string> span = ring.reserve(8);
  ASSERT_EQ(span.size(), 8u);
  std::construct_at(span.data(), "one");
  std::construct_at(span.data() + 1, "two");
  ring.commit(2);
  EXPECT_EQ(ring.size_hint(), 2u);
  EXPECT_EQ(ring.room(), 6u);
  EXPECT_EQ(ring.try_pop(), "one");
  EXPECT_EQ(ring.try_pop(), "two");
  EXPECT_EQ(ring.try_pop(), std::nullopt);
}

TEST(Ring, APeekMayBeReleasedInPart) {
  spsc_ring<std::string> ring(4);
  for (const char* text : {"a", "b", "c"}) { ASSERT_TRUE(ring.try_push(text)); }
  ASSERT_EQ(ring.peek(4).size(), 3u);
  ring.release(1);
  const std::span<std::string> left = ring.peek(4);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_EQ(left[0], "b");
  EXPECT_EQ(left[1], "c");
}

TEST(Ring, SpansOfNothingAreEmptyAndHarmless) {
  spsc_ring<int> ring(2);
  EXPECT_TRUE(ring.reserve(0).empty());
  EXPECT_TRUE(ring.peek(0).empty());
  EXPECT_TRUE(ring.peek(5).empty());
  ring.commit(0);
  ring.release(0);
  EXPECT_EQ(ring.size_hint(), 0u);
  EXPECT_EQ(ring.reserve(5).size(), 2u);
}

TEST(Ring, RefusesACapacityItCannotHave) {
  EXPECT_THROW(spsc_ring<int>(0), std::invalid_argument);
  EXPECT_THROW(spsc_ring<int>(~std::size_t{0}), std::invalid_argument);
  EXPECT_THROW(spsc_ring<int>(std::size_t{1} << 62), std::invalid_argument);
}

TEST(Ring, R111_TheProducersSizeIsNeverTooLowAndTheConsumersNeverTooHigh) {
  spsc_ring<int> ring(4);
  ASSERT_TRUE(ring.try_push(1));
  ASSERT_TRUE(ring.try_push(2));
  EXPECT_EQ(ring.available(), 2u);
  EXPECT_EQ(ring.room(), 2u);
  ASSERT_TRUE(ring.try_pop().has_value());
  EXPECT_EQ(ring.size_after_flag(), 1u);
  EXPECT_EQ(ring.size_hint(), 1u);
}

TEST(Ring, GrewAfterFlagTellsOnlyOfNews) {
  spsc_ring<int> ring(4);
  EXPECT_FALSE(ring.grew_after_flag());
  ASSERT_TRUE(ring.try_push(1));
  EXPECT_TRUE(ring.grew_after_flag());
  EXPECT_FALSE(ring.grew_after_flag());
  ASSERT_EQ(ring.try_pop(), 1);
  EXPECT_FALSE(ring.grew_after_flag());
}

TEST(Ring, AtHandIsWhatTheLastLookSaw) {
  spsc_ring<int> ring(8);
  ASSERT_TRUE(ring.try_push(1));
  EXPECT_EQ(ring.at_hand(), 0u);
  EXPECT_EQ(ring.peek(1).size(), 1u);
  ASSERT_TRUE(ring.try_push(2));
  EXPECT_EQ(ring.at_hand(), 1u);
  EXPECT_EQ(ring.available(), 2u);
  EXPECT_EQ(ring.at_hand(), 2u);
  ring.release(2);
  ring.linger();
  EXPECT_EQ(ring.at_hand(), 0u);
}

TEST(Ring, RepublishingAnIndexChangesNothing) {
  spsc_ring<int> ring(2);
  ASSERT_TRUE(ring.try_push(1));
  ring.republish_tail();
  ring.republish_head();
  EXPECT_EQ(ring.size_hint(), 1u);
  EXPECT_EQ(ring.try_pop(), 1);
}

TEST(Ring, SidesNeverShareALine) {
  static_assert(alignof(spsc_ring<char>) >= 2 * weir::k_cache_line);
  static_assert(sizeof(spsc_ring<char>) == sizeof(spsc_ring<std::string>));
  static_assert(spsc_ring<std::uint64_t>::storage_bytes(1000) == 1024 * 8);
  static_assert(spsc_ring<std::uint64_t>::storage_bytes(1) == 8);
  static_assert(weir::ring_item<std::unique_ptr<int>> && !weir::ring_item<void> && !weir::ring_item<int&>);
  struct throwing_move {
    throwing_move(throwing_move&&) {}
  };
  static_assert(!weir::ring_item<throwing_move>);
  struct alignas(256) wide {
    int x;
  };
  spsc_ring<wide> ring(3);
  const std::span<wide> span = ring.reserve(3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(span.data()) % 256, 0u);
}

} // namespace
