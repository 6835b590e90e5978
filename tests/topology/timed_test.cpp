// batch, throttle, tick: exact on the virtual clock, and on real timers what holds whatever the machine does.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weir::test::until;
using weir::test::watchdog;

std::vector<std::size_t> sizes(const std::vector<std::vector<int>>& batches) {
  std::vector<std::size_t> all;
  for (const auto& b : batches) { all.push_back(b.size()); }
  return all;
}

TEST(Batch, MakesFullBatchesAndTheRest) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<std::vector<int>> got;
    (weir::iota(0, 10) | weir::edge(2) | weir::batch(4) | weir::edge(1) | weir::into(got))
        .run(weir::deterministic{seed});
    ASSERT_EQ(sizes(got), (std::vector<std::size_t>{4, 4, 2})) << "seed " << seed;
    ASSERT_EQ(got[2], (std::vector<int>{8, 9}));
  }
}

TEST(Batch, OfNothingIsNothing) {
  std::vector<std::vector<int>> got;
  (weir::iota(0, 0) | weir::batch(4, 1ms) | weir::into(got)).run();
  EXPECT_TRUE(got.empty());
  EXPECT_THROW((void)weir::batch(0), std::invalid_argument);
}

// Items every 10 ms: after 35 ms from a batch's first item there are four.
TEST(Batch, LetsGoOfWhatItHasAfterTheLinger) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<std::vector<int>> got;
    (weir::iota(0, 10) | weir::throttle(100) | weir::batch(100, 35ms) | weir::into(got)).run(weir::deterministic{seed});
    ASSERT_EQ(sizes(got), (std::vector<std::size_t>{4, 4, 2})) << "seed " << seed;
  }
}

TEST(Batch, LingersOnRealTimersToo) {
  const watchdog dog("linger");
  weir::feed<int> feed(8);
  std::atomic<int> got{0};
  weir::run run = (feed.source() | weir::batch(1000, 1ms) | weir::for_each([&](const std::vector<int>& b) {
                     got += static_cast<int>(b.size());
                   })).start();
  for (int i = 1; i <= 5; ++i) {
    feed.push(i);
    until([&] { return got == i; }); // without the linger it would wait for 1000 or for the end
  }
  feed.finish();
  run.wait();
}

TEST(Throttle, SpacesItemsEvenly) {
  std::vector<weir::clock::duration> at;
  struct note {
    std::vector<weir::clock::duration>* at;
    weir::stage_context* context = nullptr;
    void start(weir::stage_context& c) { context = &c; }
    weir::step process(weir::inlet<int>& in) {
      at->push_back(context->now().time_since_epoch());
      in.release(1);
      return weir::step::more;
    }
  };
  (weir::iota(0, 5) | weir::throttle(1000) | weir::stage("note", note{&at})).run(weir::deterministic{2});
  EXPECT_EQ(at, (std::vector<weir::clock::duration>{0ms, 1ms, 2ms, 3ms, 4ms}));
}

TEST(Throttle, NeverGivesMoreThanItsRateOnRealTimers) {
  const watchdog dog("throttle");
  const weir::report r = (weir::iota(0, 20) | weir::throttle(1000) | weir::for_each([](int) {})).run();
  EXPECT_GE(r.seconds, 0.019 * 0.99) << "20 items in steps of a millisecond";
}

TEST(Tick, NumbersSayWhenTheyWereDue) {
  std::vector<std::uint64_t> got;
  (weir::tick(10ms) | weir::take(5) | weir::into(got)).run(weir::deterministic{4});
  EXPECT_EQ(got, (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST(Tick, LeavesOutTicksThatNobodyTook) {
  std::vector<std::uint64_t> got;
  (weir::tick(10ms) | weir::edge(1) | weir::take(12) | weir::edge(1) | weir::throttle(40) | weir::edge(1) |
   weir::into(got))
      .run(weir::deterministic{4});
  EXPECT_EQ(got.size(), 12u);
  EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
  EXPECT_GT(got.back(), 20u) << "25 ms an item: more than every second tick is left out";
}

TEST(Tick, EndsWithFinishAndDoesNotKeepTheProcessBusy) {
  const watchdog dog("tick");
  std::atomic<int> got{0};
  weir::run run = (weir::tick(1ms) | weir::for_each([&](std::uint64_t) { ++got; })).start();
  until([&] { return got >= 3; });
  run.finish();
  run.wait();
}

} // namespace
