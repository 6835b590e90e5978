// The handle of a run: its destruction, stop tokens, errors that nobody asked for; and what a plan can be at all.

#include "tests/support/stages.hpp"
#include "tests/support/tracked.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace {

using weir::test::tracked;
using weir::test::until;
using weir::test::watchdog;

auto endless() {
  return weir::generate([n = 0]() mutable { return std::optional<int>(n++); });
}

TEST(Handle, R66_TheLastHandleCancelsTheRunAndWaitsForIt) {
  const watchdog dog("handle destroyed while the run is under way");
  for (int i = 0; i < 100; ++i) {
    std::atomic<int> inside{0};
    std::atomic<int> seen{0};
    {
      weir::run run = (weir::test::numbers() | weir::edge(4) | weir::for_each([&](const tracked&) {
                         ++inside;
                         ++seen;
                         --inside;
                       })).start();
      const weir::run copy = run;
      until([&] { return seen > i; });
    }
    EXPECT_EQ(inside, 0) << "a stage still runs";
    EXPECT_EQ(tracked::living, 0);
  }
}

TEST(Handle, R66_ADetachedRunGoesOn) {
  const watchdog dog("detached run");
  std::atomic<int> seen{0};
  {
    weir::run run = (weir::iota(0, 1000) | weir::for_each([&](int) { ++seen; })).start();
    run.detach();
  }
  until([&] { return seen == 1000; });
}

TEST(Handle, R66_AHandleThatEndsInsideAStageOnlyCancels) {
  const watchdog dog("handle destroyed inside a stage");
  std::optional<weir::run> inner = (endless() | weir::for_each([](int) {})).start();
  (weir::iota(0, 1) | weir::for_each([&](int) { inner.reset(); })).run();
}

TEST(Handle, R66_AHandleOutlivesItsEngine) {
  const watchdog dog("handle outlives the engine");
  std::optional<weir::run> run;
  {
    weir::engine two(2);
    run = (endless() | weir::for_each([](int) {})).start({}, two);
  }
  EXPECT_TRUE(run->over());
  EXPECT_THROW(run->wait(), weir::cancelled_error);
}

TEST(Handle, R64_AStoppedTokenProcessesNothing) {
  std::stop_source stop;
  stop.request_stop();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::atomic<int> seen{0};
    const weir::plan plan = weir::iota(0, 1000) | weir::for_each([&](int) { ++seen; });
    EXPECT_THROW(plan.run({.stop = stop.get_token()}), weir::cancelled_error);
    EXPECT_THROW(plan.run(weir::deterministic{seed}, {.stop = stop.get_token()}), weir::cancelled_error);
    EXPECT_EQ(seen, 0);
  }
}

TEST(Handle, R64_AStopRequestCancelsTheRun) {
  const watchdog dog("stop token");
  for (int i = 0; i < 100; ++i) {
    std::stop_source stop;
    std::atomic<int> seen{0};
    weir::run run = (endless() | weir::for_each([&](int) { ++seen; })).start({.stop = stop.get_token()});
    std::thread other([&] {
      until([&] { return seen > i; });
      stop.request_stop();
    });
    EXPECT_THROW(run.wait(), weir::cancelled_error);
    other.join();
  }
}

TEST(Handle, R57_AnErrorThatNobodyAskedForIsPrinted) {
  const watchdog dog("unasked error");
  const auto bad = weir::for_each([](int) { throw std::runtime_error("unheard"); });
  testing::internal::CaptureStderr();
  {
    weir::run run = (weir::iota(0, 10) | bad).start();
    until([&] { return run.over(); });
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "weir: a run failed and nobody asked: iota+for_each: unheard\n");
}

TEST(Handle, R57_AnErrorThatWasAskedForIsNotPrinted) {
  const auto bad = weir::for_each([](int) { throw std::runtime_error("heard"); });
  testing::internal::CaptureStderr();
  EXPECT_THROW((weir::iota(0, 10) | bad).run(), weir::run_error);
  {
    weir::run run = (endless() | weir::for_each([](int) {})).start(); // cancelled by its handle: no error
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

// A stage whose destructor throws.
struct bad_release {
  explicit bad_release(std::shared_ptr<int> alive) : held(std::move(alive)) {}
  bad_release(bad_release&&) = default;
  ~bad_release() noexcept(false) {
    if (held) { throw std::runtime_error("release failed"); }
  }
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    (void)out.try_push(in.front());
    in.release(1);
    return weir::step::more;
  }
  std::shared_ptr<int> held;
};

TEST(Handle, R55_AFailingReleaseIsReportedAndEndsNothingElse) {
  const auto make = [] {
    return weir::make_stage("bad release", [] { return bad_release(std::make_shared<int>(1)); });
  };
  int seen = 0;
  try {
    (weir::iota(0, 10) | make() | weir::for_each([&](int) { ++seen; })).run();
    FAIL() << "the failure was hidden";
  } catch (const weir::run_error& error) { EXPECT_STREQ(error.what(), "bad release: release failed"); }
}

TEST(Handle, R55_AFailingReleaseDoesNotHideTheFirstErrorButIsAttached) {
  const auto make = [] {
    return weir::make_stage("bad release", [] { return bad_release(std::make_shared<int>(1)); });
  };
  try {
    (endless() | make() | weir::for_each([](int) { throw std::runtime_error("first"); })).run();
    FAIL() << "the error was lost";
  } catch (const weir::run_error& error) {
    EXPECT_STREQ(error.what(), "for_each: first");
    ASSERT_EQ(error.later().size(), 1u);
    try {
      std::rethrow_exception(error.later().front());
    } catch (const weir::run_error& later) { EXPECT_STREQ(later.what(), "bad release: release failed"); }
  }
}

template <class T>
concept can_run = requires(T t) {
  t.run();
};

TEST(Plan, R84_OnlyAPipelineFromSourceToSinkCanBeRun) {
  using source = weir::pipe<void, int>;
  using middle = weir::pipe<int, int>;
  using sink = weir::pipe<int, void>;
  EXPECT_FALSE((can_run<source>)) << "its results have nowhere to go";
  EXPECT_FALSE((can_run<middle>));
  EXPECT_FALSE((can_run<sink>));
  EXPECT_TRUE((can_run<decltype(std::declval<source>() | std::declval<middle>() | std::declval<sink>())>));
}

// `|` puts a part behind what is there already, so an edge always leads forward: a cycle cannot be written.
TEST(Plan, R85_APlanHasNoCycle) {
  const auto same = weir::map([](int x) { return x; });
  const weir::plan plan =
      weir::merge(weir::iota(0, 10),
                  weir::iota(0, 10) | weir::tee(same, weir::tee(same, same) | weir::merge()) | weir::merge()) |
      weir::balance(2, same) | weir::merge() | weir::parallel(2, same) | weir::for_each([](int) {});
  const weir::report outline = plan.outline(2);
  std::map<std::string, std::size_t> at;
  for (std::size_t i = 0; i < outline.stages.size(); ++i) { at[outline.stages[i].name] = i; }
  ASSERT_EQ(at.size(), outline.stages.size()) << "every stage has a name of its own";
  ASSERT_GT(outline.edges.size(), outline.stages.size());
  for (const weir::edge_report& e : outline.edges) {
    ASSERT_TRUE(at.count(e.from) == 1 && at.count(e.to) == 1) << e.name;
    EXPECT_LE(at[e.from], at[e.to]) << e.name; // equal inside a farm, whose nodes stand in this order too
  }
}

TEST(Engine, NamesAStageThatKeepsItsWorker) {
  const watchdog dog("heartbeat");
  std::atomic<bool> told{false};
  std::string name;
  weir::engine two(
      2, {.after = std::chrono::milliseconds(1), .call = [&](const std::string& stage, weir::clock::duration) {
            if (stage != "sleeper" || told) { return; } // A loaded machine may make any turn slow.
            name = stage;
            told = true;
          }});
  (weir::iota(0, 1) | weir::edge(1) |
   weir::stage("sleeper",
               [&](weir::inlet<int> in) -> weir::task {
                 while (co_await in.pop()) {
                   until([&] { return told.load(); });
                 }
               }))
      .start({}, two)
      .wait();
  EXPECT_EQ(name, "sleeper");
}

// What became ready at a worker that is kept by a body gets a worker of its own.
TEST(Engine, WorkBehindABodyThatKeepsItsWorkerGoesOn) {
  const watchdog dog("work behind a slow body");
  weir::engine two(2);
  std::atomic<int> passed{0};
  weir::run run = (weir::iota(0, 1000) | weir::edge(4) |
                   weir::tee(weir::edge(1) | weir::for_each([&](int x) {
                               if (x == 1) {
                                 until([&] { return passed >= 2; });
                               }
                             }),
                             weir::edge(1) | weir::for_each([&](int) { ++passed; })))
                      .start({}, two);
  until([&] { return run.over(); }); // without the help of a thread that waits for the run
  run.wait();
  EXPECT_EQ(passed, 1000);
}

} // namespace
