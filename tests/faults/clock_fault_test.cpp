// Clocks that jump by hours or stand still: timers neither hang nor make up for what they missed.

#include "tests/faults/system_calls.hpp"
#include "tests/support/stages.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <vector>

#if WEIR_OWNS_SYSTEM_CALLS
namespace {

constexpr std::int64_t k_second = 1'000'000'000;

std::atomic<std::int64_t> g_now{0};        ///< the steady clock while it is held by hand, in ns; 0: it is not
std::atomic<std::int64_t> g_wall_jumps{0}; ///< by how much the wall clock jumps at each reading; 0: it does not
std::atomic<std::int64_t> g_wall_offset{0};

timespec in_parts(std::int64_t ns) { return {ns / k_second, ns % k_second}; }
std::int64_t in_ns(const timespec& t) { return t.tv_sec * k_second + t.tv_nsec; }

using get_time = int (*)(clockid_t, timespec*);
using wait_by_clock = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);

template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" int clock_gettime(clockid_t which, timespec* to) noexcept {
  static const auto real = next<get_time>("clock_gettime");
  if (const std::int64_t now = g_now.load(); now != 0 && which == CLOCK_MONOTONIC) {
    *to = in_parts(now);
    return 0;
  }
  const int result = real(which, to);
  if (const std::int64_t jump = g_wall_jumps.load(); result == 0 && jump != 0 && which == CLOCK_REALTIME) {
    // Forth and back again, so that no two readings agree.
    const std::int64_t before = g_wall_offset.fetch_xor(jump);
    *to = in_parts(in_ns(*to) + before);
  }
  return result;
}

// While the clock is held, a wait ends when the clock says so, looked at a thousand times a second.
extern "C" int pthread_cond_clockwait(pthread_cond_t* what, pthread_mutex_t* lock, clockid_t which,
                                      const timespec* until) {
  static const auto real = next<wait_by_clock>("pthread_cond_clockwait");
  static const auto real_clock = next<get_time>("clock_gettime");
  const std::int64_t now = g_now.load();
  if (now == 0 || which != CLOCK_MONOTONIC) { return real(what, lock, which, until); }
  if (in_ns(*until) <= now) { return ETIMEDOUT; }
  timespec soon{};
  (void)real_clock(CLOCK_MONOTONIC, &soon);
  soon = in_parts(in_ns(soon) + k_second / 1000);
  const int result = real(what, lock, which, &soon);
  return result == ETIMEDOUT && g_now.load() < in_ns(*until) ? 0 : result;
}

namespace weir::test {
namespace {

using namespace std::chrono_literals;

/// Holds the steady clock while it lives.
class held_clock {
 public:
  held_clock() {
    (void)ticks_per_second(); // measures once, against a clock that goes
    g_now = std::chrono::nanoseconds(clock::now().time_since_epoch()).count();
  }
  ~held_clock() { g_now = 0; }
  held_clock(const held_clock&) = delete;
  held_clock& operator=(const held_clock&) = delete;
  void jump(std::chrono::nanoseconds by) { g_now += by.count(); }
};

TEST(ClockFault, AThrottleDoesNotMakeUpForHoursThatAreGone) {
  engine where(2);
  held_clock time;
  std::atomic<long> items{0};
  weir::run run = (weir::iota(0L, 100'000L) | throttle(1000, 5) | for_each([&](long) { ++items; })).start({}, where);
  until([&] { return items == 5; });
  for (long jumps = 1; jumps <= 2; ++jumps) {
    let_others_run();
    ASSERT_EQ(items, 5 * jumps) << "the clock stands still, and a jump is worth a burst";
    time.jump(3h);
    until([&] { return items >= 5 * (jumps + 1); });
  }
  run.cancel();
  EXPECT_THROW(run.wait(), cancelled_error);
}

TEST(ClockFault, ATickLeavesOutWhatAJumpSkipped) {
  engine where(2);
  held_clock time;
  std::atomic<std::size_t> count{0};
  std::vector<std::uint64_t> got;
  weir::run run = (tick(1ms) | for_each([&](std::uint64_t n) {
                     got.push_back(n);
                     ++count;
                   })).start({}, where);
  until([&] { return count == 1; });
  time.jump(5h);
  until([&] { return count == 2; });
  let_others_run();
  time.jump(1ms);
  until([&] { return count == 3; });
  run.finish();
  time.jump(1h);
  run.wait();
  EXPECT_EQ(got, (std::vector<std::uint64_t>{0, 18'000'000, 18'000'001}));
}

TEST(ClockFault, ABatchThatLingersGoesOutOnceAfterAJump) {
  engine where(2);
  held_clock time;
  feed<long> in(16);
  std::atomic<std::size_t> batches{0};
  std::atomic<std::size_t> items{0};
  weir::run run = (in.source() | batch(100, 10ms) | for_each([&](const std::vector<long>& b) {
                     items += b.size();
                     ++batches;
                   })).start({}, where);
  for (std::size_t round = 1; round <= 2; ++round) {
    for (long i = 0; i < 4; ++i) { ASSERT_TRUE(in.push(i)); }
    until([&] { return run.snapshot().stages.at(1).items_in == 4 * round; });
    let_others_run();
    ASSERT_EQ(batches, round - 1) << "the clock stands still";
    time.jump(7h);
    until([&] { return batches == round; });
    ASSERT_EQ(items, 4 * round);
  }
  in.finish();
  run.wait();
  EXPECT_EQ(batches, 2u);
}

TEST(ClockFault, TheWallClockIsNobodysBusiness) {
  engine where(2);
  g_wall_jumps = 6 * 3600 * k_second;
  std::atomic<long> items{0};
  const report r = (weir::iota(0L, 20L) | throttle(2000) | batch(3, 1ms) | for_each([&](const std::vector<long>& b) {
                      items += static_cast<long>(b.size());
                    })).run({}, where);
  g_wall_jumps = 0;
  EXPECT_EQ(items, 20);
  EXPECT_GE(r.seconds, 0.0);
  EXPECT_LT(r.seconds, 3600.0);
}

} // namespace
} // namespace weir::test
#endif
