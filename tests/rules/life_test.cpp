// Life: states only move forward, whatever ends a stage; what it owns is released once, and before the run is over.

#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using weir::event;
using weir::test::numbers;
using weir::test::recorder;
using weir::test::span_pass;
using weir::test::task_pass;
using weir::test::tracked;
using weir::test::until;
using weir::test::watchdog;

const std::vector<event> k_success{event::end, event::finish, event::close};
const std::vector<event> k_failure{event::error, event::close};
const std::vector<event> k_dropped{event::close};

TEST(Life, R26_HoweverARunEndsEachStageGoesForwardOnly) {
  const auto fail_at = [](long when) {
    return weir::inspect([when](const tracked& x) {
      if (x.value() == when) { throw std::runtime_error("here"); }
    });
  };
  const auto sink = [] { return weir::for_each([](const tracked&) {}); };
  std::vector<weir::plan> plans;
  for (const long n : {0L, 1L, 30L}) {
    plans.push_back(numbers(n) | weir::edge(2) | weir::stage("task", task_pass) | weir::edge(1) | sink());
    plans.push_back(numbers() | weir::edge(2) | weir::stage("spans", span_pass{}) |
                    weir::take(static_cast<std::size_t>(n)) | weir::edge(1) | sink());
    plans.push_back(numbers() | weir::edge(2) | weir::stage("task", task_pass) | weir::edge(2) | fail_at(n) | sink());
    plans.push_back(numbers() | fail_at(n) | weir::edge(2) | weir::stage("spans", span_pass{}) | weir::edge(2) |
                    sink());
  }
  for (weir::plan& p : plans) {
    recorder told;
    told.watch(p);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      told.clear();
      try {
        p.run(weir::deterministic{seed});
      } catch (const weir::run_error&) {}
      ASSERT_GE(told.stages().size(), 3u);
      for (const std::string& stage : told.stages()) {
        const auto life = told.life_of(stage);
        ASSERT_TRUE(life == k_success || life == k_failure || life == k_dropped) << stage << ", seed " << seed;
      }
    }
  }
}

TEST(Life, R39_FinishInsideAStagesOwnCloseDoesNothing) {
  for (const bool fails : {false, true}) {
    for (int i = 0; i < 50; ++i) {
      weir::feed<int> in(4);
      std::optional<weir::run> handle;
      std::atomic<bool> set{false};
      std::atomic<int> closed{0};
      weir::plan p = in.source() | weir::edge(2) | weir::for_each([fails](int x) {
                       if (fails && x == 2) { throw std::runtime_error("two"); }
                     });
      p.on(event::close, [&](const weir::event_info& e) {
        until([&] { return set.load(); });
        handle->finish();
        if (fails && e.stage == "for_each") { handle->cancel(); } // the error is known: neither does a cancel
        closed.fetch_add(1);
      });
      handle = p.start();
      set = true;
      const watchdog dog("finish inside close", *handle);
      for (int k = 0; k < 4; ++k) { (void)in.push(int{k}); }
      in.finish();
      if (fails) {
        EXPECT_THROW(handle->wait(), weir::run_error);
      } else {
        EXPECT_NO_THROW(handle->wait());
      }
      EXPECT_EQ(closed, 2);
    }
  }
}

// Node reports a close without end and error as premature. Here a stage has no third way to stop: what is neither an
// error nor a cancel is its end, also that of a coroutine which returns and of a feed which is destroyed.
TEST(Life, R51_AStageThatStopsWithoutAnErrorHasEnded) {
  const auto returns = [](weir::outlet<int> out) -> weir::task {
    for (int i = 0; i < 3; ++i) { (void)co_await out.push(i); }
  };
  std::vector<int> got;
  recorder told;
  weir::plan p = weir::stage("returns", returns) | weir::edge(1) | weir::into(got);
  told.watch(p);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    got.clear();
    told.clear();
    p.run(weir::deterministic{seed});
    ASSERT_EQ(got, (std::vector{0, 1, 2}));
    for (const std::string& stage : told.stages()) { ASSERT_EQ(told.life_of(stage), k_success) << stage; }
  }
  got.clear();
  auto in = std::make_unique<weir::feed<int>>(4);
  weir::run run = (in->source() | weir::into(got)).start();
  const watchdog dog("a feed that goes", run);
  for (int i = 0; i < 3; ++i) { ASSERT_TRUE(in->push(int{i})); }
  in.reset();
  EXPECT_NO_THROW(run.wait());
  EXPECT_EQ(got, (std::vector{0, 1, 2}));
}

struct is_told {
  bool* whole;
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::inlet<tracked>& in) {
    (void)in.try_pop();
    return weir::step::more;
  }
  weir::step finish() {
    *whole = !context->interrupted();
    return weir::step::done;
  }
};

TEST(Life, R51_AnInputThatWasCutShortIsMarkedAsSuch) {
  for (const bool cut : {false, true}) {
    bool whole = false;
    weir::run run =
        (numbers(cut ? std::nullopt : std::optional(10L)) | weir::edge(2) | weir::stage("sink", is_told{&whole}))
            .start();
    const watchdog dog("an input cut short", run);
    if (cut) { run.interrupt(); }
    EXPECT_EQ(run.wait().interrupted, cut);
    EXPECT_EQ(whole, !cut);
  }
}

struct enough_after {
  int left;
  weir::step process(weir::inlet<tracked>& in) {
    if (left == 0) { return weir::step::done; }
    in.release(1);
    --left;
    return weir::step::more;
  }
};

// Node calls this premature. Here only the sink can say `done`, on purpose: a success, and the source is told to stop.
TEST(Life, R52_ASinkThatIsDoneEarlyEndsTheRunWell) {
  recorder told;
  weir::plan p = numbers() | weir::edge(3) | weir::stage("task", task_pass) | weir::edge(2) |
                 weir::stage("enough", enough_after{5});
  told.watch(p);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    told.clear();
    ASSERT_NO_THROW(p.run(weir::deterministic{seed})) << "seed " << seed;
    ASSERT_EQ(told.count(event::close), 3u);
    ASSERT_EQ(told.count(event::error), 0u);
    ASSERT_EQ(tracked::living, 0);
  }
}

struct cleans_up {
  int* times;
  ~cleans_up() { ++*times; }
};

weir::generator<int> with_cleanup(int* begun, int* cleaned, int fails_at) {
  ++*begun;
  const cleans_up at_exit{cleaned};
  for (int i = 0;; ++i) {
    if (i == fails_at) { throw std::runtime_error("source"); }
    if (fails_at < 0 && i == 100) { co_return; }
    co_yield i;
  }
}

TEST(Life, R63_ASourceCleansUpOnceHoweverItEnds) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    int begun = 0;
    int cleaned = 0;
    const auto source = [&](int fails_at) {
      return weir::stage("source", [&, fails_at] { return with_cleanup(&begun, &cleaned, fails_at); }) | weir::edge(2);
    };
    const auto run = [&](const weir::plan& p) { p.run(weir::deterministic{seed}); };
    run(source(-1) | weir::for_each([](int) {}));
    ASSERT_EQ(cleaned, begun) << "at its end";
    run(source(-1) | weir::take(3) | weir::for_each([](int) {}));
    ASSERT_EQ(cleaned, begun) << "when nobody wants more";
    EXPECT_THROW(run(source(7) | weir::for_each([](int) {})), weir::run_error);
    ASSERT_EQ(cleaned, begun) << "after its own error";
    EXPECT_THROW(run(source(-1) | weir::for_each([](int) { throw 1; })), weir::run_error);
    ASSERT_LE(cleaned, begun) << "after another's error";
    ASSERT_GE(cleaned, 3);
    ASSERT_EQ(cleaned, begun);
  }
}

TEST(Life, R65_ACancelledRunHoldsOnToNothing) {
  for (int i = 0; i < 100; ++i) {
    auto shared = std::make_shared<int>(1);
    const std::weak_ptr<int> watched = shared;
    const weir::plan p = weir::generate([only = std::make_unique<int>(), shared]() -> std::optional<tracked> {
                           return tracked(*shared);
                         }) |
                         weir::edge(2) |
                         weir::stage("task",
                                     [only = std::make_unique<int>(), shared](weir::inlet<tracked> in,
                                                                              weir::outlet<tracked> out) -> weir::task {
                                       while (auto x = co_await in.pop()) { (void)co_await out.push(std::move(*x)); }
                                     }) |
                         weir::edge(2) | weir::for_each([only = std::make_unique<int>(), shared](const tracked&) {});
    shared.reset();
    weir::run run = p.start();
    const watchdog dog("cancel", run);
    ASSERT_FALSE(watched.expired());
    run.cancel();
    EXPECT_THROW(run.wait(), weir::cancelled_error);
    ASSERT_TRUE(watched.expired()) << "while plan and handle live";
    ASSERT_EQ(tracked::living, 0);
  }
}

} // namespace
