// feed and drain_to: threads outside the engine at both ends.

#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace {

using weir::outcome;
using weir::test::random_pause;
using weir::test::rounds;
using weir::test::span_pass;
using weir::test::task_pass;
using weir::test::tracked;
using weir::test::until_none_lives;
using weir::test::watchdog;

TEST(Outside, R107_ManyItemsThroughSmallEdgesInOrder) {
  const long n = static_cast<long>(rounds(60'000));
  for (const std::size_t capacity : {1u, 2u, 16u}) {
    weir::feed<tracked> in(capacity);
    weir::drain_to<tracked> out(capacity);
    weir::run run = (in.source() | weir::edge(1) | weir::stage("spans", span_pass{}) | weir::edge(2) |
                     weir::stage("task", task_pass) | out.sink())
                        .start();
    const watchdog dog("outside ends", run);
    std::thread feeder([&] {
      random_pause pause(capacity);
      for (long i = 0; i < n; ++i) {
        ASSERT_TRUE(in.push(tracked(i)));
        pause();
      }
      in.finish();
    });
    random_pause pause(capacity + 100);
    long next = 0;
    while (auto x = out.pop()) {
      ASSERT_EQ(x->value(), next++);
      pause();
    }
    feeder.join();
    EXPECT_TRUE(out.ended());
    run.wait();
    EXPECT_EQ(next, n);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(Outside, R109_ShortStreamsEndAndNeverStall) {
  for (std::uint64_t i = 0; i < rounds(4000); ++i) {
    weir::feed<long> in(1 + i % 3);
    long sum = 0;
    weir::run run = (in.source() | weir::edge(1) | weir::for_each([&](long x) { sum += x; })).start();
    const watchdog dog("short streams", run);
    std::thread feeder([&] {
      for (std::uint64_t k = 0; k < i % 4; ++k) { ASSERT_TRUE(in.push(1)); }
      in.finish();
    });
    ASSERT_NO_THROW(run.wait());
    feeder.join();
    ASSERT_EQ(sum, static_cast<long>(i % 4));
  }
}

TEST(Outside, R53_AReaderThatStopsEndsTheRunSuccessfully) {
  for (std::uint64_t i = 0; i < rounds(2000); ++i) {
    weir::run run = [&] {
      weir::drain_to<tracked> out(1 + i % 4);
      weir::run started = (weir::test::numbers() | weir::edge(2) | weir::stage("task", task_pass) | out.sink()).start();
      for (std::uint64_t k = 0; k < i % 5; ++k) { EXPECT_EQ(out.pop()->value(), static_cast<long>(k)); }
      return started;
    }();
    const watchdog dog("a reader that stops", run);
    ASSERT_NO_THROW(run.wait());
  }
  const watchdog dog("items of runs that are over");
  until_none_lives();
}

TEST(Outside, R10_TheDrainCallbackMayPushAgain) {
  weir::feed<int> in({.capacity = 8, .high_water = 4, .low_water = 1});
  constexpr int k_items = 20'000;
  std::atomic<int> made{0};
  std::vector<int> got;
  std::atomic<int> depth{0};
  const auto fill = [&] {
    EXPECT_EQ(depth.fetch_add(1), 0) << "drains do not nest";
    while (made < k_items) {
      const outcome answer = in.offer(made.load());
      if (answer == outcome::refused) { break; }
      ++made;
      if (answer == outcome::taken_full) { break; }
    }
    if (made == k_items) { in.finish(); }
    depth.fetch_sub(1);
  };
  in.on_drain(fill);
  fill(); // up to the mark, before anybody takes
  EXPECT_TRUE(in.need_drain());
  weir::run run = (in.source() | weir::edge(3) | weir::into(got)).start();
  const watchdog dog("drain callback", run);
  run.wait();
  ASSERT_EQ(got.size(), static_cast<std::size_t>(k_items));
  for (int i = 0; i < k_items; ++i) { ASSERT_EQ(got[static_cast<std::size_t>(i)], i); }
}

TEST(Outside, R62_CancelReleasesAThreadThatWaitsToPush) {
  for (std::uint64_t i = 0; i < rounds(1000); ++i) {
    weir::feed<tracked> in(2);
    struct stuck {
      weir::step process(weir::inlet<tracked>&) { return weir::step::outside; }
    };
    weir::run run = (in.source() | weir::edge(1) | weir::stage("stuck", stuck{})).start();
    const watchdog dog("cancel of a feed", run);
    std::thread feeder([&] {
      long n = 0;
      while (in.push(tracked(n))) { ++n; }
    });
    if (i % 2 == 0) {
      weir::test::until([&] { return in.need_drain(); });
    }
    run.cancel();
    feeder.join();
    EXPECT_THROW(run.wait(), weir::cancelled_error);
    EXPECT_EQ(in.offer(tracked(0)), outcome::closed);
  }
  const watchdog dog("items of runs that are over");
  until_none_lives();
}

TEST(Outside, R62_AnErrorReleasesAThreadThatWaitsToPop) {
  weir::feed<int> in(2);
  weir::drain_to<int> out(2);
  weir::run run = (in.source() |
                   weir::stage("bad",
                               [](weir::inlet<int> from, weir::outlet<int> to) -> weir::task {
                                 while (auto x = co_await from.pop()) {
                                   if (*x == 3) { throw std::runtime_error("three"); }
                                   (void)co_await to.push(*x);
                                 }
                               }) |
                   out.sink())
                      .start();
  const watchdog dog("error before a reader", run);
  std::thread feeder([&] {
    for (int i = 0; in.push(int{i}); ++i) {}
  });
  while (out.pop()) {}
  EXPECT_THROW(run.wait(), weir::run_error);
  feeder.join();
}

TEST(Outside, EachEndServesOneRun) {
  weir::feed<int> in(2);
  std::vector<int> got;
  const weir::plan p = in.source() | weir::into(got);
  EXPECT_NO_THROW(p.check());
  in.finish();
  p.run();
  try {
    p.run();
    FAIL() << "a second run";
  } catch (const weir::plan_error& error) {
    EXPECT_NE(std::string(error.what()).find("feed"), std::string::npos) << error.what();
  }
}

struct refuses_to_open {
  void start(weir::stage_context&) { throw std::runtime_error("closed today"); }
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
};

TEST(Outside, ADrainThatHasGoneBeforeTheStartEndsTheRunBeforeAnItemComes) {
  weir::feed<int> in(2);
  std::optional<weir::plan> plan;
  {
    weir::drain_to<int> out(2);
    plan.emplace(in.source() | weir::map([](int x) { return x; }) | weir::edge(2) | out.sink());
  }
  weir::run run = plan->start();
  const watchdog dog("nobody at the end", run);
  EXPECT_NO_THROW(run.wait());
  EXPECT_FALSE(in.try_push(1));
}

TEST(Outside, EndsOfARunThatNeverStartedAreHarmless) {
  weir::feed<int> in(2);
  weir::drain_to<int> out(2);
  EXPECT_THROW((void)(in.source() | weir::stage("shut", refuses_to_open{}) | out.sink()).start(), weir::run_error);
  EXPECT_TRUE(in.try_push(1));
  in.finish();
  out.close();
}

} // namespace
