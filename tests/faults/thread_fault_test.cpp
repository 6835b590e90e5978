// A thread cannot be created: the stage that needed it says so, or the engine does without; the next run has its threads.

#include "tests/faults/plans.hpp"
#include "tests/faults/system_calls.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <string>
#include <system_error>

#if WEIR_OWNS_SYSTEM_CALLS
namespace {

std::atomic<long> g_asked{0};
std::atomic<long> g_fails_at{0};
std::atomic<bool> g_and_after{false};

/// Whether the call comes from oneTBB, which ends the process when it gets no thread.
bool from_tbb(void* return_address) {
  Dl_info where{};
  return dladdr(return_address, &where) != 0 && where.dli_fname != nullptr &&
         std::strstr(where.dli_fname, "libtbb") != nullptr;
}

} // namespace

extern "C" int pthread_create(pthread_t* made, const pthread_attr_t* how, void* (*call)(void*), void* with) noexcept {
  using create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto real = reinterpret_cast<create>(dlsym(RTLD_NEXT, "pthread_create"));
  if (const long first = g_fails_at.load(); first > 0 && !from_tbb(__builtin_return_address(0))) {
    const long n = g_asked.fetch_add(1) + 1;
    if (n == first || (n > first && g_and_after)) { return EAGAIN; }
  }
  return real(made, how, call, with);
}

namespace weir::test {
namespace {

using namespace std::chrono_literals;

/// Works on a thread that may block, item by item.
struct blocking_pass {
  stage_context* context = nullptr;
  void start(stage_context& c) { context = &c; }
  step process(inlet<tracked>& in, outlet<tracked>& out) {
    if (!context->may_block()) { return step::blocking; }
    if (!out.try_push(std::move(in.front()))) { return step::room; }
    in.release(1);
    return step::more;
  }
};

bool three_blocking_stages(engine& where) {
  long items = 0;
  (numbers(20) | stage("one", blocking_pass{}) | edge(1) | stage("two", blocking_pass{}) | edge(1) |
   stage("three", blocking_pass{}) | for_each([&](const tracked&) { ++items; }))
      .start({}, where)
      .wait();
  return items == 20;
}

bool timers(engine& where) {
  long items = 0;
  (weir::iota(0L, 5L) | throttle(10'000) | batch(3, 100us) |
   for_each([&](const std::vector<long>& batch) { items += static_cast<long>(batch.size()); }))
      .start({}, where)
      .wait();
  return items == 5;
}

/// Whether it succeeded; an error is that of a stage that got no thread.
bool once(const std::function<bool(engine&)>& run, engine& where) {
  try {
    EXPECT_TRUE(run(where)) << "a wrong result";
    return true;
  } catch (const run_error& error) {
    EXPECT_FALSE(error.stage().empty());
    try {
      std::rethrow_exception(error.cause());
    } catch (const std::system_error& cause) { EXPECT_EQ(cause.code().value(), EAGAIN); } catch (...) {
      ADD_FAILURE() << error.what();
    }
    return false;
  }
}

/// `needs_them`: not one of the threads can be done without, but for the heartbeat.
void fail_every_thread(const std::string& name, const std::function<bool(engine&)>& run, bool needs_them) {
  for (const bool and_after : {false, true}) {
    long failed = 0;
    for (long n = 1;; ++n) {
      const std::string which = name + ": thread " + std::to_string(n);
      const watchdog dog(which);
      SCOPED_TRACE(which);
      engine where(2);
      g_asked = 0;
      g_and_after = and_after;
      g_fails_at = n;
      failed += once(run, where) ? 0 : 1;
      g_fails_at = 0;
      ASSERT_EQ(tracked::living, 0);
      ASSERT_TRUE(once(run, where)) << "the same engine, when threads can be had again";
      ASSERT_FALSE(testing::Test::HasFailure());
      if (g_asked < n) {
        EXPECT_GT(n, 1) << "no thread was asked for";
        break;
      }
    }
    std::printf("%s: %ld runs failed\n", name.c_str(), failed);
    if (and_after && needs_them) { EXPECT_GT(failed, 0); } // One alone may be the heartbeat's.
  }
}

TEST(ThreadFault, OfABlockingStageIsItsErrorAndTheNextRunHasItsThreads) {
  fail_every_thread("blocking", three_blocking_stages, true);
}

// A drainer that naps until its own timers are due needs no thread for them.
TEST(ThreadFault, OfTheTimersIsTheErrorOfTheStageThatWaits) { fail_every_thread("timers", timers, false); }

TEST(ThreadFault, ARunThatNeedsNoThreadOfItsOwnDoesWithoutTheHeartbeat) {
  const watchdog dog("no heartbeat");
  engine where(2);
  g_asked = 0;
  g_and_after = true;
  g_fails_at = 1;
  const bool right = clean_run(where);
  g_fails_at = 0;
  EXPECT_TRUE(right);
  EXPECT_GT(g_asked, 0) << "the heartbeat asks for one";
}

} // namespace
} // namespace weir::test
#endif
