// A consumer that wants no more ends the run at once, whatever its upstream waits for: R25, R53.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace {

using weir::test::until;

/// Pops `left` items, then has enough.
template <class T>
struct enough_after {
  int left;
  weir::step process(weir::inlet<T>& in) {
    if (left == 0) { return weir::step::done; }
    in.release(1);
    --left;
    return weir::step::more;
  }
};

struct int_pass {
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
};

weir::task task_pass(weir::inlet<int> in, weir::outlet<int> out) {
  while (auto x = co_await in.pop()) {
    if (!co_await out.push(*x)) { co_return; }
  }
}

void ends_without_another_item(weir::pipe<int, int> middle) {
  for (int i = 0; i < 100; ++i) {
    weir::feed<int> in(4);
    std::vector<int> got;
    weir::run run = (in.source() | middle | weir::take(2) | weir::into(got)).start();
    const weir::test::watchdog dog("take behind a stage that waits for a feed", run);
    ASSERT_TRUE(in.push(1));
    ASSERT_TRUE(in.push(2));
    EXPECT_NO_THROW(run.wait());
    ASSERT_EQ(got, (std::vector{1, 2}));
    ASSERT_FALSE(in.push(3));
  }
}

TEST(EarlyEnd, R25_ReachesAnObjectThatWaitsForInput) { ends_without_another_item(weir::stage("object", int_pass{})); }
TEST(EarlyEnd, R25_ReachesACoroutineThatWaitsForInput) { ends_without_another_item(weir::stage("task", task_pass)); }
TEST(EarlyEnd, R25_ReachesOperatorsThatWaitForInput) {
  ends_without_another_item(weir::stage("object", int_pass{}) | weir::map([](int x) { return x; }) | weir::edge(2) |
                            weir::stage("task", task_pass));
}
TEST(EarlyEnd, R25_ReachesAFarmThatWaitsForInput) {
  ends_without_another_item(weir::parallel(2, weir::stage("object", int_pass{})));
}

/// Makes one item at once and the next in an hour.
struct hourly {
  weir::stage_context* context = nullptr;
  bool first = true;
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::outlet<int>& out) {
    if (!std::exchange(first, false)) {
      context->wake_at(context->now() + std::chrono::hours(1));
      return weir::step::time;
    }
    (void)out.try_push(1);
    return weir::step::more;
  }
};

TEST(EarlyEnd, R25_DoesNotWaitForATimer) {
  std::vector<int> got;
  weir::run run = (weir::stage("hourly", hourly{}) | weir::take(1) | weir::into(got)).start();
  const weir::test::watchdog dog("take behind a timer", run);
  EXPECT_NO_THROW(run.wait());
  EXPECT_EQ(got.size(), 1u);
}

/// Makes blocks without end, as many at a time as its pool gives.
struct block_source {
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  [[nodiscard]] weir::stage_needs needs() const { return {.blocks = 2}; }
  weir::step process(weir::outlet<weir::block>& out) {
    weir::block b = context->blocks().try_take();
    if (!b) { return weir::step::memory; }
    b.resize(10);
    (void)out.try_push(std::move(b));
    return weir::step::more;
  }
};

TEST(EarlyEnd, R25_ReachesASourceThatWaitsForABlock) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const int n = static_cast<int>(seed % 5);
    const weir::plan p = weir::stage("blocks", block_source{}) | weir::stage("enough", enough_after<weir::block>{n});
    ASSERT_NO_THROW(p.run(weir::deterministic{seed})) << "seed " << seed;
    weir::run run = p.start();
    const weir::test::watchdog dog("end before a source that waits for a block", run);
    ASSERT_NO_THROW(run.wait());
  }
}

// Makes `left` items, then waits at its descriptor for a peer that says nothing.
struct waits_for_a_peer {
  int left;
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::outlet<int>& out) {
    if (left > 0) {
      (void)out.try_push(left--);
      return weir::step::more;
    }
    if (!context->may_block()) { return weir::step::blocking; }
    pollfd stop{.fd = context->stop_descriptor(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&stop, 1, -1), 1);
    return weir::step::done;
  }
};

TEST(EarlyEnd, R25_ReachesASourceThatWaitsAtItsStopDescriptor) {
  for (int i = 0; i < 100; ++i) {
    std::vector<int> got;
    const weir::plan p = weir::stage("peer", waits_for_a_peer{2}) | weir::stage("object", int_pass{}) | weir::edge(4) |
                         weir::take(2) | weir::into(got);
    weir::run run = p.start();
    const weir::test::watchdog dog("take behind a source that waits outside the engine", run);
    ASSERT_NO_THROW(run.wait());
    ASSERT_EQ(got, (std::vector{2, 1}));
  }
}

// The other branch still wants what its own source waits for: only the one that nobody listens to is told.
TEST(EarlyEnd, ASourceThatIsStillWantedGoesOnWaitingAtItsStopDescriptor) {
  std::vector<int> all;
  weir::feed<int> in(4);
  const weir::plan p = weir::merge(weir::stage("peer", waits_for_a_peer{2}), in.source()) | weir::into(all);
  weir::run run = p.start();
  const weir::test::watchdog dog("a source that waits outside the engine, beside a feed", run);
  for (int i = 0; i < 100; ++i) { ASSERT_TRUE(in.push(100 + i)); }
  in.finish();
  EXPECT_FALSE(run.over());
  until([&] { // It would not begin once it is told to finish.
    const weir::report now = run.snapshot();
    return std::any_of(now.stages.begin(), now.stages.end(),
                       [](const weir::stage_report& s) { return s.name == "peer" && s.items_out == 2; });
  });
  run.finish();
  ASSERT_NO_THROW(run.wait());
  EXPECT_EQ(all.size(), 102u);
}

TEST(EarlyEnd, ReplicasThatEndEarlyEndTheFarm) {
  const auto only_three = [](weir::inlet<int> in, weir::outlet<int> out) -> weir::task {
    for (int i = 0; i < 3; ++i) {
      if (auto x = co_await in.pop()) { (void)co_await out.push(*x); }
    }
  };
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> got;
    const weir::plan p =
        weir::iota(0, 1'000'000) | weir::parallel(2, weir::stage("three", only_three)) | weir::into(got);
    const weir::test::watchdog dog("replicas that end early");
    p.run(weir::deterministic{seed});
    ASSERT_LE(got.size(), 6u);
    for (std::size_t i = 0; i < got.size(); ++i) { ASSERT_EQ(got[i], static_cast<int>(i)); }
  }
}

TEST(EarlyEnd, FinishEndsARunWhoseFeedGoesOn) {
  weir::feed<int> in(4);
  std::vector<int> got;
  weir::run run = (in.source() | weir::edge(2) | weir::into(got)).start();
  const weir::test::watchdog dog("finish with an open feed", run);
  for (int i = 0; i < 3; ++i) { ASSERT_TRUE(in.push(int{i})); }
  run.finish();
  EXPECT_NO_THROW(run.wait());
  EXPECT_EQ(got, (std::vector{0, 1, 2})) << "what was pushed before is let out";
  EXPECT_FALSE(in.push(3));
}

} // namespace
