#pragma once
// The atomics policy of every lock-free class, and the two atomic types that order nothing.
//
// A lock-free class takes `class Atomics = std_atomics` and names only Atomics::atomic<T>, so that the same source
// runs on hardware and under a model checker (tests/model), whose build defines WEIR_ATOMICS: the header of a type that
// stands in for std_atomics throughout. What merely counts or hints uses `counter` and `hint`: types whose operations
// are all relaxed, so that nobody can lean on them for order.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

#ifdef WEIR_ATOMICS
#include WEIR_ATOMICS
#endif

namespace weir {

/// Bytes between two objects that two threads write. One constant of our own: the standard's differs by compiler flag.
inline constexpr std::size_t k_cache_line = 64;

namespace order {
inline constexpr auto relaxed = std::memory_order_relaxed; // [relaxed: an alias; the reason stands at each use]
inline constexpr auto acquire = std::memory_order_acquire; // [relaxed: an alias; the tag stands at each use]
inline constexpr auto release = std::memory_order_release; // [relaxed: an alias; the tag stands at each use]
inline constexpr auto acq_rel = std::memory_order_acq_rel; // [relaxed: an alias; the tag stands at each use]
inline constexpr auto seq_cst = std::memory_order_seq_cst; // [relaxed: an alias; the tag stands at each use]
} // namespace order

#ifdef WEIR_ATOMICS
using std_atomics = model::atomics;
#else
/// The hardware's atomics.
struct std_atomics {
  template <class T>
  using atomic = std::atomic<T>;
  using mutex = std::mutex; ///< where a lock is right: never between two items

  /// Between two looks at a value that another thread is about to change.
  static void pause() noexcept { std::this_thread::yield(); }
};
#endif

#ifdef WEIR_WITHOUT_ACCOUNT // for bench/instructions alone, which says what the account costs: reports of such a build are empty
inline constexpr bool k_keeps_account = false;
#else
inline constexpr bool k_keeps_account = true;
#endif

/// A number with one writing thread at a time and any number of readers, who may see it late.
class counter {
 public:
  /// Writer only; wait-free.
  void add(std::uint64_t n) noexcept {
    if constexpr (k_keeps_account) {
      // [relaxed: single writer, nobody orders by it]
      value_.store(value_.load(order::relaxed) + n, order::relaxed);
    }
  }

  /// Writer only; wait-free.
  void set(std::uint64_t n) noexcept {
    value_.store(n, order::relaxed); // [relaxed: single writer, nobody orders by it]
  }

  /// Any thread; wait-free; may be late.
  [[nodiscard]] std::uint64_t get() const noexcept {
    return value_.load(order::relaxed); // [relaxed: a report, not a decision]
  }

 private:
  std_atomics::atomic<std::uint64_t> value_{0};
};

/// A value that any thread may set and any thread may look at, late. Whoever must not miss it is woken by other means.
template <class T>
class hint {
 public:
  constexpr explicit hint(T value = T{}) noexcept : value_(value) {}

  void set(T value) noexcept {
    value_.store(value, order::relaxed); // [relaxed: the wake that follows carries the order]
  }
  [[nodiscard]] T get() const noexcept {
    return value_.load(order::relaxed); // [relaxed: a late answer is a legal answer]
  }

 private:
  std_atomics::atomic<T> value_;
};

} // namespace weir
