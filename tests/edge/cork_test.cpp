// Batches held back by the producer.

#include "tests/edge/edge_fixture.hpp"
#include "tests/support/tracked.hpp"

#include <gtest/gtest.h>

namespace {

using weir::outcome;
using weir::test::bench_edge;
using weir::test::tracked;

TEST(Cork, R86_R89_ItemsAreInvisibleUntilTheLastUncorkAndThenComeInOrder) {
  bench_edge<int> e({.capacity = 32});
  e.items.cork();
  e.items.cork();
  for (int i = 0; i < 20; ++i) { ASSERT_TRUE(e.items.try_push(int{i})); }
  e.items.flush_out();
  EXPECT_EQ(e.items.front(), nullptr);
  e.items.uncork();
  EXPECT_EQ(e.items.front(), nullptr);
  e.items.uncork();
  for (int i = 0; i < 20; ++i) { ASSERT_EQ(e.take(), i); }
}

TEST(Cork, R87_OneUncorkTooManyIsANoOp) {
  bench_edge<int> e({.capacity = 8});
  e.items.uncork();
  e.items.cork();
  EXPECT_TRUE(e.items.corked());
  ASSERT_TRUE(e.items.try_push(1));
  e.items.uncork();
  e.items.uncork();
  EXPECT_FALSE(e.items.corked());
  EXPECT_EQ(e.take(), 1);
}

TEST(Cork, R88_TheEndUncorks) {
  bench_edge<int> e({.capacity = 8});
  e.items.cork();
  e.items.cork();
  for (int i = 0; i < 3; ++i) { ASSERT_EQ(e.items.offer(int{i}), outcome::taken); }
  e.items.finish();
  EXPECT_EQ(e.take_all(), 3u);
  EXPECT_TRUE(e.items.ended());
}

TEST(Cork, R90_CorkedItemsCountAndAFullRingPublishesByItself) {
  for (std::size_t capacity = 1; capacity < 12; ++capacity) {
    bench_edge<int> e({.capacity = capacity});
    e.items.cork();
    for (std::size_t i = 1; i < capacity; ++i) { ASSERT_EQ(e.items.offer(static_cast<int>(i)), outcome::taken); }
    ASSERT_EQ(e.items.offer(0), outcome::taken_full) << capacity;
    ASSERT_EQ(e.items.offer(0), outcome::refused) << capacity;
    EXPECT_EQ(e.take_all(), capacity) << "whoever waits for a drain must get one";
    EXPECT_EQ(e.items.drains(), 1u);
    EXPECT_EQ(e.items.offer(0), capacity == 1 ? outcome::taken_full : outcome::taken);
  }
}

TEST(Cork, HeldItemsAreDestroyedOnceWithTheEdge) {
  {
    bench_edge<tracked> e({.capacity = 16});
    e.items.cork();
    for (int i = 0; i < 11; ++i) { ASSERT_TRUE(e.items.try_push(tracked(i))); }
  }
  EXPECT_EQ(tracked::living, 0);
}

} // namespace
