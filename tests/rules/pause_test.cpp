// Pause and resume by the user, apart from backpressure.

#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

namespace {

using weir::test::let_others_run;
using weir::test::numbers;
using weir::test::outlast_the_turn;
using weir::test::rounds;
using weir::test::span_pass;
using weir::test::task_pass;
using weir::test::tracked;
using weir::test::until;
using weir::test::watchdog;

TEST(PauseRules, R69_AResumeWhileEdgesAreFullHarmsNothing) {
  const long n = static_cast<long>(rounds(100'000));
  std::atomic<long> count{0};
  std::atomic<bool> good{true};
  std::atomic<long> most{0};
  weir::run run = (numbers(n) | weir::edge(1) | weir::stage("spans", span_pass{}) | weir::edge(2) |
                   weir::stage("task", task_pass) | weir::edge(1) | weir::for_each([&](const tracked& x) {
                     if (x.value() != count) { good = false; }
                     count.fetch_add(1);
                     most = std::max<long>(most, tracked::living);
                   })).start();
  const watchdog dog("resume at full edges", run);
  std::thread resumes([&] {
    while (!run.over()) { run.resume(); }
  });
  run.wait();
  resumes.join();
  EXPECT_EQ(count, n);
  EXPECT_TRUE(good);
  EXPECT_LE(most, 1 + 2 + 1 + 8) << "edges, and what stages hold in hand";
}

TEST(PauseRules, R70_ResumeWithoutAConsumerDropsNothing) {
  weir::drain_to<tracked> out(3);
  weir::run run = (numbers(1000) | weir::edge(2) | weir::stage("task", task_pass) | weir::edge(2) | out.sink()).start();
  const watchdog dog("resume without a consumer", run);
  for (int i = 0; i < 10; ++i) {
    run.pause();
    run.resume();
    let_others_run(); // nobody pops
  }
  for (long next = 0; next < 1000; ++next) {
    const auto x = out.pop();
    ASSERT_TRUE(x.has_value());
    ASSERT_EQ(x->value(), next);
  }
  EXPECT_FALSE(out.pop().has_value());
  run.wait();
}

// A pause stops the source too, at the end of its turn: after that it makes nothing at all.
TEST(PauseRules, R71_APausedSourceMakesAtMostWhatEdgesHold) {
  constexpr long k_held = 4 + 3 + 1;
  for (const long at : {0L, 100L, 50'000L}) {
    std::atomic<long> made{0};
    std::atomic<long> made_then{-1};
    std::optional<weir::run> handle;
    std::atomic<bool> set{false};
    std::atomic<bool> paused{false};
    std::atomic<long> got{0};
    std::atomic<bool> good{true};
    const weir::plan p = weir::generate([&]() -> std::optional<tracked> {
                           return made == at + 10'000 ? std::nullopt : std::optional<tracked>(made++);
                         }) |
                         weir::edge(4) | weir::stage("task", task_pass) | weir::edge(3) |
                         weir::for_each([&](const tracked& x) {
                           if (x.value() != got.fetch_add(1)) { good = false; }
                           if (x.value() != at) { return; }
                           until([&] { return set.load(); });
                           handle->pause();
                           made_then = made.load();
                           outlast_the_turn();
                           paused = true;
                         });
    handle = p.start();
    set = true;
    const watchdog dog("a paused source", *handle);
    until([&] { return paused.load(); });
    until([&] {
      const weir::report r = handle->snapshot();
      return std::all_of(r.stages.begin(), r.stages.end(), [](const weir::stage_report& s) {
        return s.state == weir::reason::paused || s.state == weir::reason::room || s.state == weir::reason::input;
      });
    });
    let_others_run();
    EXPECT_LE(made - made_then, 2 * k_held) << "paused at " << at;
    handle->resume();
    handle->wait();
    EXPECT_EQ(got, at + 10'000);
    EXPECT_TRUE(good);
  }
}

} // namespace
