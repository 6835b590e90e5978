// Loops over a stream: outside the engine over drain_to, inside it as coroutines.

#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace {

using weir::outcome;
using weir::test::numbers;
using weir::test::stuck;
using weir::test::tracked;
using weir::test::until;
using weir::test::until_none_lives;
using weir::test::watchdog;

TEST(Iteration, R96_ALoopSeesTheItemsInOrderAndEnds) {
  weir::drain_to<int> out(2);
  weir::run run = (weir::iota(0, 500) | weir::edge(3) | out.sink()).start();
  const watchdog dog("a loop", run);
  int next = 0;
  for (const int x : out) { ASSERT_EQ(x, next++); }
  EXPECT_EQ(next, 500);
  for (const int x : out) { FAIL() << "an ended stream has no item " << x; }
  EXPECT_FALSE(out.pop().has_value());
  run.wait();
}

TEST(Iteration, R96_ALoopOverACancelledStreamDoesNotHang) {
  weir::drain_to<tracked> out(2);
  weir::run run = (numbers() | weir::edge(3) | out.sink()).start();
  const watchdog dog("a loop over a cancelled stream", run);
  run.cancel();
  for (tracked& x : out) { EXPECT_GE(x.value(), 0); } // what was handed over before
  EXPECT_TRUE(out.ended());
  EXPECT_THROW(run.wait(), weir::cancelled_error);
}

TEST(Iteration, R99_LeavingTheLoopCancelsUpstreamUnlessItGoesOn) {
  std::atomic<long> made{0};
  const auto out = std::make_unique<weir::drain_to<int>>(2);
  weir::run run =
      (weir::generate([&]() -> std::optional<int> { return static_cast<int>(made++); }) | weir::edge(3) | out->sink())
          .start();
  const watchdog dog("leaving a loop", run);
  int next = 0;
  for (const int x : *out) {
    ASSERT_EQ(x, next++);
    if (x == 10) { break; }
  }
  for (const int x : *out) { // nothing was lost by leaving
    ASSERT_EQ(x, next++);
    if (x == 20) { break; }
  }
  EXPECT_FALSE(run.over());
  out->close();
  EXPECT_NO_THROW(run.wait()) << "an end on purpose is a success";
  EXPECT_LE(made, 21 + 2 + 3 + 2);
}

TEST(Iteration, R99_AThrowOutOfTheLoopCancelsUpstream) {
  std::optional<weir::run> run;
  const auto loop = [&] {
    weir::drain_to<tracked> out(2);
    run = (numbers() | weir::edge(3) | out.sink()).start();
    for (tracked& x : out) {
      if (x.value() == 5) { throw std::logic_error("five"); }
    }
  };
  EXPECT_THROW(loop(), std::logic_error);
  const watchdog dog("a throw out of a loop");
  EXPECT_NO_THROW(run->wait());
  run.reset(); // what had been handed over and was not taken goes with the last handle
  until_none_lives();
}

// The loop ends as at an end of the stream; which of the two it was is what wait() says.
TEST(Iteration, R102_ACancelInTheMiddleOfALoopIsNoNormalEnd) {
  weir::drain_to<tracked> out(2);
  weir::run run = (numbers() | weir::edge(3) | out.sink()).start();
  const watchdog dog("a cancel inside a loop", run);
  long n = 0;
  for (const tracked& x : out) {
    ASSERT_EQ(x.value(), n++);
    if (n == 10) { run.cancel(); }
  }
  EXPECT_GE(n, 10);
  EXPECT_THROW(run.wait(), weir::cancelled_error);
}

enum class awaited { nothing, drained, released };

/// A source that offers until pressure is reported and then waits for the drain.
auto waits_for_drain(int items, std::atomic<awaited>& last, std::atomic<int>& drains) {
  struct told_at_exit {
    std::atomic<awaited>* last;
    ~told_at_exit() { *last = awaited::released; }
  };
  return [items, &last, &drains](weir::outlet<int> out) -> weir::task {
    const told_at_exit guard{&last};
    for (int i = 0; i < items || items == 0;) {
      const outcome answer = out.offer(int{i});
      if (answer == outcome::taken || answer == outcome::taken_full) { ++i; }
      if (answer == outcome::taken) { continue; }
      if (!co_await out.drained()) { co_return; }
      EXPECT_LE(out.writable_length(), 1u);
      last = awaited::drained;
      ++drains;
    }
  };
}

// `true` says drained. In every other case there is nobody to say it to: the coroutine is destroyed where it waits.
TEST(Iteration, R101_WhoAwaitsADrainIsResumedByItOrReleased) {
  const weir::edge_options marks{.capacity = 4, .high_water = 3, .low_water = 1};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::atomic<awaited> last{awaited::nothing};
    std::atomic<int> drains{0};
    const auto source = [&](int items) { return weir::stage("source", waits_for_drain(items, last, drains)) | marks; };
    std::vector<int> got;
    (source(50) | weir::into(got)).run(weir::deterministic{seed});
    ASSERT_EQ(got.size(), 50u) << "seed " << seed;
    ASSERT_GT(drains, 0);
    ASSERT_EQ(last, awaited::released) << "at its own end";

    last = awaited::nothing;
    ASSERT_NO_THROW((source(0) | weir::take(7) | weir::for_each([](int) {})).run(weir::deterministic{seed}));
    ASSERT_EQ(last, awaited::released) << "when the consumer has enough";

    last = awaited::nothing;
    ASSERT_THROW((source(0) | weir::for_each([](int) { throw 1; })).run(weir::deterministic{seed}), weir::run_error);
    ASSERT_EQ(last, awaited::released) << "by an error";
  }
  std::atomic<awaited> last{awaited::nothing};
  std::atomic<int> drains{0};
  weir::run run =
      (weir::stage("source", waits_for_drain(0, last, drains)) | marks | weir::stage("stuck", stuck<int>{})).start();
  const watchdog dog("cancel of a wait for a drain", run);
  until([&] { return run.snapshot().stages.front().state == weir::reason::room; });
  EXPECT_EQ(last, awaited::nothing);
  run.cancel();
  EXPECT_THROW(run.wait(), weir::cancelled_error);
  EXPECT_EQ(last, awaited::released);
}

TEST(Iteration, R101_AFeedsDrainCallbackComesAlsoWhenNobodyWantsMore) {
  weir::feed<int> in(2);
  std::atomic<int> calls{0};
  in.on_drain([&] { calls.fetch_add(1); });
  weir::run run = (in.source() | weir::edge(1) | weir::stage("stuck", stuck<int>{})).start();
  const watchdog dog("drain callback at the end", run);
  until([&] { return in.offer(1) == outcome::refused; });
  run.cancel();
  // Each answer that reports pressure is followed by a call, until one says why no more is wanted.
  for (outcome answer = outcome::refused; answer != outcome::closed;) {
    const int before = calls;
    answer = in.offer(1);
    if (answer == outcome::refused || answer == outcome::taken_full) {
      until([&] { return calls > before; });
    }
  }
  EXPECT_THROW(run.wait(), weir::cancelled_error);
}

// ---- a node by itself, driven by the test ----

struct no_services final : weir::run_services {
  weir::clock::time_point now() noexcept override { return {}; }
  int stop_descriptor(const weir::waker&) override { return -1; }
  std::size_t threads() const noexcept override { return 1; }
  std::shared_ptr<void> alive() override { return nullptr; }
  weir::run start_beside(const weir::part_list&, const weir::run_options&, std::function<void()>) override {
    throw std::logic_error("no run here");
  }
};
struct nobody final : weir::waker {
  void wake() noexcept override {}
};

__attribute__((noinline)) std::uintptr_t stack_here() {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

// Allocations per item are counted in tests/engine/allocation_test.cpp.
TEST(Iteration, R103_ItemsAtHandCostNoSwitchAndNoStack) {
  constexpr int k_items = 100'000;
  weir::typed_edge<int> items(weir::edge_options{.capacity = k_items}.resolved(1));
  std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
  std::uintptr_t highest = 0;
  int got = 0;
  const auto consumer = [&](weir::inlet<int> in) -> weir::task {
    while (auto x = co_await in.pop()) {
      got += *x;
      lowest = std::min(lowest, stack_here());
      highest = std::max(highest, stack_here());
    }
  };
  weir::coroutine_node<decltype(consumer), int, void> node("consumer", consumer, &items, nullptr);
  weir::run_signals signals;
  no_services services;
  nobody self;
  node.bind(signals, services, self, nullptr);
  for (int i = 0; i < k_items; ++i) { ASSERT_TRUE(items.try_push(1)); }
  items.finish();
  const weir::turn_budget endless(0, std::numeric_limits<std::uint64_t>::max(), 256, false);
  EXPECT_EQ(node.turn(endless, false).why, weir::reason::done) << "one turn";
  EXPECT_EQ(got, k_items);
  EXPECT_LT(highest - lowest, 4096u);
  EXPECT_EQ(node.retire(), nullptr);
}

} // namespace
