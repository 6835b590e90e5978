// A run's life: repeated runs, single-use parts, observers, pause, resume, finish, few workers.

#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using weir::event;
using weir::test::let_others_run;
using weir::test::numbers;
using weir::test::recorder;
using weir::test::span_pass;
using weir::test::task_pass;
using weir::test::tracked;
using weir::test::until;
using weir::test::watchdog;

/// Counts, and notices what comes out of order.
struct in_order {
  std::atomic<long> count{0};
  std::atomic<bool> good{true};
  auto sink() {
    return weir::for_each([this](const tracked& x) {
      if (x.value() != count.load()) { good = false; }
      count.fetch_add(1);
    });
  }
};

weir::plan three_forms(weir::left_side auto source, in_order& to) {
  return std::move(source) | weir::edge(5) | weir::stage("spans", span_pass{}) | weir::edge(3) |
         weir::stage("task", task_pass) | weir::edge(4) | to.sink();
}

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

TEST(RunLife, R67_PausedNothingMovesAndNothingIsLost) {
  in_order to;
  weir::run run = three_forms(numbers(), to).start();
  const watchdog dog("pause", run);
  for (int i = 0; i < 10; ++i) {
    const long before = to.count;
    until([&] { return to.count > before + 1000; });
    run.pause();
    run.pause();
    // Turns that were under way end; from then on nothing moves.
    for (long seen = -1; seen != to.count;) {
      seen = to.count;
      let_others_run();
    }
    // A turn that was interrupted may still deliver what is in flow: three edges and a stage's hands.
    const long still = to.count;
    let_others_run();
    ASSERT_LE(to.count - still, 5 + 3 + 4 + 3);
    run.resume();
    run.resume();
  }
  run.finish();
  run.wait();
  EXPECT_TRUE(to.good);
  EXPECT_EQ(tracked::living, 0);
}

/// Endless; tells that it was opened, and what it has made.
struct counted_source {
  std::atomic<int>* opened;
  std::atomic<long>* made;
  void start(weir::stage_context&) { ++*opened; }
  weir::step process(weir::outlet<tracked>& out) {
    while (out.try_push(tracked(*made))) { ++*made; }
    return weir::step::room;
  }
};

TEST(RunLife, R67_ARunThatIsStartedPausedHasOpenedAllAndTouchesNothing) {
  for (int i = 0; i < 50; ++i) {
    std::atomic<int> opened{0};
    std::atomic<long> made{0};
    in_order to;
    weir::run run = three_forms(weir::stage("made", counted_source{&opened, &made}), to).start_paused();
    const watchdog dog("started paused", run);
    EXPECT_EQ(opened, 1);
    let_others_run();
    EXPECT_EQ(made, 0);
    if (i % 2 == 0) { run.resume(); }
    until([&] { return i % 2 != 0 || to.count > 100; });
    run.finish();
    run.wait();
    EXPECT_EQ(to.count, made);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(RunLife, StagesOfOperatorsBeginAtTheirInputWithoutATurn) {
  weir::engine one(1);
  std::atomic<bool> held{false};
  std::atomic<bool> release{false};
  weir::run holds_the_thread = (weir::iota(0, 1) | weir::for_each([&](int) {
                                  held = true;
                                  until([&] { return release.load(); });
                                })).start({}, one);
  const watchdog dog("a held thread");
  until([&] { return held.load(); });
  std::atomic<long> sum{0};
  weir::run run = (weir::iota(0, 10) | weir::edge(4) | weir::map([](int x) { return x; }) | weir::edge(4) |
                   weir::for_each([&](int x) {
                     sum += x;
                   })).start({}, one);
  std::vector<weir::reason> states;
  for (const weir::stage_report& s : run.snapshot().stages) { states.push_back(s.state); }
  EXPECT_EQ(states, (std::vector{weir::reason::ready, weir::reason::input, weir::reason::input}));
  release = true;
  run.wait();
  EXPECT_EQ(sum, 45);
}

TEST(RunLife, ARunThatItsWaiterDoesAloneStartsNoSecondThread) {
  const auto threads = [] {
    const std::filesystem::directory_iterator all("/proc/self/task");
    return std::distance(begin(all), end(all));
  };
  int sum = 0;
  const weir::plan p = weir::iota(0, 1) | weir::edge(4) | weir::map([](int x) { return x + 1; }) | weir::edge(4) |
                       weir::for_each([&](int x) { sum += x; });
  constexpr int k_tries = 3; // A waiter that is kept from its core is helped after a while.
  int alone = 0;
  std::vector<std::unique_ptr<weir::engine>> engines; // all live, so that none finds the threads of the one before
  for (int i = 0; i < k_tries; ++i) {
    engines.push_back(std::make_unique<weir::engine>(2));
    const auto before = threads();
    p.run({}, *engines.back());
    if (threads() <= before + 1) { ++alone; } // the timer's
  }
  EXPECT_GT(alone, 0);
  EXPECT_EQ(sum, k_tries);
}

TEST(RunLife, R68_RoomDoesNotUndoAPause) {
  weir::feed<int> in(4);
  std::atomic<int> count{0};
  weir::run run = (in.source() | weir::edge(2) | weir::for_each([&](int) { count.fetch_add(1); })).start_paused();
  const watchdog dog("pause at a feed", run);
  int pushed = 0;
  while (in.try_push(int{pushed})) { ++pushed; }
  EXPECT_EQ(pushed, 4);
  let_others_run();
  EXPECT_EQ(count, 0);
  run.resume();
  until([&] { return count == pushed; });
  in.finish();
  run.wait();
  EXPECT_EQ(count, pushed);
}

TEST(RunLife, FinishLetsOutWhatIsInFlow) {
  for (int i = 0; i < 50; ++i) {
    std::atomic<long> made{0};
    in_order to;
    weir::run run =
        three_forms(weir::generate([&]() -> std::optional<tracked> { return tracked(made++); }), to).start();
    const watchdog dog("finish", run);
    until([&] { return to.count > 100 * i; });
    run.finish();
    run.finish();
    EXPECT_FALSE(run.wait().interrupted);
    EXPECT_EQ(to.count, made) << "what the source made arrives";
    EXPECT_TRUE(to.good);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(RunLife, FinishUndoesAPauseAndInterruptSaysSo) {
  in_order to;
  weir::run run = three_forms(numbers(), to).start();
  const watchdog dog("interrupt", run);
  run.pause();
  run.interrupt();
  EXPECT_TRUE(run.wait().interrupted);
  EXPECT_TRUE(to.good);
}

TEST(RunLife, R114_OneWorkerRunsAnyNumberOfStages) {
  weir::engine one(1);
  EXPECT_EQ(one.threads(), 1u);
  in_order to;
  auto longer = numbers(20'000) | weir::edge(1) | weir::stage("s1", span_pass{}) | weir::edge(1) |
                weir::stage("t1", task_pass) | weir::edge(2) | weir::stage("s2", span_pass{}) | weir::edge(1) |
                weir::parallel(3, weir::stage("t2", task_pass)) | weir::edge(1) | weir::stage("s3", span_pass{});
  weir::run run = (std::move(longer) | weir::edge(1) | to.sink()).start({}, one);
  const watchdog dog("one worker", run);
  until([&] { return run.over(); }); // nobody joins: the one worker does it
  run.wait();
  EXPECT_EQ(to.count, 20'000);
  EXPECT_TRUE(to.good);
}

TEST(RunLife, R66_AnEngineThatGoesCancelsItsRunsAndWaitsForThem) {
  const watchdog dog("engine destroyed");
  for (int i = 0; i < 100; ++i) {
    in_order to;
    in_order other;
    {
      weir::engine short_lived(1 + static_cast<std::size_t>(i) % 2);
      const weir::run a = three_forms(numbers(), to).start({}, short_lived);
      (void)three_forms(numbers(), other).start({}, short_lived);
      if (i % 3 != 0) {
        until([&] { return to.count > i; });
      }
    }
    ASSERT_EQ(tracked::living, 0) << "every item and stage of the runs is gone";
    ASSERT_TRUE(to.good && other.good);
  }
}

TEST(RunLife, EveryEngineHasAllOfItsThreadsAtTheSameTime) {
  const watchdog dog("three engines");
  constexpr int k_all = 1 + 2 + 3;
  weir::engine small(1);
  weir::engine middle(2);
  weir::engine large(3);
  std::atomic<int> inside{0};
  std::vector<weir::run> runs;
  for (weir::engine* each : {&small, &middle, &large}) {
    for (std::size_t i = 0; i < each->threads(); ++i) { // each stage waits until all run at once, each on a thread
      runs.push_back((weir::iota(0, 1) | weir::for_each([&](int) {
                        inside.fetch_add(1);
                        until([&] { return inside == k_all; });
                      })).start({}, *each));
    }
  }
  until([&] { return std::ranges::all_of(runs, &weir::run::over); });
  EXPECT_EQ(inside, k_all);
}

// Of an engine's two drainers one has gone, and the other one is in a turn that does not end. oneTBB would let the first count as the
// thread that another engine asks for, if both were workers of one arena.
TEST(RunLife, AnEngineIsNotKeptWaitingByALongTurnOfAnother) {
  constexpr int k_engines = 150;
  const watchdog dog("an engine beside a long turn");
  weir::engine two(2);
  std::atomic<int> inside{0};
  std::atomic<bool> enough{false};
  const auto stays_until = [&](auto condition) {
    return (weir::iota(0, 1) | weir::for_each([&inside, condition](int) {
              ++inside;
              until(condition);
            }))
        .start({}, two);
  };
  weir::run goes_on = stays_until([&] { return enough.load(); });
  stays_until([&] { return inside == 2; }).wait(); // on a thread of its own
  for (int i = 0; i < k_engines; ++i) {
    weir::engine one(1);
    weir::run other = (weir::iota(0, 1) | weir::for_each([&](int) { ++inside; })).start({}, one);
    until([&] { return other.over(); });
    let_others_run(); // so that one drainer of the two has gone
  }
  EXPECT_EQ(inside, 2 + k_engines);
  EXPECT_FALSE(goes_on.over());
  enough = true;
  goes_on.wait();
}

TEST(RunLife, WaitInsideAStageIsALogicError) {
  weir::engine one(1);
  in_order to;
  weir::run other = three_forms(numbers(), to).start({}, one);
  const watchdog dog("wait in a stage", other);
  const auto waits = [&](int) { (void)other.wait(); };
  const auto cause = [](const weir::plan& p) {
    try {
      p.run();
    } catch (const weir::run_error& error) {
      try {
        std::rethrow_exception(error.cause());
      } catch (const std::logic_error&) { return std::string("logic_error"); } catch (...) {
      }
    }
    return std::string("something else");
  };
  EXPECT_EQ(cause(weir::iota(0, 1) | weir::for_each(waits)), "logic_error");
  struct blocker {
    weir::run* other;
    weir::stage_context* context = nullptr;
    void start(weir::stage_context& c) { context = &c; }
    weir::step process(weir::inlet<int>& in) {
      if (!context->may_block()) { return weir::step::blocking; }
      (void)other->wait();
      in.release(1);
      return weir::step::more;
    }
  };
  EXPECT_EQ(cause(weir::iota(0, 1) | weir::stage("blocker", blocker{&other})), "logic_error") << "on a blocking thread";
  other.cancel();
  EXPECT_THROW(other.wait(), weir::cancelled_error);
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
