// Errors: which one is told, when, and what comes after it.

#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
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

TEST(ErrorRules, R44_ARealErrorReplacesTheCancelThatCameBeforeIt) {
  for (const bool fails : {true, false}) {
    for (int i = 0; i < 50; ++i) {
      std::optional<weir::run> handle;
      std::atomic<bool> set{false};
      const weir::plan p = numbers() | weir::edge(3) | weir::for_each([&](const tracked& x) {
                             if (x.value() != 5) { return; }
                             until([&] { return set.load(); });
                             handle->cancel();
                             if (fails) { throw std::runtime_error("the disk is full"); }
                           });
      handle = p.start();
      set = true;
      const watchdog dog("an error after a cancel", *handle);
      const auto text = [&] {
        try {
          handle->wait();
        } catch (const std::exception& error) { return std::string(error.what()); }
        return std::string("success");
      };
      ASSERT_EQ(text(), fails ? "for_each: the disk is full" : "weir: the run was cancelled");
      ASSERT_EQ(text(), text());
    }
  }
}

// There are no notices per item: what became of the items is told by the error of their stage.
TEST(ErrorRules, R46_AStageTellsItsErrorBeforeItsClose) {
  recorder told;
  weir::plan p =
      numbers() | weir::edge(2) | weir::stage("task", task_pass) | weir::edge(2) | weir::for_each([](const tracked& x) {
        if (x.value() == 9) { throw std::runtime_error("nine"); }
      });
  told.watch(p);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    told.clear();
    EXPECT_THROW(p.run(weir::deterministic{seed}), weir::run_error);
    ASSERT_EQ(told.life_of("for_each"), (std::vector{event::error, event::close})) << "seed " << seed;
    const std::string& all = told.transcript();
    ASSERT_LT(all.find("for_each error"), all.find(" close")) << "seed " << seed;
  }
}

// Node drops what is buffered when an error comes; so does weir, in the run's own edges. The graceful end delivers all.
TEST(ErrorRules, R45_R98_AfterAnErrorNothingQueuedIsDelivered) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    bool failed = false;
    long delivered = 0;
    long made = 0;
    weir::plan p = weir::generate([&]() -> std::optional<tracked> {
                     if (made == 20) { throw std::runtime_error("source"); }
                     return tracked(made++);
                   }) |
                   weir::edge(8) | weir::stage("task", task_pass) | weir::edge(8) |
                   weir::for_each([&](const tracked& x) {
                     EXPECT_FALSE(failed) << "seed " << seed;
                     EXPECT_EQ(x.value(), delivered++);
                   });
    p.on(event::error, [&](const weir::event_info&) { failed = true; });
    EXPECT_THROW(p.run(weir::deterministic{seed}), weir::run_error);
    ASSERT_TRUE(failed);
    ASSERT_EQ(tracked::living, 0) << "what was queued is destroyed; seed " << seed;
  }
  long delivered = 0;
  (numbers(20) | weir::edge(8) | weir::stage("task", task_pass) | weir::edge(8) | weir::for_each([&](const tracked&) {
     ++delivered;
   })).run();
  EXPECT_EQ(delivered, 20);
}

/// Waits outside with a full edge before it until it may go; then it throws or has enough.
struct last_straw {
  std::atomic<weir::waker*>* self;
  const std::atomic<bool>* go; // set before it is woken; its inlet may have notified it before
  bool throws;
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::inlet<tracked>&) {
    if (!*go) {
      *self = &context->self();
      return weir::step::outside;
    }
    if (throws) { throw std::runtime_error("gone"); }
    return weir::step::done;
  }
};

TEST(ErrorRules, R54_ErrorsAndTheEndNeedNoRoom) {
  for (const bool throws : {true, false}) {
    for (int i = 0; i < 100; ++i) {
      std::atomic<weir::waker*> sink{nullptr};
      std::atomic<bool> go{false};
      weir::run run =
          (numbers() | weir::edge(2) | weir::stage("spans", span_pass{}) | weir::edge(2) |
           weir::stage("task", task_pass) | weir::edge(1) | weir::stage("sink", last_straw{&sink, &go, throws}))
              .start();
      const watchdog dog("a notice through full edges", run);
      until([&] {
        const weir::report r = run.snapshot();
        bool parked = r.stages.back().state == weir::reason::outside;
        for (std::size_t s = 0; s + 1 < r.stages.size(); ++s) {
          parked = parked && r.stages[s].state == weir::reason::room;
        }
        return parked;
      });
      go = true;
      sink.load()->wake();
      if (throws) {
        ASSERT_THROW(run.wait(), weir::run_error);
      } else {
        ASSERT_NO_THROW(run.wait());
      }
    }
  }
  EXPECT_EQ(tracked::living, 0);
}

struct throws_at {
  long at;
  int* calls_after;
  bool thrown = false;
  weir::step process(weir::inlet<tracked>& in, weir::outlet<tracked>& out) {
    if (thrown) { ++*calls_after; }
    if (in.front().value() == at) {
      thrown = true;
      throw std::runtime_error("here");
    }
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
};

TEST(ErrorRules, R56_AStageThatFailedIsNotCalledAgain) {
  int calls_after = 0;
  const weir::plan p = numbers() | weir::edge(3) | weir::stage("bad", throws_at{6, &calls_after}) | weir::edge(3) |
                       weir::for_each([](const tracked&) {});
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_THROW(p.run(weir::deterministic{seed}), weir::run_error);
    ASSERT_EQ(calls_after, 0) << "seed " << seed;
  }
}

// The loop itself ends; wait() throws, and what it throws carries the very object.
TEST(ErrorRules, R97_TheErrorThatIsToldIsTheOneThatWasThrown) {
  const auto original = std::make_exception_ptr(std::runtime_error("the one"));
  const weir::plan p = weir::iota(0, 10) | weir::edge(2) | weir::for_each([&](int x) {
                         if (x == 3) { std::rethrow_exception(original); }
                       });
  try {
    p.run();
    FAIL() << "no error";
  } catch (const weir::run_error& error) {
    EXPECT_EQ(error.cause(), original);
    EXPECT_EQ(error.nested_ptr(), original);
  }
}

} // namespace
