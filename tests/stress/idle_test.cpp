// What a run that waits costs: no CPU. Measured as the process's CPU time over a second of wall time, which no load on
// the machine makes longer.

#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>

#include <sys/resource.h>

namespace {

using weir::reason;
using weir::test::stuck;
using weir::test::until;
using weir::test::watchdog;

// ThreadSanitizer has a thread of its own that wakes up ten times a second.
constexpr double k_most_cpu_per_second = weir::test::k_under_tsan ? 0.05 : 0.01;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// CPU seconds per second of wall time from now on.
double cpu_share() {
  constexpr std::chrono::seconds k_window(1);
  const auto begun = std::chrono::steady_clock::now();
  const double before = cpu_seconds();
  std::this_thread::sleep_until(begun + k_window);
  const double used = cpu_seconds() - before;
  return used / std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

void expect_no_cpu() {
  const double share = cpu_share();
  testing::Test::RecordProperty("microseconds_of_cpu_per_second", static_cast<int>(share * 1e6));
  EXPECT_LT(share, k_most_cpu_per_second);
}

/// Waits until no stage is ready or running: each waits for what it is going to wait for.
void await_rest(const weir::run& run) {
  until([&] {
    const weir::report now = run.snapshot();
    return std::ranges::none_of(now.stages, [](const auto& stage) { return stage.state == reason::ready; });
  });
}

/// As most programs do: a thread waits for the run, and works for it.
class waiting_thread {
 public:
  explicit waiting_thread(weir::run& of)
      : run_(of), thread_([this] { EXPECT_THROW(run_.wait(), weir::cancelled_error); }) {}
  ~waiting_thread() {
    run_.cancel();
    thread_.join();
  }

 private:
  weir::run& run_;
  std::thread thread_;
};

TEST(Idle, ARunThatWaitsForItsFeedUsesNoCpu) {
  weir::engine engine(2);
  weir::feed<int> feed(8);
  std::atomic<int> seen{0};
  weir::run run = (feed.source() | weir::map([](int x) { return x; }) | weir::edge(8) | weir::for_each([&](int) {
                     ++seen;
                   })).start({}, engine);
  const watchdog dog("an idle run", run);
  const waiting_thread waiter(run);
  for (int i = 0; i < 1000; ++i) { ASSERT_TRUE(feed.push(i)); } // It has been busy before.
  until([&] { return seen == 1000; });
  await_rest(run);
  expect_no_cpu();
}

TEST(Idle, APausedRunUsesNoCpu) {
  weir::engine engine(2);
  std::atomic<std::uint64_t> seen{0};
  weir::run run = (weir::generate([]() -> std::optional<int> { return 1; }) | weir::edge(64) | weir::for_each([&](int) {
                     seen.fetch_add(1, std::memory_order_relaxed);
                   })).start({}, engine);
  const watchdog dog("a paused run", run);
  const waiting_thread waiter(run);
  until([&] { return seen > 10'000; });
  run.pause();
  await_rest(run);
  expect_no_cpu();
}

TEST(Idle, ARunBehindAFullEdgeWhoseSinkWaitsOutsideUsesNoCpu) {
  weir::engine engine(2);
  weir::run run = (weir::generate([]() -> std::optional<int> { return 1; }) | weir::edge(8) |
                   weir::map([](int x) { return x; }) | weir::edge(8) | weir::stage("stuck", stuck<int>{}))
                      .start({}, engine);
  const watchdog dog("a stuck run", run);
  const waiting_thread waiter(run);
  until([&] {
    const weir::report now = run.snapshot();
    return now.stages[0].state == reason::room && now.stages[1].state == reason::room;
  });
  expect_no_cpu();
}

} // namespace
