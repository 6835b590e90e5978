// Cancel: how much still moves, what is told, who is released.

#include "tests/support/random_pause.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using weir::event;
using weir::outcome;
using weir::test::numbers;
using weir::test::outlast_the_turn;
using weir::test::random_pause;
using weir::test::recorder;
using weir::test::rounds;
using weir::test::span_pass;
using weir::test::stuck;
using weir::test::task_pass;
using weir::test::tracked;
using weir::test::until;
using weir::test::until_none_lives;
using weir::test::watchdog;

/// A run whose sink cancels it at item `at`, and then stays until its own turn and those of the others are over.
struct cancels_itself {
  std::optional<weir::run> handle;
  std::atomic<bool> set{false};
  std::atomic<long> made{0};
  long made_then = 0;
  std::vector<long> got;
  long at = 0;

  weir::plan plan() {
    return weir::generate([this]() -> std::optional<tracked> { return tracked(made++); }) | weir::edge(4) |
           weir::stage("spans", span_pass{}) | weir::edge(3) | weir::stage("task", task_pass) | weir::edge(2) |
           weir::for_each([this](const tracked& x) {
             got.push_back(x.value());
             if (x.value() != at) { return; }
             until([&] { return set.load(); });
             handle->cancel();
             made_then = made;
             outlast_the_turn();
           });
  }
  void operator()() {
    const weir::plan p = plan();
    handle = p.start();
    set = true;
    const watchdog dog("a run that cancels itself", *handle);
    EXPECT_THROW(handle->wait(), weir::cancelled_error);
    EXPECT_EQ(tracked::living, 0);
  }
};

// A stage looks at the cancel between turns: what its neighbours hold may pass once while the last turns end.
TEST(CancelRules, R59_R117_AfterACancelAtMostWhatIsHeldStillMoves) {
  constexpr long k_held = 4 + 3 + 2 + 1;
  for (const long at : {0L, 10L, 1000L, 100'000L}) { // the same bound however long the stream
    cancels_itself c;
    c.at = at;
    c();
    EXPECT_LE(static_cast<long>(c.got.size()) - (at + 1), k_held) << "at the sink, cancelled at " << at;
    EXPECT_LE(c.made - c.made_then, 2 * k_held) << "at the source, cancelled at " << at;
    const auto seen = c.got.size();
    c.handle->resume(); // more room, more wakes: nothing
    c.handle->finish();
    EXPECT_EQ(c.got.size(), seen);
  }
}

TEST(CancelRules, R50_TheItemInHandIsNotProcessedTwice) {
  for (int i = 0; i < 50; ++i) {
    cancels_itself c;
    c.at = i;
    c();
    for (std::size_t k = 0; k < c.got.size(); ++k) { ASSERT_EQ(c.got[k], static_cast<long>(k)); }
    ASSERT_GT(c.got.size(), static_cast<std::size_t>(i));
  }
}

TEST(CancelRules, R60_AfterACancelThereIsNoEndNoFinishAndOneClose) {
  random_pause random(60);
  for (std::uint64_t i = 0; i < rounds(1000); ++i) {
    weir::plan p = numbers() | weir::edge(3) | weir::stage("spans", span_pass{}) | weir::edge(1) |
                   weir::stage("task", task_pass) | weir::edge(2) | weir::for_each([](const tracked&) {});
    recorder told;
    told.watch(p);
    weir::run run = p.start();
    const watchdog dog("cancel", run);
    for (std::uint64_t s = random.below(20'000); s > 0; --s) { __asm__ volatile(""); }
    run.cancel();
    EXPECT_THROW(run.wait(), weir::cancelled_error);
    ASSERT_EQ(told.stages().size(), 4u);
    for (const std::string& stage : told.stages()) { ASSERT_EQ(told.life_of(stage), std::vector{event::close}); }
    const std::string& all = told.transcript();
    for (const std::string& stage : told.stages()) { // no item after it either
      ASSERT_EQ(all.find("\n" + stage + " ", all.find(stage + " close")), std::string::npos) << all;
    }
  }
}

TEST(CancelRules, R61_APushIntoACancelledRunIsQuietlyRefused) {
  recorder told;
  weir::feed<tracked> in(2);
  weir::plan p = in.source() | weir::edge(1) | weir::for_each([](const tracked&) {});
  told.watch(p);
  weir::run run = p.start();
  const watchdog dog("push after cancel", run);
  run.cancel();
  EXPECT_THROW(run.wait(), weir::cancelled_error);
  tracked kept(7);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(in.offer(std::move(kept)), outcome::closed);
    EXPECT_FALSE(in.try_push(std::move(kept)));
  }
  EXPECT_EQ(kept.value(), 7);
  EXPECT_FALSE(in.push(std::move(kept)));
  EXPECT_EQ(told.count(event::error), 0u);
}

/// Takes nothing until it may go, then throws.
struct throws_when_woken {
  std::atomic<weir::waker*>* self;
  const std::atomic<bool>* go; // set before it is woken; its inlet may have notified it before
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::inlet<int>&, weir::outlet<int>&) {
    if (*go) { throw std::runtime_error("woken"); }
    *self = &context->self();
    return weir::step::outside;
  }
};

// The difference: whoever waits for the run gets the error, all of them the same; those at its ends see the end.
TEST(CancelRules, R100_WhoeverWaitsIsReleasedByACancelAndByAnError) {
  for (std::uint64_t i = 0; i < rounds(400); ++i) {
    const bool fails = i % 2 == 0;
    weir::feed<int> in(2);
    weir::drain_to<int> out(2);
    std::atomic<weir::waker*> middle{nullptr};
    std::atomic<bool> go{false};
    weir::run run = (in.source() | weir::edge(1) | weir::stage("middle", throws_when_woken{&middle, &go}) |
                     weir::edge(1) | out.sink())
                        .start();
    const watchdog dog("everybody waits", run);
    std::atomic<int> errors{0};
    std::thread pusher([&] {
      for (int k = 0; in.push(int{k}); ++k) {}
    });
    std::thread popper([&] { EXPECT_FALSE(out.pop().has_value()); });
    const auto waits = [&](weir::run of) {
      try {
        of.wait();
      } catch (const weir::run_error&) { errors += fails ? 1 : 0; } catch (const weir::cancelled_error&) {
        errors += fails ? 0 : 1;
      }
    };
    std::thread a(waits, run);
    std::thread b(waits, run);
    until([&] { return middle.load() != nullptr && in.need_drain(); });
    if (fails) {
      go = true;
      middle.load()->wake();
    } else {
      run.cancel();
    }
    for (std::thread* t : {&pusher, &popper, &a, &b}) { t->join(); }
    ASSERT_EQ(errors, 2);
  }
}

TEST(CancelRules, R110_ACancelAgainstPushAndPopDestroysEveryItemOnce) {
  random_pause random(110);
  for (std::uint64_t i = 0; i < rounds(1000); ++i) {
    weir::feed<tracked> in(1 + i % 3);
    weir::drain_to<tracked> out(1 + i % 2);
    weir::run run = (in.source() | weir::edge(2) | weir::stage("task", task_pass) | weir::edge(1) | out.sink()).start();
    const watchdog dog("cancel against push and pop", run);
    std::thread pusher([&, seed = random.below(1000)] {
      random_pause pause(seed);
      for (long k = 0; in.push(tracked(k)); ++k) { pause(); }
    });
    std::thread popper([&, seed = random.below(1000)] {
      random_pause pause(seed);
      for (long next = 0; auto x = out.pop(); ++next) {
        ASSERT_EQ(x->value(), next);
        pause();
      }
    });
    for (std::uint64_t s = random.below(30'000); s > 0; --s) { __asm__ volatile(""); }
    run.cancel();
    EXPECT_THROW(run.wait(), weir::cancelled_error);
    pusher.join();
    popper.join();
  }
  const watchdog dog("the ends have gone");
  until_none_lives();
}

} // namespace
