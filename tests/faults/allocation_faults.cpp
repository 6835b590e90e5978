#include <features.h> // __GLIBC__

#include "tests/faults/allocation_faults.hpp"

#include <execinfo.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#if WEIR_FAILS_MALLOC
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}
#endif

namespace weir::test {

namespace {

constexpr std::uint64_t k_never = ~std::uint64_t{0};

// Constant-initialised: the first allocations come before main().
std::atomic<std::uint64_t> g_asked{0};
std::atomic<std::uint64_t> g_failed{0};
std::atomic<std::uint64_t> g_first{k_never};
std::atomic<bool> g_and_after{false};
std::atomic<allocation_fault::of> g_what{allocation_fault::of::operator_new};
std::atomic<std::int64_t> g_living{0};

void* g_where[40];
std::atomic<int> g_depth{0};

/// Remembers the stack, if nobody else is at it. backtrace() allocates when first called, so arm() calls it once.
void note_stack() noexcept {
  static std::atomic<bool> busy{false};
  if (busy.exchange(true)) { return; }
  g_depth = backtrace(g_where, 40);
  busy = false;
}

bool refuses(allocation_fault::of what) noexcept {
  if (g_first.load() == k_never || what != g_what.load()) { return false; }
  const std::uint64_t n = g_asked.fetch_add(1) + 1;
  const std::uint64_t first = g_first.load();
  if (n < first || (n > first && !g_and_after)) { return false; }
  g_failed.fetch_add(1);
  note_stack();
  return true;
}

void* raw(std::size_t size, std::size_t alignment) noexcept {
  if (alignment <= alignof(std::max_align_t)) { return std::malloc(size == 0 ? 1 : size); }
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* give(std::size_t size, std::size_t alignment) noexcept {
  if (refuses(allocation_fault::of::operator_new)) { return nullptr; }
  void* const p = raw(size, alignment);
  if (p != nullptr) { g_living.fetch_add(1); }
  return p;
}

void take(void* p) noexcept {
  if (p == nullptr) { return; }
  g_living.fetch_sub(1);
  std::free(p);
}

void* give_or_throw(std::size_t size, std::size_t alignment) {
  if (void* const p = give(size, alignment)) { return p; }
  throw std::bad_alloc();
}

constexpr std::size_t k_usual = alignof(std::max_align_t);
std::size_t number(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

} // namespace

void arm(const allocation_fault& fault) noexcept {
  void* once[1];
  (void)backtrace(once, 1);
  g_what = fault.what;
  g_and_after = fault.and_after;
  g_asked = 0;
  g_failed = 0;
  g_first = fault.first == 0 ? k_never - 1 : fault.first;
}

allocation_count disarm() noexcept {
  g_first = k_never;
  return {g_asked.load(), g_failed.load()};
}

std::int64_t living_allocations() noexcept { return g_living.load(); }

void tell_last_fault() noexcept { backtrace_symbols_fd(g_where, g_depth.load(), STDERR_FILENO); }

} // namespace weir::test

using namespace weir::test;

void* operator new(std::size_t n) { return give_or_throw(n, k_usual); }
void* operator new[](std::size_t n) { return give_or_throw(n, k_usual); }
void* operator new(std::size_t n, std::align_val_t a) { return give_or_throw(n, number(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return give_or_throw(n, number(a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return give(n, k_usual); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return give(n, k_usual); }
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept { return give(n, number(a)); }
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept { return give(n, number(a)); }

void operator delete(void* p) noexcept { take(p); }
void operator delete[](void* p) noexcept { take(p); }
void operator delete(void* p, std::size_t) noexcept { take(p); }
void operator delete[](void* p, std::size_t) noexcept { take(p); }
void operator delete(void* p, std::align_val_t) noexcept { take(p); }
void operator delete[](void* p, std::align_val_t) noexcept { take(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { take(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { take(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { take(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { take(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { take(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { take(p); }

#if WEIR_FAILS_MALLOC
namespace {
bool refuses_malloc() noexcept {
  if (!refuses(allocation_fault::of::any_malloc)) { return false; }
  errno = ENOMEM;
  return true;
}
} // namespace

extern "C" {
void* malloc(std::size_t n) { return refuses_malloc() ? nullptr : __libc_malloc(n); }
void* calloc(std::size_t n, std::size_t size) { return refuses_malloc() ? nullptr : __libc_calloc(n, size); }
void* realloc(void* p, std::size_t n) { return refuses_malloc() ? nullptr : __libc_realloc(p, n); }
void* aligned_alloc(std::size_t a, std::size_t n) { return refuses_malloc() ? nullptr : __libc_memalign(a, n); }
void* memalign(std::size_t a, std::size_t n) { return refuses_malloc() ? nullptr : __libc_memalign(a, n); }
int posix_memalign(void** to, std::size_t a, std::size_t n) {
  if (refuses_malloc()) { return ENOMEM; }
  *to = __libc_memalign(a, n);
  return *to == nullptr ? ENOMEM : 0;
}
}
#endif
