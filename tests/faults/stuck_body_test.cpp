// A body does not come back: a cancel releases everybody else, and the run ends when the body does.

#include "tests/faults/plans.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace weir::test {
namespace {

/// Holds whoever calls it until it is let go.
class held_body {
 public:
  void hold() {
    held_ = true;
    until([&] { return free_.load(); });
  }
  void let_go() { free_ = true; }
  void await() const {
    until([&] { return held_.load(); });
  }

 private:
  std::atomic<bool> held_{false};
  std::atomic<bool> free_{false};
};

TEST(StuckBody, CancelReleasesTheOthersAndTheRunEndsWhenTheBodyReturns) {
  const watchdog dog("a stuck body");
  engine where(2);
  held_body body;
  std::atomic<int> closed{0};
  plan p = numbers() | edge(2) | stage("before", span_pass{}) | edge(2) | inspect([&](const tracked& x) {
             if (x.value() == 5) { body.hold(); }
           }) |
           edge(2) | stage("behind", task_pass) | edge(2) | for_each([](const tracked&) {});
  p.on(event::close, [&](const event_info&) { ++closed; });
  weir::run run = p.start({}, where);
  body.await();
  run.cancel(); // returns although the body does not
  until([&] { return closed == 4; });
  EXPECT_FALSE(run.over()) << "a stage is still in its body";
  std::atomic<bool> waited{false};
  std::thread waiter([&] {
    EXPECT_THROW(run.wait(), cancelled_error);
    waited = true;
  });
  EXPECT_TRUE(clean_run(where)) << "the other worker is free";
  EXPECT_FALSE(waited);
  EXPECT_EQ(run.snapshot().stages.size(), 5u);
  body.let_go();
  waiter.join();
  EXPECT_EQ(closed, 5);
  EXPECT_EQ(tracked::living, 0);
  EXPECT_TRUE(clean_run(where));
}

// A turn like those before it, until one item does not come back: what was made before it is consumed all the same, and
// whoever it has woken can be cancelled.
TEST(StuckBody, AfterManyCheapTurnsHoldsUpNobodyElse) {
  const watchdog dog("a body that is stuck after cheap turns");
  engine where(2);
  held_body body;
  std::atomic<int> got{0};
  std::atomic<int> closed{0};
  plan p = numbers() | edge(64) | inspect([&](const tracked& x) {
             if (x.value() == 10'010) { body.hold(); }
           }) |
           edge(4) | stage("behind", span_pass{}) | edge(64) | for_each([&](const tracked&) { ++got; });
  p.on(event::close, [&](const event_info&) { ++closed; });
  weir::run run = p.start({}, where);
  body.await();
  until([&] { return got >= 10'000; });
  run.cancel();
  until([&] { return closed >= 3; });
  body.let_go();
  EXPECT_THROW(run.wait(), cancelled_error);
  EXPECT_EQ(tracked::living, 0);
}

TEST(StuckBody, OnABlockingThreadHoldsUpNoWorker) {
  const watchdog dog("a stuck blocking call");
  engine where(1);
  held_body body;
  struct blocks {
    held_body* body;
    stage_context* context = nullptr;
    void start(stage_context& c) { context = &c; }
    step process(outlet<long>&) {
      if (!context->may_block()) { return step::blocking; }
      body->hold();
      return step::done;
    }
  };
  weir::run run = (stage("blocks", blocks{&body}) | for_each([](long) {})).start({}, where);
  body.await();
  EXPECT_TRUE(clean_run(where)) << "the only worker is free";
  run.cancel();
  EXPECT_FALSE(run.over());
  body.let_go();
  EXPECT_THROW(run.wait(), cancelled_error);
}

TEST(StuckBody, AnEngineThatGoesWaitsForIt) {
  const watchdog dog("an engine with a stuck body");
  held_body body;
  std::atomic<bool> gone{false};
  std::optional<weir::run> run;
  std::thread owner([&] {
    {
      engine where(2);
      run = (weir::iota(0, 3) | for_each([&](int) { body.hold(); })).start({}, where);
      body.await();
    }
    gone = true;
  });
  body.await();
  let_others_run();
  EXPECT_FALSE(gone);
  body.let_go();
  owner.join();
  EXPECT_THROW(run->wait(), cancelled_error);
}

} // namespace
} // namespace weir::test
