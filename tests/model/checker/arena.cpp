#include "tests/model/checker/arena.hpp"

#include "tests/model/checker/vector_clock.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace weir::model {

namespace {

constexpr std::size_t k_arena = std::size_t{4} << 20;
constexpr std::size_t k_header = 16; // the size of what follows, so that delete knows it

std::byte* g_memory = nullptr;
std::size_t g_used[k_most_threads];
std::size_t g_thread = arenas::k_none;
freed_hook g_freed = nullptr;

bool ours(const void* p) noexcept {
  return g_memory != nullptr && p >= g_memory && p < g_memory + k_most_threads * k_arena;
}

void* take(std::size_t bytes, std::size_t alignment) {
  if (g_memory == nullptr) {
    void* const all =
        mmap(nullptr, k_most_threads * k_arena, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) { throw std::bad_alloc(); }
    g_memory = static_cast<std::byte*>(all);
  }
  std::size_t& used = g_used[g_thread];
  const std::size_t at = (used + k_header + alignment - 1) / alignment * alignment;
  if (at + bytes > k_arena) {
    std::fputs("the program under test allocates more than its arena holds\n", stderr);
    std::abort();
  }
  used = at + bytes;
  std::byte* const object = g_memory + g_thread * k_arena + at;
  *reinterpret_cast<std::size_t*>(object - k_header) = bytes;
  return object;
}

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (g_thread != arenas::k_none) { return take(bytes, alignment < k_header ? k_header : alignment); }
  void* const p = alignment <= alignof(std::max_align_t)
                      ? std::malloc(bytes)
                      : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (p == nullptr) { throw std::bad_alloc(); }
  return p;
}

void release(void* p) noexcept {
  if (!ours(p)) { return std::free(p); }
  if (g_freed != nullptr && g_thread != arenas::k_none) {
    g_freed(p, *reinterpret_cast<std::size_t*>(static_cast<std::byte*>(p) - k_header));
  }
}

} // namespace

void arenas::serve(std::size_t thread) noexcept { g_thread = thread; }
std::size_t arenas::serving() noexcept { return g_thread; }
void arenas::clear() noexcept {
  for (std::size_t& used : g_used) { used = 0; }
}
void on_free(freed_hook hook) noexcept { g_freed = hook; }

} // namespace weir::model

void* operator new(std::size_t bytes) { return weir::model::allocate(bytes, 1); }
void* operator new[](std::size_t bytes) { return weir::model::allocate(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t a) {
  return weir::model::allocate(bytes, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t bytes, std::align_val_t a) {
  return weir::model::allocate(bytes, static_cast<std::size_t>(a));
}
void operator delete(void* p) noexcept { weir::model::release(p); }
void operator delete[](void* p) noexcept { weir::model::release(p); }
void operator delete(void* p, std::size_t) noexcept { weir::model::release(p); }
void operator delete[](void* p, std::size_t) noexcept { weir::model::release(p); }
void operator delete(void* p, std::align_val_t) noexcept { weir::model::release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { weir::model::release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { weir::model::release(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { weir::model::release(p); }
