// The n-th call of user code throws, for every call that a small run makes: bodies of every form, copies of items,
// factories, observers. The error names the stage, everything is destroyed once, and the engine goes on.

#include "tests/faults/plans.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {
namespace {

struct planned_fault {};

std::atomic<long> g_calls{0};
std::atomic<long> g_fails_at{0};
std::string g_failed_in; ///< written by the one call that throws

/// Every piece of user code calls this first: the n-th call throws.
void user_code(const std::string& stage) {
  if (g_calls.fetch_add(1) + 1 != g_fails_at.load()) { return; }
  g_failed_in = stage;
  throw planned_fault();
}

/// An item whose copies are user code.
class fragile {
 public:
  explicit fragile(long value) noexcept : held_(value) {}
  fragile(const fragile& other) : held_((user_code("copy"), other.held_.value())) {}
  fragile& operator=(const fragile& other) {
    user_code("copy");
    held_ = tracked(other.held_.value());
    return *this;
  }
  fragile(fragile&&) noexcept = default;
  fragile& operator=(fragile&&) noexcept = default;
  ~fragile() = default;
  [[nodiscard]] long value() const noexcept { return held_.value(); }

 private:
  tracked held_;
};

struct object_stage {
  std::string name;
  void start(stage_context&) const { user_code(name); }
  step process(inlet<tracked>& in, outlet<tracked>& out) {
    user_code(name);
    if (!out.try_push(std::move(in.front()))) { return step::room; }
    in.release(1);
    return step::more;
  }
  step finish(outlet<tracked>&) const {
    user_code(name);
    return step::done;
  }
};

struct sink_stage {
  void start(stage_context&) const { user_code("sink"); }
  step process(inlet<tracked>& in) {
    user_code("sink");
    in.release(1);
    return step::more;
  }
  step finish() const {
    user_code("sink");
    return step::done;
  }
};

task coroutine_stage(inlet<tracked> in, outlet<tracked> out) {
  user_code("coroutine");
  while (auto x = co_await in.pop()) {
    user_code("coroutine");
    if (!co_await out.push(std::move(*x))) { co_return; }
  }
  user_code("coroutine");
}

auto items(long n) {
  return generate([n, next = 0L]() mutable -> std::optional<tracked> {
    user_code("generate");
    if (next == n) { return std::nullopt; }
    return tracked(next++);
  });
}

plan every_form() {
  plan p = items(8) | inspect([](const tracked&) { user_code("inspect"); }) | filter([](const tracked&) {
             user_code("filter");
             return true;
           }) |
           edge(2) |
           make_stage("object",
                      [] {
                        user_code("factory");
                        return object_stage{"object"};
                      }) |
           edge(1) | stage("coroutine", coroutine_stage) | edge(3) |
           parallel(2, make_stage("replica", [] { return object_stage{"replica"}; })) | edge(1) | map([](tracked x) {
             user_code("map");
             return x;
           }) |
           edge(2) | stage("sink", sink_stage{});
  for (const event what :
       {event::data, event::pause, event::drain, event::resume, event::end, event::finish, event::close}) {
    p.on("coroutine", what, [](const event_info& e) { user_code(e.stage); });
    p.on("sink", what, [](const event_info& e) { user_code(e.stage); });
  }
  return p;
}

plan copies() {
  const auto source = generate([next = 0L]() mutable -> std::optional<fragile> {
    if (next == 6) { return std::nullopt; }
    return fragile(next++);
  });
  const auto take_one = [](const fragile&) { user_code("for_each"); };
  return source | edge(2) | tee(for_each(take_one), edge(1) | for_each(take_one), batch(2) | for_each([](const auto&) {
                                                                                    user_code("for_each");
                                                                                  }));
}

/// A run with one fault: what it threw says where the fault was. False: there were fewer calls.
bool fail_at(long n, const std::function<void()>& run) {
  g_calls = 0;
  g_failed_in.clear();
  g_fails_at = n;
  bool failed = false;
  try {
    run();
  } catch (const run_error& error) {
    failed = true;
    const std::string place = g_failed_in == "copy" ? "tee" : g_failed_in;
    EXPECT_NE(error.stage().find(place), std::string::npos) << error.stage() << " for a fault in " << g_failed_in;
    EXPECT_THROW(std::rethrow_exception(error.cause()), planned_fault);
    EXPECT_TRUE(error.later().empty());
  } catch (const planned_fault&) {
    failed = true;
    EXPECT_EQ(g_failed_in, "factory") << "only a factory's error comes before there are stages";
  }
  g_fails_at = 0;
  const bool happened = g_calls.load() >= n;
  EXPECT_EQ(failed, happened) << "no error is silent";
  EXPECT_EQ(tracked::living, 0);
  return happened;
}

long fail_every_call(const std::string& name, const std::function<void()>& run) {
  for (long n = 1;; ++n) {
    const std::string which = name + ": call " + std::to_string(n);
    const watchdog dog(which);
    SCOPED_TRACE(which);
    if (!fail_at(n, run) || testing::Test::HasFailure()) { return n - 1; }
  }
}

TEST(BodyFault, AtEveryCallOfEveryFormOnTheDeterministicBackend) {
  for (std::uint64_t seed = 1; seed <= 5 && !HasFailure(); ++seed) {
    const long calls =
        fail_every_call("forms, seed " + std::to_string(seed), [seed] { every_form().run(deterministic{seed}); });
    EXPECT_GT(calls, 80);
    const long of_copies =
        fail_every_call("copies, seed " + std::to_string(seed), [seed] { copies().run(deterministic{seed}); });
    EXPECT_GT(of_copies, 20);
  }
}

TEST(BodyFault, AtEveryCallOnThreadsAndTheEngineGoesOn) {
  engine where(2);
  for (const auto& make : {every_form, copies}) {
    const long calls = fail_every_call("threads", [&] { make().run({}, where); });
    EXPECT_GT(calls, 20);
    EXPECT_TRUE(clean_run(where));
  }
}

TEST(BodyFault, InAHubsBranchEndsTheHubsRunWithTheBranchsWords) {
  engine where(2);
  const auto run = [&] {
    hub<fragile> place;
    const auto branch = place.attach(edge(1) | for_each([](const fragile&) { user_code("hub"); }));
    const auto other = place.attach(for_each([](const fragile&) { user_code("hub"); }));
    (generate([next = 0L]() mutable -> std::optional<fragile> {
       if (next == 6) { return std::nullopt; }
       return fragile(next++);
     }) |
     place.sink())
        .run({}, where);
  };
  for (long n = 1;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    const watchdog dog("hub");
    g_calls = 0;
    g_fails_at = n;
    bool failed = false;
    try {
      run();
    } catch (const run_error& error) {
      failed = true;
      EXPECT_TRUE(std::string(error.what()).starts_with("hub: ")) << error.what();
    }
    g_fails_at = 0;
    ASSERT_EQ(failed, g_calls.load() >= n);
    ASSERT_EQ(tracked::living, 0);
    if (!failed) {
      EXPECT_GT(n, 12);
      break;
    }
  }
  EXPECT_TRUE(clean_run(where));
}

// ---- bodies that do not come back ------------------------------------------------------------------------------------

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
