// Threads: what one wrote the next sees, who calls whom where, and nobody keeps a worker or burns one.

#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using weir::event;
using weir::outcome;
using weir::test::random_pause;
using weir::test::rounds;
using weir::test::stuck;
using weir::test::until;
using weir::test::watchdog;

/// What an item leads to, beside the item itself: plain memory, written on one worker and read on the next.
struct page {
  std::uint64_t words[8] = {};
};

struct adds_one {
  random_pause pause{3};
  weir::step process(weir::inlet<page*>& in, weir::outlet<page*>& out) {
    page* const p = *in.try_pop();
    for (std::uint64_t& w : p->words) { ++w; }
    pause();
    (void)out.try_push(p);
    return weir::step::more;
  }
};

TEST(Threads, R104_WhatWasWrittenBeforeAPushIsSeenByWhoTakesIt) {
  const std::uint64_t n = rounds(40'000);
  weir::engine three(3);
  std::vector<page> pages(n);
  weir::feed<page*> in(2);
  std::uint64_t wrong = 0;
  std::uint64_t got = 0;
  weir::run run = (in.source() | weir::edge(2) | weir::stage("one", adds_one{}) | weir::edge(1) |
                   weir::parallel(2, weir::stage("two", adds_one{})) | weir::edge(2) | weir::for_each([&](page* p) {
                     for (const std::uint64_t w : p->words) { wrong += w != got + 2 ? 1 : 0; }
                     ++got;
                   })).start({}, three);
  const watchdog dog("visibility", run);
  random_pause pause(104);
  for (std::uint64_t i = 0; i < n; ++i) {
    for (std::uint64_t& w : pages[i].words) { w = i; }
    ASSERT_TRUE(in.push(&pages[i]));
    pause();
  }
  in.finish();
  until([&] { return run.over(); });
  run.wait();
  EXPECT_EQ(got, n) << "and wait() shows what stages wrote";
  EXPECT_EQ(wrong, 0u);
}

class thread_ids {
 public:
  void note() {
    const std::lock_guard lock(mutex_);
    ids_.insert(std::this_thread::get_id());
  }
  [[nodiscard]] std::set<std::thread::id> all() const {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::thread::id> ids_;
};

TEST(Threads, R112_NoticesComeOnTheEnginesThreadsAndMayCallTheRun) {
  for (std::uint64_t i = 0; i < rounds(200); ++i) {
    weir::engine two(2);
    thread_ids notices;
    std::optional<weir::run> handle;
    std::atomic<bool> set{false};
    std::atomic<int> drains{0};
    weir::feed<int> in({.capacity = 4, .high_water = 2, .low_water = 1});
    in.on_drain([&] {
      notices.note();
      drains.fetch_add(1);
    });
    std::atomic<int> got{0};
    weir::plan p = in.source() | weir::edge(1) | weir::for_each([&](int) { got.fetch_add(1); });
    for (const event what : {event::data, event::pause, event::drain, event::resume, event::end, event::finish}) {
      p.on(what, [&](const weir::event_info&) {
        notices.note();
        if (!set) { return; }
        handle->pause();
        (void)handle->snapshot();
        EXPECT_FALSE(handle->over());
        handle->resume();
      });
    }
    handle = p.start({}, two);
    set = true;
    const watchdog dog("calls from notices", *handle);
    for (int k = 0; k < 50; ++k) { ASSERT_TRUE(in.push(int{k})); }
    in.finish();
    until([&] { return handle->over(); });
    handle->wait();
    ASSERT_EQ(got, 50);
    ASSERT_FALSE(notices.all().contains(std::this_thread::get_id()));
  }
}

TEST(Threads, R113_AStageThatNeverWaitsKeepsNoWorkerToItself) {
  weir::engine one(1);
  std::atomic<bool> stop{false};
  std::atomic<long> turns{0};
  weir::run busy = (weir::generate([&]() -> std::optional<int> { return stop ? std::nullopt : std::optional(1); }) |
                    weir::for_each([&](int) {
                      turns.fetch_add(1);
                    })).start({}, one);
  const watchdog dog("one worker, two runs", busy);
  until([&] { return turns > 0; });
  for (int i = 0; i < 20; ++i) {
    std::vector<int> got;
    weir::run other = (weir::iota(0, 100) | weir::edge(2) | weir::into(got)).start({}, one);
    until([&] { return other.over(); }); // nobody joins: the one worker does both
    ASSERT_EQ(got.size(), 100u);
  }
  EXPECT_FALSE(busy.over());
  stop = true;
  busy.wait();
}

/// Every thread of the process but this one sleeps in the kernel.
bool all_others_sleep() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(::gettid())) { continue; }
    std::ifstream file(task.path() / "stat");
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) { continue; } // it ended meanwhile
    if (line.at(name_end + 2) != 'S') { return false; }
  }
  return true;
}

// A worker that spins is running whenever anybody looks; one that sleeps is not.
TEST(Threads, R116_ABlockedPipelineLetsItsWorkersSleep) {
  weir::engine two(2);
  weir::feed<int> idle(2);
  std::vector<int> got;
  weir::run starved = (idle.source() | weir::edge(2) | weir::into(got)).start({}, two);
  weir::run full = (weir::iota(0, 1000) | weir::edge(2) | weir::stage("stuck", stuck<int>{})).start({}, two);
  const watchdog dog("workers that must go to sleep", full);
  until([&] {
    const auto state_of = [](const weir::run& r, std::size_t stage) { return r.snapshot().stages[stage].state; };
    return state_of(full, 0) == weir::reason::room && state_of(full, 1) == weir::reason::outside &&
           state_of(starved, 1) == weir::reason::input;
  });
  for (int in_a_row = 0; in_a_row < 200; in_a_row = all_others_sleep() ? in_a_row + 1 : 0) {
    std::this_thread::yield();
  }
  ASSERT_TRUE(idle.push(1));
  idle.finish();
  starved.wait();
  EXPECT_EQ(got.size(), 1u);
  full.cancel();
  EXPECT_THROW(full.wait(), weir::cancelled_error);
}

} // namespace
