// What threads an engine has, starts and needs.

#include "tests/engine/three_forms.hpp"
#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using weir::test::in_order;
using weir::test::let_others_run;
using weir::test::numbers;
using weir::test::rounds;
using weir::test::span_pass;
using weir::test::task_pass;
using weir::test::three_forms;
using weir::test::tracked;
using weir::test::until;
using weir::test::watchdog;

TEST(EngineThreads, StagesOfOperatorsBeginAtTheirInputWithoutATurn) {
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

TEST(EngineThreads, ARunThatItsWaiterDoesAloneStartsNoSecondThread) {
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

TEST(EngineThreads, R114_OneWorkerRunsAnyNumberOfStages) {
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

TEST(EngineThreads, R66_AnEngineThatGoesCancelsItsRunsAndWaitsForThem) {
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

// Whoever pushes or waits is still at work in the engine when the last stage has closed.
TEST(EngineThreads, R66_AnEngineMayGoWhileOthersPushAndWait) {
  for (std::uint64_t i = 0; i < rounds(60); ++i) {
    const watchdog dog("an engine goes");
    auto on = std::make_unique<weir::engine>(1 + i % 2);
    weir::feed<int> in(2);
    weir::run run = (in.source() | weir::edge(1) | weir::for_each([](int) {})).start({}, *on);
    std::thread pusher([&] {
      for (int k = 0; in.push(int{k}); ++k) {}
    });
    std::thread waiter([run]() mutable {
      try {
        run.wait();
      } catch (const weir::cancelled_error&) {}
    });
    if (i % 3 != 0) { run.finish(); } // else the engine's end cancels it
    on.reset();
    EXPECT_TRUE(run.over());
    waiter.join();
    pusher.join();
  }
}

TEST(EngineThreads, TheThreadsOfAnEngineSleepOnForTheNext) {
  const watchdog dog("engines one after the other");
  const std::size_t most = weir::engine().threads(); // what oneTBB takes for one thread more
  std::set<pid_t> by;
  for (std::size_t i = 0; i < 20 * most; ++i) {
    std::thread([&] { // a thread that stays would hold oneTBB's
      weir::engine one(1);
      const weir::run run = (weir::iota(0, 1) | weir::for_each([&](int) { by.insert(gettid()); })).start({}, one);
      until([&] { return run.over(); });
    })
        .join();
  }
  EXPECT_LE(by.size(), most);
}

TEST(EngineThreads, EveryEngineHasAllOfItsThreadsAtTheSameTime) {
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
TEST(EngineThreads, AnEngineIsNotKeptWaitingByALongTurnOfAnother) {
  constexpr int k_engines = 40;
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
  weir::run goes_on = stays_until([&] {
    enough.wait(false); // no core is kept
    return true;
  });
  stays_until([&] { return inside == 2; }).wait(); // on a thread of its own
  let_others_run();                                // so that its drainer has gone
  for (int i = 0; i < k_engines; ++i) {
    weir::engine one(1);
    weir::run other = (weir::iota(0, 1) | weir::for_each([&](int) { ++inside; })).start({}, one);
    until([&] { return other.over(); });
  }
  EXPECT_EQ(inside, 2 + k_engines);
  EXPECT_FALSE(goes_on.over());
  enough = true;
  enough.notify_one();
  goes_on.wait();
}

TEST(EngineThreads, WaitInsideAStageIsALogicError) {
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

} // namespace
