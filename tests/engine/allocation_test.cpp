// Steady state allocates nothing per item: ten times the items, the same number of calls of malloc.

#include <weir/weir.hpp>

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

struct pass {
  weir::step process(weir::inlet<std::uint64_t>& in, weir::outlet<std::uint64_t>& out) {
    std::size_t done = 0;
    for (const std::uint64_t x : in.peek()) {
      if (!out.try_push(x)) { break; }
      ++done;
    }
    in.release(done);
    return weir::step::more;
  }
};

weir::task co_pass(weir::inlet<std::uint64_t> in, weir::outlet<std::uint64_t> out) {
  while (auto x = co_await in.pop()) {
    if (!co_await out.push(*x)) { co_return; }
  }
}

struct block_source {
  std::uint64_t left;
  weir::stage_context* context = nullptr;
  void start(weir::stage_context& c) { context = &c; }
  [[nodiscard]] weir::stage_needs needs() const { return {.blocks = 8}; }
  weir::step process(weir::outlet<weir::block>& out) {
    if (left == 0) { return weir::step::done; }
    weir::block b = context->blocks().try_take();
    if (!b) { return weir::step::memory; }
    (void)out.try_push(std::move(b));
    --left;
    return weir::step::more;
  }
};

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
  expect_the_same_for_ten_times_as_much(
      [](std::uint64_t n) {
        return weir::iota(std::uint64_t{0}, n) | weir::edge(64) | weir::stage("pass", pass{}) | weir::edge(16) |
               weir::stage("task", co_pass) | weir::edge(32) | weir::map([](std::uint64_t x) { return x + 1; }) |
               weir::for_each([](std::uint64_t) {});
      },
      20'000);
}

TEST(Allocation, R120_AFarmAllocatesNothingPerItem) {
  expect_the_same_for_ten_times_as_much(
      [](std::uint64_t n) {
        return weir::iota(std::uint64_t{0}, n) | weir::parallel(2, weir::stage("pass", pass{})) |
               weir::for_each([](std::uint64_t) {});
      },
      20'000);
}

TEST(Allocation, R120_BlocksAreUsedAgain) {
  expect_the_same_for_ten_times_as_much(
      [](std::uint64_t n) {
        return weir::stage("blocks", block_source{n}) | weir::for_each([](const weir::block&) {});
      },
      20'000);
}

} // namespace
#else
TEST(Allocation, IsCountedInBuildsWithoutSanitizers) { GTEST_SKIP() << "malloc belongs to the sanitizer here"; }
#endif
