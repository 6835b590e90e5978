// A run that can never go on is reported at once, with every stage and what it waits for.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using weir::test::tracked;

/// Waits for more input than its edge can hold.
struct greedy {
  weir::step process(weir::inlet<tracked>&) { return weir::step::input; }
};

std::string stall_of(const weir::plan& p) {
  weir::run run = p.start();
  const weir::test::watchdog dog("stall", run);
  try {
    run.wait();
  } catch (const weir::stall_error& error) { return error.what(); }
  return "no stall";
}

TEST(Stall, NamesBothStagesAndTheEdgeBetweenThem) {
  for (int i = 0; i < 200; ++i) {
    const std::string text = stall_of(weir::test::numbers() | weir::edge(4) | weir::stage("greedy", greedy{}));
    ASSERT_NE(text.find("generate waits for room at generate -> greedy (4 of 4)"), std::string::npos) << text;
    ASSERT_NE(text.find("greedy waits for input at generate -> greedy (4 of 4)"), std::string::npos) << text;
  }
  EXPECT_EQ(tracked::living, 0);
}

// The turn that finds it is a cheap one, whose own wakes wait for its end.
TEST(Stall, IsFoundAtTheEndOfACheapTurn) {
  struct has_enough {
    int taken = 0;
    weir::step process(weir::inlet<tracked>& in) {
      if (taken == 1000) { return weir::step::input; }
      if (!in.try_pop()) { return weir::step::input; }
      ++taken;
      return weir::step::more;
    }
  };
  weir::engine one(1);
  for (int i = 0; i < 200; ++i) {
    const weir::plan p = weir::test::numbers() | weir::edge(4) | weir::stage("pass", weir::test::span_pass{}) |
                         weir::edge(4) | weir::stage("has enough", has_enough{});
    weir::run run = p.start({}, one);
    const weir::test::watchdog dog("a stall after many cheap turns", run);
    ASSERT_THROW(run.wait(), weir::stall_error);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(Stall, IsFoundOnTheDeterministicBackendToo) {
  const weir::plan p = weir::test::numbers() | weir::edge(3) | weir::stage("greedy", greedy{});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    ASSERT_THROW(p.run(weir::deterministic{seed}), weir::stall_error);
  }
  EXPECT_EQ(tracked::living, 0);
}

struct keeps_blocks {
  std::vector<weir::block>* kept;
  weir::step process(weir::inlet<weir::block>& in) {
    kept->push_back(*in.try_pop());
    return weir::step::more;
  }
};
struct block_source {
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  [[nodiscard]] weir::stage_needs needs() const { return {.blocks = 3}; }
  weir::step process(weir::outlet<weir::block>& out) {
    weir::block b = context->blocks().try_take();
    if (!b) { return weir::step::memory; }
    (void)out.try_push(std::move(b));
    return weir::step::more;
  }
};

TEST(Stall, BlocksThatNeverComeBackAreOne) {
  std::vector<weir::block> kept;
  const std::string text = stall_of(weir::stage("maker", block_source{}) | weir::stage("keeper", keeps_blocks{&kept}));
  EXPECT_NE(text.find("maker waits for a block of its pool"), std::string::npos) << text;
  EXPECT_NE(text.find("keeper waits for input"), std::string::npos) << text;
  EXPECT_EQ(kept.size(), 3u);
}

TEST(Stall, AnOpenFeedATimerAndAPauseAreNone) {
  struct later {
    weir::stage_context* context = nullptr;
    int left = 3;
    void start(weir::stage_context& c) { context = &c; }
    weir::step process(weir::outlet<tracked>& out) {
      if (left == 0) { return weir::step::done; }
      (void)out.try_push(tracked(--left));
      context->wake_at(context->now() + std::chrono::milliseconds(1));
      return weir::step::time;
    }
  };
  int got = 0;
  EXPECT_NO_THROW((weir::stage("later", later{}) | weir::for_each([&](const tracked&) { ++got; })).run());
  EXPECT_EQ(got, 3);
  weir::feed<int> in(2);
  weir::run run = (in.source() | weir::for_each([&](int) { ++got; })).start();
  const weir::test::watchdog dog("an open feed", run);
  run.pause();
  weir::test::let_others_run();
  EXPECT_FALSE(run.over());
  run.resume();
  weir::test::let_others_run();
  EXPECT_FALSE(run.over());
  in.finish();
  EXPECT_NO_THROW(run.wait());
}

} // namespace
