// The deterministic backend: same seed, same schedule; any seed, same result; hours of virtual time in no
// time.

#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using weir::test::recorder;
using weir::test::tracked;
using namespace std::chrono_literals;

/// Lets an item through each minute.
struct one_a_minute {
  weir::stage_context* context = nullptr;
  weir::clock::time_point next{};
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::inlet<tracked>& in, weir::outlet<tracked>& out) {
    if (context->now() < next) {
      context->wake_at(next);
      return weir::step::time;
    }
    next = context->now() + 1min;
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
};

/// Asks for a thread that may block before each item.
struct blocking_pass {
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::inlet<tracked>& in, weir::outlet<tracked>& out) {
    if (!context->may_block()) { return weir::step::blocking; }
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
};

weir::plan all_forms(std::vector<long>& got) {
  return weir::test::numbers(60) | weir::filter([](const tracked& x) { return x.value() % 3 != 0; }) | weir::edge(2) |
         weir::stage("spans", weir::test::span_pass{}) | weir::edge(1) |
         weir::parallel(2, weir::stage("task", weir::test::task_pass)) | weir::edge(3) |
         weir::stage("blocks", blocking_pass{}) | weir::edge(1) | weir::stage("minute", one_a_minute{}) |
         weir::edge(2) | weir::for_each([&](const tracked& x) { got.push_back(x.value()); });
}

std::vector<long> wanted() {
  std::vector<long> all;
  for (long i = 0; i < 60; ++i) {
    if (i % 3 != 0) { all.push_back(i); }
  }
  return all;
}

TEST(Seeded, TheSameSeedMakesTheSameSchedule) {
  std::vector<long> got;
  recorder told;
  weir::plan p = all_forms(got);
  told.watch(p);
  std::set<std::string> schedules;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    std::string first;
    for (int again = 0; again < 3; ++again) {
      told.clear();
      got.clear();
      p.run(weir::deterministic{seed});
      ASSERT_EQ(got, wanted()) << "seed " << seed;
      if (again == 0) { first = told.transcript(); }
      ASSERT_EQ(told.transcript(), first) << "seed " << seed;
    }
    schedules.insert(first);
  }
  EXPECT_GT(schedules.size(), 25u) << "different seeds try different schedules";
}

TEST(Seeded, AnySeedMakesTheSameResult) {
  std::vector<long> got;
  const weir::plan p = all_forms(got);
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    got.clear();
    p.run(weir::deterministic{seed});
    ASSERT_EQ(got, wanted()) << "seed " << seed;
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(Seeded, HoursOfTimersPassInNoTime) {
  long got = 0;
  const weir::plan p =
      weir::test::numbers(600) | weir::stage("minute", one_a_minute{}) | weir::for_each([&](const tracked&) { ++got; });
  const weir::test::watchdog dog(
      "ten hours", [] { return std::string(); }, 20s);
  p.run(weir::deterministic{3});
  EXPECT_EQ(got, 600);
}

TEST(Seeded, EverythingRunsOnTheCallersThread) {
  std::set<std::thread::id> threads;
  std::vector<long> got;
  weir::plan p = all_forms(got);
  for (const weir::event what : weir::test::k_events) {
    p.on(what, [&](const weir::event_info&) { threads.insert(std::this_thread::get_id()); });
  }
  p.run(weir::deterministic{7});
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
}

TEST(Seeded, ARunThatWaitsForAThreadOutsideIsRefused) {
  weir::feed<int> in(2);
  std::vector<int> got;
  const weir::plan p = in.source() | weir::into(got);
  EXPECT_THROW(p.run(weir::deterministic{1}), weir::stall_error);
}

TEST(Seeded, BlockingStepsRunOnThreadsThatMayBlockOnTheEngine) {
  std::vector<long> got;
  const weir::plan p = weir::test::numbers(300) | weir::edge(2) | weir::stage("blocks", blocking_pass{}) |
                       weir::for_each([&](const tracked& x) { got.push_back(x.value()); });
  p.run();
  EXPECT_EQ(got.size(), 300u);
}

} // namespace
