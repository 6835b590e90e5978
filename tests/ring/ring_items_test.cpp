// What may travel: move-only types, types that throw while they are made, bytes of every size; and that each
// object is destroyed once.

#include "tests/support/tracked.hpp"

#include <weir/spsc_ring.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>

namespace {

using weir::spsc_ring;
using weir::test::tracked;

TEST(RingItems, R1_ARefusedItemIsNotMovedFrom) {
  spsc_ring<tracked> ring(1);
  ASSERT_TRUE(ring.try_push(tracked(1)));
  tracked kept(2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(ring.try_push(std::move(kept)));
    ASSERT_EQ(kept.value(), 2);
  }
  EXPECT_EQ(ring.try_pop()->value(), 1);
  EXPECT_TRUE(ring.try_push(std::move(kept)));
  EXPECT_TRUE(kept.moved_from());
}

TEST(RingItems, EveryObjectIsDestroyedOnce) {
  ASSERT_EQ(tracked::living, 0);
  {
    spsc_ring<tracked> ring(5);
    for (int lap = 0; lap < 7; ++lap) {
      while (ring.try_emplace(lap)) {}
      EXPECT_EQ(tracked::living, 5);
      ASSERT_TRUE(ring.try_pop().has_value());
      EXPECT_EQ(tracked::living, 4);
      ring.release(ring.peek(2).size());
      EXPECT_LE(tracked::living, 3);
    }
    EXPECT_GT(tracked::living, 0);
  } // what is left goes with the ring, on both sides of the wrap
  EXPECT_EQ(tracked::living, 0);
}

TEST(RingItems, UniquePointersGoThrough) {
  spsc_ring<std::unique_ptr<int>> ring(2);
  ASSERT_TRUE(ring.try_push(std::make_unique<int>(5)));
  const auto popped = ring.try_pop();
  ASSERT_TRUE(popped.has_value());
  EXPECT_EQ(**popped, 5);
}

struct picky {
  explicit picky(int x) : value(x) {
    if (x < 0) { throw std::invalid_argument("negative"); }
  }
  int value;
};

TEST(RingItems, AConstructorThatThrowsLeavesTheRingAsItWas) {
  spsc_ring<picky> ring(2);
  ASSERT_TRUE(ring.try_emplace(1));
  EXPECT_THROW((void)ring.try_emplace(-1), std::invalid_argument);
  EXPECT_EQ(ring.size_hint(), 1u);
  ASSERT_TRUE(ring.try_emplace(2));
  EXPECT_FALSE(ring.try_emplace(-1)); // full: nothing is constructed at all
  EXPECT_EQ(ring.try_pop()->value, 1);
  EXPECT_EQ(ring.try_pop()->value, 2);
}

template <std::size_t N>
using bytes = std::array<unsigned char, N>;

template <class T>
class RingOfBytes : public testing::Test {};
using sizes = testing::Types<bytes<1>, bytes<3>, bytes<8>, bytes<24>, bytes<64>, bytes<100>>;
TYPED_TEST_SUITE(RingOfBytes, sizes);

// The consumer writes into what it releases: never into an item that is still there, nor into one just
// pushed.
TYPED_TEST(RingOfBytes, TouchHarmsNoLiveItem) {
  for (const bool touch : {true, false}) {
    spsc_ring<TypeParam> ring(150, touch);
    unsigned char in = 0;
    unsigned char out = 0;
    std::size_t inside = 0;
    for (int i = 0; i < 2000; ++i) {
      for (const std::size_t most = 1 + static_cast<std::size_t>(i) * 31 % 150; inside < most; ++inside) {
        TypeParam item;
        item.fill(++in);
        ASSERT_TRUE(ring.try_push(item));
      }
      const std::span<TypeParam> span = ring.peek(1 + static_cast<std::size_t>(i) % 17);
      const unsigned char before = out;
      for (const TypeParam& item : span) {
        ++out;
        for (const unsigned char byte : item) { ASSERT_EQ(byte, out) << "touch " << touch << ", item " << i; }
      }
      ring.release(span.size());
      inside -= span.size();
      ASSERT_EQ(static_cast<unsigned char>(before + span.size()), out);
    }
  }
}

} // namespace
