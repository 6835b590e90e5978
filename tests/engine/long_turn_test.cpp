// A turn that does not end, of a stage whose turns were short until then: what others wait for comes all the same.

#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iterator>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weir::test::watchdog;

// Short turns teach the engine that the stage is cheap; `long_turn` is the body of one more, and does not come back before what it
// waits for has happened.
void after_short_turns(weir::engine& on, const std::function<void()>& long_turn) {
  weir::feed<bool> in;
  std::atomic<int> seen{0};
  weir::run run = (in.source() | weir::for_each([&](bool is_long) {
                     if (is_long) { long_turn(); }
                     ++seen;
                   })).start({}, on);
  const watchdog dog("a long turn", run);
  int pushed = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(in.push(i == 19));
      ++pushed;
      while (seen < pushed) { std::this_thread::yield(); }
    }
  }
  in.finish();
  run.wait();
}

TEST(LongTurn, HoldsUpNoTimerOfAnotherRun) {
  weir::engine on(2);
  std::atomic<int> ticks{0};
  weir::run ticking = (weir::tick(1ms) | weir::for_each([&ticks](std::uint64_t) { ++ticks; })).start({}, on);
  after_short_turns(on, [&ticks] {
    const int before = ticks;
    while (ticks < before + 10) { std::this_thread::yield(); }
  });
  ticking.finish();
  ticking.wait();
}

TEST(LongTurn, HoldsUpNoNewRun) {
  weir::engine on(2);
  std::atomic<int> begun{0};
  std::atomic<int> others{0};
  std::thread starter([&] {
    for (int i = 0; i < 5; ++i) {
      while (begun <= i) { std::this_thread::yield(); }
      std::atomic<bool> ran{false};
      weir::run other = (weir::iota(0, 1) | weir::for_each([&ran](int) { ran = true; })).start({}, on);
      while (!ran) { std::this_thread::yield(); } // not wait(), which would run it itself
      other.wait();
      ++others;
    }
  });
  after_short_turns(on, [&] {
    const int mine = ++begun;
    while (others < mine) { std::this_thread::yield(); }
  });
  starter.join();
}

struct blocks_often {
  weir::stage_context* context = nullptr;
  std::vector<std::size_t>* threads = nullptr;

  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::inlet<int>& in) {
    if (!context->may_block()) { return weir::step::blocking; }
    if (in.empty()) { return in.ended() ? weir::step::done : weir::step::input; }
    threads->push_back(static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator())));
    in.release(1);
    return weir::step::more;
  }
};

// Submitted anew each turn it had needed a second thread: the first is busy until the turn has ended.
TEST(LongTurn, AStageThatBlocksTurnAfterTurnNeedsOneThread) {
  const watchdog dog("turns that block"); // its thread is there before any is counted
  weir::engine on(1);
  std::vector<std::size_t> threads;
  weir::run run = (weir::iota(0, 50) | weir::stage("blocks", blocks_often{.threads = &threads})).start({}, on);
  while (!run.over()) { std::this_thread::yield(); }
  run.wait();
  ASSERT_EQ(threads.size(), 50U);
  EXPECT_EQ(threads.back(), threads.front());
}

} // namespace
