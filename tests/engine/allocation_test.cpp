// Steady state allocates nothing per item: ten times the items, the same number of calls of malloc.

#include "tests/support/steady_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define WEIR_COUNTS_MALLOC 1
#endif

#ifdef WEIR_COUNTS_MALLOC
namespace {
std::atomic<std::uint64_t> calls{0};
}
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t n) {
  calls.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(n);
}
void* calloc(std::size_t n, std::size_t size) {
  calls.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t n) {
  calls.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(p, n);
}
void* aligned_alloc(std::size_t alignment, std::size_t n) {
  calls.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, n);
}
}

namespace {

template <class Make>
std::uint64_t calls_of(Make make, std::uint64_t items) {
  const auto once = [&] {
    const weir::plan p = make(items);
    const std::uint64_t before = calls.load();
    p.run();
    return calls.load() - before;
  };
  std::uint64_t least = once();
  for (int i = 0; i < 4; ++i) { least = std::min(least, once()); } // what libraries do at their start is not counted
  return least;
}

template <class Make>
void expect_the_same_for_ten_times_as_much(Make make, std::uint64_t items) {
  (void)calls_of(make, items);
  const std::uint64_t few = calls_of(make, items);
  const std::uint64_t many = calls_of(make, 10 * items);
  // Drainers come and go with the load, and each start is a task of oneTBB: not one in a thousand items.
  EXPECT_LE(many, few + items * 9 / 1000) << few << " calls for " << items << " items";
}

TEST(Allocation, R103_R120_StagesOfEveryFormAllocateNothingPerItem) {
  expect_the_same_for_ten_times_as_much(weir::test::every_form, 20'000);
}

TEST(Allocation, R120_AFarmAllocatesNothingPerItem) {
  expect_the_same_for_ten_times_as_much(weir::test::a_farm, 20'000);
}

TEST(Allocation, R120_BlocksAreUsedAgain) { expect_the_same_for_ten_times_as_much(weir::test::blocks_again, 20'000); }

} // namespace
#else
TEST(Allocation, IsCountedInBuildsWithoutSanitizers) { GTEST_SKIP() << "malloc belongs to the sanitizer here"; }
#endif
