// The data path takes no lock: thirty times the items, and nobody asks for more mutexes. pthread_mutex_lock and its kin are
// this program's own here, and count.

#include "tests/support/steady_state.hpp"

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <mutex>

namespace {

std::atomic<std::uint64_t> locks{0};

template <class Call>
Call* next(const char* name) {
  return reinterpret_cast<Call*>(dlsym(RTLD_NEXT, name));
}

void count() noexcept { locks.fetch_add(1, std::memory_order_relaxed); }

} // namespace

extern "C" {
int pthread_mutex_lock(pthread_mutex_t* m) {
  static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_lock");
  count();
  return real(m);
}
int pthread_mutex_trylock(pthread_mutex_t* m) {
  static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_trylock");
  count();
  return real(m);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* m) {
  static auto* const real = next<int(pthread_rwlock_t*)>("pthread_rwlock_rdlock");
  count();
  return real(m);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* m) {
  static auto* const real = next<int(pthread_rwlock_t*)>("pthread_rwlock_wrlock");
  count();
  return real(m);
}
int pthread_spin_lock(pthread_spinlock_t* m) {
  static auto* const real = next<int(pthread_spinlock_t*)>("pthread_spin_lock");
  count();
  return real(m);
}
}

namespace {

// The locks that a run takes beyond a short one's: those at its start and end, and of threads that are woken.
std::uint64_t locks_of(weir::engine& on, const weir::plan& what) {
  const std::uint64_t before = locks.load();
  (void)what.start({}, on).wait();
  return locks.load() - before;
}

void takes_no_lock_per_item(weir::plan (*make)(std::uint64_t), std::uint64_t items) {
  weir::engine on(2);
  (void)locks_of(on, make(items / 30));
  const std::uint64_t few = locks_of(on, make(items / 30));
  const std::uint64_t many = locks_of(on, make(items));
  // One lock for every span of 256 items would be four times as many. The beat takes some in a second.
  EXPECT_LE(many, few + 100 + items / 1024) << few << " locks with a thirtieth of the items";
}

TEST(DataPath, CountsALockThatAStageTakes) {
  weir::engine on(2);
  std::mutex m;
  const weir::plan p = weir::iota(0, 1000) | weir::for_each([&m](int) { const std::lock_guard lock(m); });
  EXPECT_GE(locks_of(on, p), 1000U);
}

TEST(DataPath, TakesNoLockBetweenStagesOfEveryForm) { takes_no_lock_per_item(weir::test::every_form, 1'000'000); }

TEST(DataPath, TakesNoLockWhereEveryPushFillsItsEdge) { takes_no_lock_per_item(weir::test::full_edges, 1'000'000); }

TEST(DataPath, TakesNoLockInAFarm) { takes_no_lock_per_item(weir::test::a_farm, 1'000'000); }

TEST(DataPath, TakesNoLockBehindATeeAndAMerge) { takes_no_lock_per_item(weir::test::tee_and_merge, 1'000'000); }

TEST(DataPath, TakesNoLockForBlocksThatComeBackToTheirPool) {
  takes_no_lock_per_item(weir::test::blocks_again, 1'000'000);
}

} // namespace
