// A run that fails: the first error wins, everything is released once, nothing comes after it.

#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using weir::event;
using weir::test::numbers;
using weir::test::recorder;
using weir::test::tracked;

/// Passes items on; throws at the item `at`.
struct failing_pass {
  long at;
  weir::step process(weir::inlet<tracked>& in, weir::outlet<tracked>& out) {
    if (in.front().value() == at) { throw std::runtime_error("item " + std::to_string(at)); }
    if (!out.try_push(std::move(in.front()))) { return weir::step::room; }
    in.release(1);
    return weir::step::more;
  }
};

constexpr long k_never = -5;

/// Five stages; the one at `where` fails.
weir::plan five_stages(int where, long at) {
  const auto here = [=](int stage) { return where == stage ? at : k_never; };
  const auto fail_at = [](long when) {
    return weir::inspect([when](const tracked& x) {
      if (x.value() == when) { throw std::runtime_error("item " + std::to_string(when)); }
    });
  };
  return numbers() | fail_at(here(0)) | weir::edge(4) | weir::stage("one", failing_pass{here(1)}) | weir::edge(3) |
         weir::stage("two",
                     [when = here(2)](weir::inlet<tracked> in, weir::outlet<tracked> out) -> weir::task {
                       while (auto x = co_await in.pop()) {
                         if (x->value() == when) { throw std::runtime_error("item " + std::to_string(when)); }
                         if (!co_await out.push(std::move(*x))) { co_return; }
                       }
                     }) |
         weir::edge(1) | weir::parallel(2, weir::stage("three", failing_pass{here(3)})) | weir::edge(2) |
         fail_at(here(4)) | weir::for_each([](const tracked&) {});
}

TEST(RunError, R41_R42_R45_AnErrorInAnyStageClosesEveryStageOnce) {
  const std::string names[] = {"generate+inspect", "one", "two", "three[", "inspect+for_each"};
  for (int where = 0; where < 5; ++where) {
    for (const long at : {0L, 1L, 777L}) {
      recorder told;
      weir::plan p = five_stages(where, at);
      told.watch(p);
      for (int i = 0; i < 10; ++i) {
        told.clear();
        try {
          p.run();
          FAIL() << "no error at stage " << where;
        } catch (const weir::run_error& error) {
          ASSERT_EQ(error.stage().substr(0, names[where].size()), names[where]);
          ASSERT_EQ(error.what(), error.stage() + ": item " + std::to_string(at));
          ASSERT_THROW(std::rethrow_exception(error.cause()), std::runtime_error);
          ASSERT_EQ(told.life_of(error.stage()).front(), event::error);
        }
        ASSERT_EQ(told.count(event::error), 1u);
        ASSERT_EQ(told.count(event::close), 8u) << "three more stand for the farm";
        for (const std::string& stage : told.stages()) {
          const auto life = told.life_of(stage);
          ASSERT_EQ(std::count(life.begin(), life.end(), event::close), 1) << stage;
          ASSERT_EQ(life.back(), event::close) << stage;
        }
        ASSERT_EQ(tracked::living, 0);
      }
    }
  }
}

TEST(RunError, R43_OfSeveralErrorsOneIsReportedAndAlwaysTheSame) {
  for (int i = 0; i < 200; ++i) {
    const auto thrower = [](int n) {
      return weir::inspect([n](const tracked& x) {
        if (x.value() >= 10) { throw std::runtime_error("from " + std::to_string(n)); }
      });
    };
    weir::run run = (numbers() | thrower(1) | weir::edge(32) | thrower(2) | weir::edge(32) | thrower(3) |
                     weir::for_each([](const tracked&) {
                     })).start();
    const weir::test::watchdog dog("several errors", run);
    const auto text = [&] {
      try {
        run.wait();
      } catch (const weir::run_error& error) { return std::string(error.what()); }
      return std::string("success");
    };
    const std::string first = text();
    ASSERT_NE(first.find("from "), std::string::npos) << first;
    ASSERT_EQ(text(), first);
    run.cancel();
    ASSERT_EQ(text(), first) << "a cancel does not replace an error";
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(RunError, R48_WhateverIsThrownBecomesTheStagesError) {
  const weir::plan p = weir::iota(0, 10) | weir::for_each([](int) { throw 42; });
  try {
    p.run();
    FAIL() << "no error";
  } catch (const weir::run_error& error) {
    EXPECT_NE(std::string(error.what()).find("no std::exception"), std::string::npos);
    EXPECT_THROW(std::rethrow_exception(error.cause()), int);
  }
}

TEST(RunError, AnObserversErrorIsItsStages) {
  for (const event what : {event::data, event::end, event::finish, event::close}) {
    weir::plan p = weir::iota(0, 10) | weir::edge(4) | weir::for_each([](int) {});
    p.on("for_each", what, [](const weir::event_info&) { throw std::runtime_error("observer"); });
    try {
      p.run();
      FAIL() << to_string(what);
    } catch (const weir::run_error& error) { EXPECT_EQ(error.stage(), "for_each") << to_string(what); }
  }
}

struct opened {
  static inline int open = 0;
  bool fails = false;
  std::shared_ptr<int> mark{};
  void start(weir::stage_context&) {
    if (fails) { throw std::runtime_error("no such file"); }
    ++open;
    mark = std::shared_ptr<int>(new int(0), [](int* p) {
      --open;
      delete p;
    });
  }
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
};

TEST(RunError, R37_AStageThatCannotOpenStopsTheRunBeforeTheFirstItem) {
  int items = 0;
  const weir::plan p = weir::iota(0, 10) | weir::stage("first", opened{}) |
                       weir::stage("second", opened{.fails = true}) | weir::for_each([&](int) { ++items; });
  try {
    (void)p.start();
    FAIL() << "it opened";
  } catch (const weir::run_error& error) { EXPECT_STREQ(error.what(), "second: no such file"); }
  EXPECT_EQ(items, 0);
  EXPECT_EQ(opened::open, 0) << "what had been opened is released";
}

struct fails_at_its_end {
  weir::step process(weir::inlet<int>& in) {
    (void)in.try_pop();
    return weir::step::more;
  }
  weir::step finish() { throw std::runtime_error("disk full"); }
};

TEST(RunError, R35_AFailureAtTheEndIsNoFinish) {
  recorder told;
  weir::plan p = weir::iota(0, 10) | weir::stage("sink", fails_at_its_end{});
  told.watch(p);
  EXPECT_THROW(p.run(), weir::run_error);
  EXPECT_EQ(told.life_of("sink"), (std::vector{event::error, event::close}));
}

TEST(RunError, R41_OnTheDeterministicBackendToo) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    for (int where = 0; where < 5; ++where) {
      ASSERT_THROW(five_stages(where, 20).run(weir::deterministic{seed}), weir::run_error) << "seed " << seed;
      ASSERT_EQ(tracked::living, 0) << "seed " << seed;
    }
  }
}

} // namespace
