// Pieces by size. Each thread has a magazine of a size, from which it takes and to which it gives; a full one goes to a shared list, and
// whoever has an empty one takes a full one from there, so a starter and a worker meet once in many pieces. Small pieces are cut from
// slabs and are never freed: there are as many as there once were at the same time, and a magazine for each thread. Of larger ones,
// rings that is, a bounded number is kept. Few runs have their pieces from places of their own instead (run_place.hpp).

#include <weir/storage.hpp>

#include "engine/run_place.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

namespace weir::detail {

namespace {

constexpr std::size_t k_step = k_cache_line;     // sizes are multiples of it
constexpr std::size_t k_small = 1024;            // what a run takes beside its rings is no larger
constexpr std::size_t k_slab = 32 * 1024;        // small pieces are cut from
constexpr std::size_t k_largest = 16 * 1024;     // larger pieces come from malloc: what is in them takes longer
constexpr std::size_t k_magazine = 64 * 1024;    // bytes, and 64 pieces at most
constexpr std::size_t k_most_kept = 1024 * 1024; // bytes of a larger size in the shared list
#if defined(__SANITIZE_ADDRESS__)
constexpr bool k_keeps = false; // AddressSanitizer is to see the end of each piece
#elif defined(__has_feature)
constexpr bool k_keeps = !__has_feature(address_sanitizer);
#else
constexpr bool k_keeps = true;
#endif

struct piece {
  piece* next;
  // Of the first of a magazine in the shared list.
  piece* next_magazine;
  std::size_t pieces;
};

struct magazine {
  piece* first;
  std::size_t pieces;
};

struct slab {
  std::byte* at;
  std::size_t left;
};

// On lines of its own. Never destroyed: a static of the user's may hold a run longer.
struct alignas(2 * k_cache_line) shared_list {
  std::mutex mutex; // once in a magazine of pieces
  piece* full = nullptr;
  hint<std::size_t> magazines{0}; // in the list; written under the lock
};
constinit std::array<shared_list, k_largest / k_step + 1> g_shared{};

// Plain data: they are there as long as the thread is.
constinit thread_local std::array<magazine, k_largest / k_step + 1> t_magazines{};
constinit thread_local std::array<slab, k_small / k_step + 1> t_slabs{};

std::size_t rounded(std::size_t bytes) noexcept {
  return (std::max<std::size_t>(bytes, 1) + k_step - 1) / k_step * k_step;
}

void* aligned(std::size_t size) {
  if (void* const made = std::aligned_alloc(k_storage_alignment, size)) { return made; }
  throw std::bad_alloc();
}

void* fresh(std::size_t size) {
  if (size % k_storage_alignment == 0) { return aligned(size); }
  if (void* const made = std::malloc(size)) { return made; }
  throw std::bad_alloc();
}

// Pieces that were given lie all over the memory, and the processor cannot guess the next one.
void prefetch(const void* piece, std::size_t size) noexcept {
  for (std::size_t i = 0; i < std::min(size, k_small); i += k_cache_line) {
    __builtin_prefetch(static_cast<const char*>(piece) + i, 1, 3);
  }
}

std::size_t full_magazine(std::size_t size) noexcept { return std::clamp<std::size_t>(k_magazine / size, 1, 64); }

void free_all(magazine& from) noexcept {
  while (from.first != nullptr) { std::free(std::exchange(from.first, from.first->next)); }
  from.pieces = 0;
}

void share(magazine& from, std::size_t size) noexcept {
  shared_list& list = g_shared[size / k_step];
  if (from.first == nullptr) { return; }
  if (size > k_small && list.magazines.get() * full_magazine(size) * size >= k_most_kept) { return free_all(from); }
  from.first->pieces = from.pieces;
  const std::lock_guard lock(list.mutex);
  from.first->next_magazine = list.full;
  list.full = std::exchange(from.first, nullptr);
  from.pieces = 0;
  list.magazines.set(list.magazines.get() + 1);
}

void take_shared(magazine& into, std::size_t size) noexcept {
  shared_list& list = g_shared[size / k_step];
  if (list.magazines.get() == 0) { return; } // One that is missed is found the next time.
  const std::lock_guard lock(list.mutex);
  if (list.full == nullptr) { return; }
  into = {list.full, list.full->pieces};
  list.full = list.full->next_magazine;
  list.magazines.set(list.magazines.get() - 1);
}

// Its slab has as much left.
void* cut(std::size_t size) noexcept {
  slab& from = t_slabs[size / k_step];
  from.left -= size;
  return std::exchange(from.at, from.at + size);
}

// A thread that ends leaves what it holds to the others.
struct leaves_all {
  ~leaves_all() {
    for (std::size_t i = 1; i < t_slabs.size(); ++i) {
      while (t_slabs[i].left >= i * k_step) { give_storage(cut(i * k_step), i * k_step); }
    }
    for (std::size_t i = 1; i < t_magazines.size(); ++i) { share(t_magazines[i], i * k_step); }
  }
};

void holds_some() {
  thread_local const leaves_all at_exit;
  (void)at_exit;
}

// malloc takes six times as long for one with an alignment, and leaves a hole in front of each.
void* fresh_small(std::size_t size) {
  if (t_slabs[size / k_step].left < size) {
    holds_some();
    t_slabs[size / k_step] = {static_cast<std::byte*>(aligned(k_slab)), k_slab};
  }
  return cut(size);
}

} // namespace

void* take_storage(std::size_t bytes) {
  const std::size_t size = rounded(bytes);
  if (!k_keeps || size > k_largest) { return fresh(size); }
  if (void* const together = cut_from_place(size)) { return together; }
  magazine& mine = t_magazines[size / k_step];
  if (mine.first == nullptr) {
    take_shared(mine, size);
    if (mine.first == nullptr) { return size <= k_small ? fresh_small(size) : fresh(size); }
    holds_some();
  }
  --mine.pieces;
  piece* const taken = std::exchange(mine.first, mine.first->next);
  if (mine.first != nullptr) { prefetch(mine.first, size); }
  return taken;
}

void give_storage(void* at, std::size_t bytes) noexcept {
  const std::size_t size = rounded(bytes);
  if (!k_keeps || size > k_largest) { return std::free(at); }
  if (given_to_place(at)) { return; }
  magazine& mine = t_magazines[size / k_step];
  if (mine.pieces == full_magazine(size)) { share(mine, size); }
  if (mine.first == nullptr) { holds_some(); }
  mine.first = new (at) piece{mine.first, nullptr, 0};
  ++mine.pieces;
}

} // namespace weir::detail
