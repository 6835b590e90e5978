// The data path takes no lock: thirty times the items, and nobody asks for more mutexes than naps take. pthread_mutex_lock and its kin are
// this program's own here, and count.

#include "tests/support/steady_state.hpp"

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <pthread.h>
#include <sys/resource.h>

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

struct cost {
  std::uint64_t locks;
  std::uint64_t sleeps; // of all threads: each nap takes a few locks, and how many there are is the machine's affair
};

std::uint64_t sleeps() {
  rusage used{};
  EXPECT_EQ(getrusage(RUSAGE_SELF, &used), 0);
  return static_cast<std::uint64_t>(used.ru_nvcsw);
}

cost cost_of(weir::engine& on, const weir::plan& what) {
  const cost before{locks.load(), sleeps()};
  (void)what.start({}, on).wait();
  return {locks.load() - before.locks, sleeps() - before.sleeps};
}

void takes_no_lock_per_item(weir::plan (*make)(std::uint64_t), std::uint64_t items) {
  weir::engine on(2);
  (void)cost_of(on, make(items / 30));
  const cost few = cost_of(on, make(items / 30));
  const cost many = cost_of(on, make(items));
  // One lock for every span of 256 items would be four times as many.
  EXPECT_LE(many.locks, few.locks + 100 + items / 1024 + 4 * many.sleeps)
      << few.locks << " locks with a thirtieth of the items; " << many.sleeps << " sleeps with all of them";
}

TEST(DataPath, CountsALockThatAStageTakes) {
  weir::engine on(2);
  std::mutex m;
  const weir::plan p = weir::iota(0, 1000) | weir::for_each([&m](int) { const std::lock_guard lock(m); });
  EXPECT_GE(cost_of(on, p).locks, 1000U);
}

TEST(DataPath, TakesNoLockBetweenStagesOfEveryForm) { takes_no_lock_per_item(weir::test::every_form, 1'000'000); }

TEST(DataPath, TakesNoLockWhereEveryPushFillsItsEdge) { takes_no_lock_per_item(weir::test::full_edges, 1'000'000); }

TEST(DataPath, TakesNoLockInAFarm) { takes_no_lock_per_item(weir::test::a_farm, 1'000'000); }

TEST(DataPath, TakesNoLockBehindATeeAndAMerge) { takes_no_lock_per_item(weir::test::tee_and_merge, 1'000'000); }

TEST(DataPath, TakesNoLockForBlocksThatComeBackToTheirPool) {
  takes_no_lock_per_item(weir::test::blocks_again, 1'000'000);
}

} // namespace
