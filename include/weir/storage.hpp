#pragma once
// storage: memory for what every run needs anew, edges and their rings above all, kept for the next run.
//
// malloc is slow at aligned pieces of these sizes, and who starts runs is seldom who ends them: each piece that a worker
// gives back would be a fight for the lock of the starter's heap. So pieces go from run to run, by size.

#include <weir/atomics.hpp>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

namespace weir::detail {

inline constexpr std::size_t k_storage_alignment = 2 * k_cache_line;

/// At least so many bytes: at k_storage_alignment where `bytes` is a multiple of it, else at malloc's. Any thread. Throws
/// std::bad_alloc.
[[nodiscard]] void* take_storage(std::size_t bytes);
/// What take_storage() gave for as many bytes; any thread. Small pieces are kept for others, and a bounded number of larger ones.
void give_storage(void* piece, std::size_t bytes) noexcept;

/// To ask for so many bytes at k_storage_alignment.
[[nodiscard]] constexpr std::size_t aligned_size(std::size_t bytes) noexcept {
  return (bytes + k_storage_alignment - 1) / k_storage_alignment * k_storage_alignment;
}

/// Holds a piece at k_storage_alignment until it is given back.
class held_storage {
 public:
  held_storage() = default;
  explicit held_storage(std::size_t bytes) : at_(take_storage(aligned_size(bytes))), bytes_(aligned_size(bytes)) {}
  held_storage(const held_storage&) = delete;
  held_storage& operator=(const held_storage&) = delete;
  ~held_storage() { give_back(); }

  [[nodiscard]] void* at() const noexcept { return at_; }
  void give_back() noexcept {
    if (at_ != nullptr) { give_storage(std::exchange(at_, nullptr), bytes_); }
  }

 private:
  void* at_ = nullptr;
  std::size_t bytes_ = 0;
};

/// For std::allocate_shared().
template <class T>
struct storage_allocator {
  using value_type = T;
  storage_allocator() = default;
  template <class U>
  storage_allocator(const storage_allocator<U>&) noexcept {} // NOLINT: an allocator of any type is one of any other
  [[nodiscard]] T* allocate(std::size_t n) {
    static_assert(alignof(T) <= k_storage_alignment);
    return static_cast<T*>(take_storage(aligned_size(n * sizeof(T))));
  }
  void deallocate(T* at, std::size_t n) noexcept { give_storage(at, aligned_size(n * sizeof(T))); }
  friend bool operator==(const storage_allocator&, const storage_allocator&) noexcept { return true; }
};

/// A base: objects of classes derived from it are made by make_stored(), and `delete` gives their storage back. They have no `new`:
/// when a constructor throws, no `delete` hears how large the object was.
class from_storage {
 public:
  static void* operator new(std::size_t) = delete;
  static void* operator new(std::size_t, std::align_val_t) = delete;
  static void operator delete(void* at, std::size_t bytes) noexcept { give_storage(at, bytes); }
  static void operator delete(void* at, std::size_t bytes, std::align_val_t to) noexcept {
    if (beyond(to)) { return ::operator delete(at, to); }
    give_storage(at, aligned_size(bytes));
  }

 private:
  template <class T, class... Args>
  friend std::unique_ptr<T> make_stored(Args&&... args);

  static constexpr bool beyond(std::align_val_t to) noexcept {
    return static_cast<std::size_t>(to) > k_storage_alignment;
  }
  template <class T>
  static void* take() {
    constexpr std::align_val_t to{alignof(T)};
    if constexpr (alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) { return take_storage(sizeof(T)); }
    return beyond(to) ? ::operator new(sizeof(T), to) : take_storage(aligned_size(sizeof(T)));
  }
  template <class T>
  static void give(void* at) noexcept {
    if constexpr (alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) { return operator delete(at, sizeof(T)); }
    operator delete (at, sizeof(T), std::align_val_t{alignof(T)});
  }
};

template <class T, class... Args>
[[nodiscard]] std::unique_ptr<T> make_stored(Args&&... args) {
  void* const at = from_storage::take<T>();
  try {
    return std::unique_ptr<T>(::new (at) T(std::forward<Args>(args)...));
  } catch (...) {
    from_storage::give<T>(at);
    throw;
  }
}

} // namespace weir::detail
