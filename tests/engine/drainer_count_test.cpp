// Ready work and no drainer never both hold. Real threads list work and drain it; a lost start hangs the
// test.

#include "engine/drainer_count.hpp"

#include "tests/support/random_pause.hpp"
#include "tests/support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace {

using weir::detail::drainer_count;
using weir::test::random_pause;

TEST(DrainerCount, CountsUpToItsLimit) {
  drainer_count<> count(2);
  EXPECT_TRUE(count.nobody());
  EXPECT_TRUE(count.raise());
  EXPECT_TRUE(count.raise());
  EXPECT_FALSE(count.raise());
  EXPECT_FALSE(count.nobody());
  EXPECT_TRUE(count.leave());
  EXPECT_TRUE(count.raise());
}

TEST(DrainerCount, TheLastOneStaysWhileWorkIsListed) {
  drainer_count<> count(2);
  count.listed();
  ASSERT_TRUE(count.raise());
  ASSERT_TRUE(count.raise());
  EXPECT_TRUE(count.leave()) << "another one is there to look";
  EXPECT_FALSE(count.leave());
  EXPECT_FALSE(count.nobody());
  count.taken();
  EXPECT_TRUE(count.leave());
  EXPECT_TRUE(count.nobody());
}

/// A pool in small: entries are a number, a start is a number that sleeping drainers take.
struct small_pool {
  drainer_count<> count{2};
  std::atomic<std::int64_t> entries{0};
  std::atomic<std::int64_t> starts{0};
  std::atomic<std::uint64_t> done{0};
  std::atomic<bool> over{false};

  void list(random_pause& pause) {
    count.listed();
    pause();
    entries.fetch_add(1);
    pause();
    if (count.nobody() && count.raise()) { starts.fetch_add(1); }
  }
  static bool take(std::atomic<std::int64_t>& from) {
    std::int64_t n = from.load();
    while (n > 0) {
      if (from.compare_exchange_weak(n, n - 1)) { return true; }
    }
    return false;
  }
  void drain(random_pause& pause) {
    for (;;) {
      while (take(entries)) {
        count.taken();
        done.fetch_add(1);
      }
      pause();
      if (count.leave()) { return; }
    }
  }
  void work(std::uint64_t seed) {
    random_pause pause(seed);
    while (!over.load()) {
      if (take(starts)) {
        drain(pause);
      } else {
        std::this_thread::yield();
      }
    }
  }
};

TEST(DrainerCount, WorkAndNoDrainerNeverBothHold) {
  small_pool pool;
  const weir::test::watchdog dog("drainers", [&] {
    return "  done " + std::to_string(pool.done) + ", listed " + std::to_string(pool.entries) + ", starts " +
           std::to_string(pool.starts) + ", active " + std::to_string(pool.count.active_hint()) + "\n";
  });
  std::thread a([&] { pool.work(1); });
  std::thread b([&] { pool.work(2); });
  random_pause pause(3);
  const std::uint64_t n = weir::test::rounds(400'000);
  for (std::uint64_t i = 1; i <= n; ++i) {
    pool.list(pause);
    // Now and then everything must be done without another entry: nobody else would find what was lost.
    if (i % 4 == 0) {
      while (pool.done.load() < i) { std::this_thread::yield(); }
    }
  }
  while (pool.done.load() < n) { std::this_thread::yield(); }
  pool.over.store(true);
  a.join();
  b.join();
  EXPECT_EQ(pool.done.load(), n);
  EXPECT_TRUE(pool.count.nobody());
}

} // namespace
