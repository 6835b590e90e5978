// The n-th call of user code throws, for every call that a small run makes: bodies of every form, copies of items,
// factories, observers. The error names the stage, everything is destroyed once, and the engine goes on.

#include "tests/faults/plans.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <utility>

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
    until_none_lives();
    if (!failed) {
      EXPECT_GT(n, 12);
      break;
    }
  }
  EXPECT_TRUE(clean_run(where));
}

} // namespace
} // namespace weir::test
