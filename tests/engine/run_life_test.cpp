// A run's life: repeated runs, single-use parts, observers, results.

#include "tests/engine/three_forms.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace {

using weir::event;
using weir::test::in_order;
using weir::test::numbers;
using weir::test::recorder;
using weir::test::span_pass;
using weir::test::task_pass;
using weir::test::three_forms;
using weir::test::tracked;
using weir::test::watchdog;

TEST(RunLife, APlanRunsAgainAndAgain) {
  in_order to;
  const weir::plan p = three_forms(numbers(1000), to);
  for (int i = 0; i < 50; ++i) {
    to.count = 0;
    p.run();
    ASSERT_EQ(to.count, 1000);
  }
  EXPECT_TRUE(to.good);
  EXPECT_EQ(tracked::living, 0);
}

TEST(RunLife, OnePlanMayRunSeveralTimesAtOnce) {
  std::atomic<long> sum{0};
  const weir::plan p = weir::iota(0L, 10'000L) | weir::edge(7) | weir::for_each([&](long x) { sum += x; });
  const watchdog dog("runs at once");
  std::vector<weir::run> runs;
  for (int i = 0; i < 8; ++i) { runs.push_back(p.start()); }
  for (weir::run& r : runs) { r.wait(); }
  EXPECT_EQ(sum, 8 * (9999L * 10'000L / 2));
}

TEST(RunLife, R32_NoItemsAtAllIsASuccess) {
  in_order to;
  recorder told;
  weir::plan p = three_forms(numbers(0), to);
  told.watch(p);
  p.run();
  EXPECT_EQ(to.count, 0);
  EXPECT_EQ(told.count(event::finish), 4u);
  EXPECT_EQ(told.count(event::error), 0u);
}

TEST(RunLife, ASingleUsePartRefusesTheSecondRunAndNamesItself) {
  std::vector<int> got;
  const weir::plan p =
      weir::iota(0, 3) |
      weir::stage("once",
                  [only = std::make_unique<int>(7)](weir::inlet<int> in, weir::outlet<int> out) -> weir::task {
                    while (auto x = co_await in.pop()) { (void)co_await out.push(*x + *only); }
                  }) |
      weir::into(got);
  EXPECT_NO_THROW(p.check());
  EXPECT_NO_THROW((void)p.explain());
  p.run();
  EXPECT_EQ(got, (std::vector<int>{7, 8, 9}));
  for (int i = 0; i < 2; ++i) {
    try {
      p.run();
      FAIL() << "a second run";
    } catch (const weir::plan_error& error) {
      EXPECT_NE(std::string(error.what()).find("'once'"), std::string::npos) << error.what();
    }
  }
}

struct move_only_pass {
  std::unique_ptr<int> own = std::make_unique<int>(1);
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    (void)out.try_push(*in.try_pop() * *own);
    return weir::step::more;
  }
};

TEST(RunLife, ASingleUsePartCannotStandForSeveralStages) {
  std::vector<int> got;
  const auto once = weir::stage("once", move_only_pass{});
  EXPECT_THROW((weir::iota(0, 3) | once | once | weir::into(got)).run(), weir::plan_error);
  EXPECT_THROW((weir::iota(0, 3) | weir::parallel(2, weir::stage("once", move_only_pass{})) | weir::into(got)).run(),
               weir::plan_error);
  EXPECT_TRUE(got.empty());
}

TEST(RunLife, AMemoryLimitThatIsTooSmallDoesNotUseUpASingleUsePart) {
  std::vector<int> got;
  const weir::plan p = weir::iota(0, 3) | weir::stage("once", move_only_pass{}) | weir::into(got);
  EXPECT_THROW(p.run({.memory = 100}), weir::plan_error);
  p.run();
  EXPECT_EQ(got.size(), 3u);
}

TEST(RunLife, R36_ObserversSeeEachStageEndFinishAndCloseInThatOrder) {
  in_order to;
  recorder told;
  weir::plan p = three_forms(numbers(5000), to);
  told.watch(p);
  for (int i = 0; i < 20; ++i) {
    told.clear();
    to.count = 0;
    p.run();
    ASSERT_EQ(told.stages().size(), 4u);
    for (const std::string& stage : told.stages()) {
      ASSERT_EQ(told.life_of(stage), (std::vector{event::end, event::finish, event::close})) << stage;
      ASSERT_EQ(told.items(stage), 5000u) << stage;
    }
    EXPECT_EQ(told.count(event::error), 0u);
    EXPECT_GE(told.count(event::resume), told.count(event::drain));
  }
}

TEST(RunLife, R38_SuccessIsReportedAfterEveryStageHasClosed) {
  for (int i = 0; i < 200; ++i) {
    std::atomic<int> closed{0};
    in_order to;
    weir::plan p = three_forms(numbers(50), to);
    p.on(event::close, [&](const weir::event_info&) { closed.fetch_add(1); });
    p.run();
    ASSERT_EQ(closed, 4);
    ASSERT_EQ(tracked::living, 0);
  }
}

TEST(RunLife, R40_TheResultIsTheSameForWhoeverAsksLate) {
  in_order to;
  weir::run run = three_forms(numbers(100), to).start();
  run.wait();
  EXPECT_TRUE(run.over());
  EXPECT_EQ(run.wait().stages.size(), run.wait().stages.size());
  run.cancel(); // over is over
  EXPECT_NO_THROW(run.wait());
}

TEST(RunLife, ParallelKeepsOrderUnderRandomWork) {
  for (const std::size_t replicas : {1u, 2u, 3u, 7u}) {
    std::vector<std::uint32_t> got;
    const weir::plan p = weir::iota(0u, 20'000u) | weir::parallel(replicas, weir::map([](std::uint32_t x) {
                                                                    std::uint32_t spin = x * 2654435761u >> 20;
                                                                    for (spin %= 997; spin > 0; --spin) {
                                                                      __asm__ volatile("");
                                                                    }
                                                                    return x + 1;
                                                                  })) |
                         weir::into(got);
    p.run();
    ASSERT_EQ(got.size(), 20'000u);
    for (std::uint32_t i = 0; i < got.size(); ++i) { ASSERT_EQ(got[i], i + 1); }
  }
}

TEST(RunLife, R118_PeakItemsStayUnderTheSumOfTheEdges) {
  for (const long n : {20'000L, 200'000L}) {
    std::atomic<long> most{0};
    const weir::plan p = numbers(n) | weir::edge(5) | weir::stage("spans", span_pass{}) | weir::edge(3) |
                         weir::stage("task", task_pass) | weir::edge(4) | weir::for_each([&](const tracked&) {
                           const long now = tracked::living;
                           if (now > most) { most = now; }
                         });
    p.run();
    EXPECT_LE(most, 5 + 3 + 4 + 8) << "edges, and what stages hold in hand";
  }
}

} // namespace
