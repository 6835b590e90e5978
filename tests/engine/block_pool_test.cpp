// Blocks and their pool.

#include "tests/support/random_pause.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/block.hpp>
#include <weir/spsc_ring.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace {

using weir::block;
using weir::block_pool;
using weir::k_block_headroom;

constexpr std::size_t k_size = 16 * 1024;

TEST(BlockPool, HandsOutUpToItsLimitAndAgainWhatCameBack) {
  block_pool pool(k_size, 3 * k_size + k_size / 2);
  std::vector<block> out;
  while (block b = pool.try_take()) { out.push_back(std::move(b)); }
  EXPECT_EQ(out.size(), 3u);
  EXPECT_EQ(pool.held_bytes(), 3 * k_size);
  out.pop_back();
  EXPECT_TRUE(pool.try_take());
  out.clear();
  for (int i = 0; i < 100; ++i) { ASSERT_TRUE(pool.try_take()); }
  EXPECT_EQ(pool.held_bytes(), 3 * k_size);
  EXPECT_EQ(pool.peak_bytes(), 3 * k_size);
}

TEST(BlockPool, AFreshBlockIsEmptyWithHeadroom) {
  block_pool pool(k_size, k_size);
  {
    block b = pool.try_take();
    b.resize(100);
    b.position(77);
    b.whole_records(true);
    b.drop_front(10);
    b.grow_front(5);
    EXPECT_EQ(b.position(), 82u);
    EXPECT_EQ(b.size(), 95u);
    b.drop_back(90);
    EXPECT_EQ(b.size(), 5u);
  }
  const block again = pool.try_take();
  EXPECT_EQ(again.size(), 0u);
  EXPECT_EQ(again.position(), 0u);
  EXPECT_FALSE(again.whole_records());
  EXPECT_EQ(again.headroom(), k_block_headroom);
  EXPECT_EQ(again.capacity(), pool.payload());
}

TEST(BlockPool, LargeBlocksStayUnderTheLimitAndFreeSmallOnesGiveWay) {
  block_pool pool(k_size, 10 * k_size);
  {
    std::vector<block> small;
    while (block b = pool.try_take()) { small.push_back(std::move(b)); }
    EXPECT_EQ(small.size(), 10u);
    EXPECT_FALSE(pool.try_take_large(k_size));
  }
  block large = pool.try_take_large(6 * k_size);
  ASSERT_TRUE(large);
  EXPECT_GE(large.capacity(), 6 * k_size);
  EXPECT_LE(pool.held_bytes(), 10 * k_size);
  EXPECT_FALSE(pool.try_take_large(6 * k_size));
  large.reset();
  EXPECT_TRUE(pool.try_take_large(9 * k_size)) << "the bytes of a large block come back whole";
}

TEST(BlockPool, ABlockGrowsInPlaceOrMovesWithItsBytes) {
  block_pool pool(k_size, 64 * k_size);
  block large = pool.try_take_large(k_size);
  large.resize(k_size);
  std::memset(large.data(), 'a', k_size);
  ASSERT_TRUE(pool.grow(large, 40 * k_size));
  EXPECT_GE(large.capacity(), 41 * k_size);
  EXPECT_EQ(large.text(), std::string(k_size, 'a'));
  large.resize(41 * k_size);
  std::memset(large.data() + k_size, 'b', 40 * k_size);
  EXPECT_FALSE(pool.grow(large, 64 * k_size));
  EXPECT_EQ(large.text().find('b'), k_size);
  EXPECT_LE(pool.held_bytes(), pool.limit());
}

TEST(BlockPool, BlocksOutliveIt) {
  auto pool = std::make_unique<block_pool>(k_size, 4 * k_size);
  std::vector<block> out;
  for (int i = 0; i < 4; ++i) { out.push_back(pool->try_take()); }
  out.pop_back();
  pool.reset();
  for (block& b : out) {
    b.resize(b.capacity());
    std::memset(b.data(), 'x', b.size());
  }
  std::thread([&] { out.clear(); }).join();
}

struct flag_waker final : weir::waker {
  std::atomic<int> calls{0};
  void wake() noexcept override { calls.fetch_add(1); }
};

TEST(BlockPool, ArmTellsOfABlockThatCameBackOrWakesLater) {
  flag_waker owner;
  block_pool pool(k_size, k_size);
  pool.owner(&owner);
  block b = pool.try_take();
  EXPECT_FALSE(pool.try_take());
  EXPECT_FALSE(pool.arm());
  b.reset();
  EXPECT_EQ(owner.calls, 1);
  b = pool.try_take();
  b.reset();
  EXPECT_EQ(owner.calls, 1) << "not armed, not woken";
  b = pool.try_take();
  EXPECT_FALSE(pool.try_take());
  std::thread([&] { b.reset(); }).join();
  EXPECT_TRUE(pool.arm()) << "it came back before the gate was raised";
}

TEST(BlockPool, GivingBackNeverLosesAWake) {
  const weir::test::watchdog dog("block pool");
  weir::parker owner;
  block_pool pool(k_size, 2 * k_size);
  pool.owner(&owner);
  weir::spsc_ring<block> left(2);
  weir::spsc_ring<block> right(2);
  std::atomic<bool> over{false};
  const auto give_back = [&](weir::spsc_ring<block>& from, std::uint64_t seed) {
    weir::test::random_pause pause(seed);
    while (!over.load()) {
      if (auto b = from.try_pop()) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
  };
  std::thread a(give_back, std::ref(left), 1);
  std::thread b(give_back, std::ref(right), 2);
  const std::uint64_t n = weir::test::rounds(300'000);
  for (std::uint64_t i = 0; i < n;) {
    const std::uint32_t ticket = owner.ticket();
    if (block fresh = pool.try_take()) {
      fresh.resize(8);
      std::memcpy(fresh.data(), &i, 8); // TSan: the buffer is ours again
      ASSERT_TRUE((i % 2 == 0 ? left : right).try_push(std::move(fresh)));
      ++i;
    } else if (!pool.arm()) {
      owner.wait(ticket);
    }
  }
  over.store(true);
  a.join();
  b.join();
  EXPECT_LE(pool.peak_bytes(), 2 * k_size);
}

} // namespace
