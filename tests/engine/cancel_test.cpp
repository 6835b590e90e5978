// Cancel at any moment: everything parked is released, every item and stage destroyed once.

#include "tests/support/random_pause.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace {

using weir::event;
using weir::test::numbers;
using weir::test::random_pause;
using weir::test::rounds;
using weir::test::span_pass;
using weir::test::task_pass;
using weir::test::tracked;
using weir::test::watchdog;

weir::plan everything(std::optional<long> n) {
  return numbers(n) | weir::edge(3) | weir::stage("spans", span_pass{}) | weir::edge(2) |
         weir::parallel(2, weir::stage("task", task_pass)) | weir::edge(1) | weir::stage("last", task_pass) |
         weir::edge(5) | weir::for_each([](const tracked&) {});
}

TEST(Cancel, R49_R110_AtARandomMomentEveryObjectIsDestroyedOnce) {
  random_pause random(5);
  for (std::uint64_t i = 0; i < rounds(3000); ++i) {
    weir::plan p = everything(i % 4 == 0 ? std::optional<long>(static_cast<long>(random.below(200))) : std::nullopt);
    weir::test::recorder told;
    told.watch(p);
    bool cancelled = false;
    {
      weir::run run = p.start();
      const watchdog dog("cancel", run);
      std::thread canceller([&, spins = random.below(30'000)] {
        for (std::uint64_t s = spins; s > 0; --s) { __asm__ volatile(""); }
        run.cancel();
        run.cancel();
      });
      try {
        run.wait();
      } catch (const weir::cancelled_error&) { cancelled = true; }
      canceller.join();
    }
    ASSERT_TRUE(cancelled || i % 4 == 0);
    ASSERT_EQ(tracked::living, 0) << "round " << i;
    ASSERT_EQ(told.count(event::close), 8u);
    ASSERT_EQ(told.count(event::error), 0u);
    for (const std::string& stage : told.stages()) { ASSERT_EQ(told.life_of(stage).back(), event::close); }
  }
}

TEST(Cancel, R62_ReleasesWhoeverIsParked) {
  struct waits_outside {
    weir::step process(weir::inlet<tracked>&) { return weir::step::outside; }
  };
  for (std::uint64_t i = 0; i < rounds(2000); ++i) {
    weir::run run = (numbers() | weir::edge(2) | weir::stage("spans", span_pass{}) | weir::edge(2) |
                     weir::stage("task", task_pass) | weir::edge(1) | weir::stage("sink", waits_outside{}))
                        .start();
    const watchdog dog("cancel of parked stages", run);
    if (i % 2 == 0) { // everybody parked
      weir::test::until([&] {
        const weir::report r = run.snapshot();
        return r.stages.back().state == weir::reason::outside && r.stages.front().state == weir::reason::room;
      });
    }
    run.cancel();
    ASSERT_THROW(run.wait(), weir::cancelled_error);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(Cancel, R58_MayComeFromManyThreadsAndFromObservers) {
  for (std::uint64_t i = 0; i < rounds(500); ++i) {
    weir::plan p = everything(std::nullopt);
    std::optional<weir::run> handle;
    std::atomic<bool> set{false};
    p.on("spans", event::data, [&](const weir::event_info&) {
      if (set) { handle->cancel(); }
    });
    handle = p.start();
    set = true;
    const watchdog dog("cancel from everywhere", *handle);
    std::thread a([run = *handle]() mutable { run.cancel(); });
    std::thread b([run = *handle]() mutable {
      run.pause();
      run.resume();
      run.finish();
      run.cancel();
    });
    try {
      handle->wait();
    } catch (const weir::cancelled_error&) {}
    a.join();
    b.join();
    ASSERT_TRUE(handle->over());
  }
  EXPECT_EQ(tracked::living, 0);
}

/// Makes blocks and never gets enough of them.
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
struct never {
  weir::step process(weir::inlet<weir::block>&) { return weir::step::outside; }
};

TEST(Cancel, BlocksInFlightOutliveTheirStageAndWakeNobody) {
  for (int i = 0; i < 200; ++i) {
    weir::run run = (weir::stage("blocks", block_source{}) | weir::edge(8) | weir::stage("never", never{})).start();
    const watchdog dog("cancel of a stage that waits for a block", run);
    weir::test::until([&] { return run.snapshot().stages.front().state == weir::reason::memory; });
    run.cancel();
    ASSERT_THROW(run.wait(), weir::cancelled_error);
  }
}

} // namespace
