#pragma once
// The model's atomics: what weir's headers get for std_atomics in a model build (-DWEIR_ATOMICS). Each operation asks the
// explorer. Outside a program under test it is a plain value.

#include "tests/model/checker/explorer.hpp"

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace weir::model {

struct atomics {
  template <class T>
  class atomic;
  class mutex;
  static void pause() noexcept { hooks::pause(); }
};

template <class T>
class atomics::atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));

 public:
  atomic(T value = T{}, const char* file = __builtin_FILE(), int line = __builtin_LINE()) : plain_(value) {
    if (exploring()) { hooks::construct(this, bits(value), {file, line}); }
  }
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;
  ~atomic() {
    if (exploring()) { hooks::destroy(this); }
  }

  T load(std::memory_order order, const char* file = __builtin_FILE(), int line = __builtin_LINE()) const noexcept {
    return exploring() ? value(hooks::load(this, order, {file, line})) : plain_;
  }
  void store(T to, std::memory_order order, const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    if (exploring()) { return hooks::store(this, bits(to), order, {file, line}); }
    plain_ = to;
  }
  T exchange(T to, std::memory_order order, const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    return change([](std::uint64_t, std::uint64_t with) { return with; }, to, order, {file, line});
  }
  T fetch_add(T n, std::memory_order order, const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    return change([](std::uint64_t old, std::uint64_t with) { return bits(static_cast<T>(value(old) + value(with))); },
                  n, order, {file, line});
  }
  T fetch_sub(T n, std::memory_order order, const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    return change([](std::uint64_t old, std::uint64_t with) { return bits(static_cast<T>(value(old) - value(with))); },
                  n, order, {file, line});
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order success, std::memory_order failure,
                               const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    if (!exploring()) {
      const bool same = bits(plain_) == bits(expected);
      (same ? plain_ : expected) = same ? desired : plain_;
      return same;
    }
    std::uint64_t was = bits(expected);
    const bool same = hooks::compare(this, was, bits(desired), success, failure, {file, line});
    expected = value(was);
    return same;
  }
  // A try that fails for no reason is left out: the loop around it only comes back to where it was.
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success, std::memory_order failure,
                             const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    return compare_exchange_strong(expected, desired, success, failure, file, line);
  }
  void wait(T old, std::memory_order order, const char* file = __builtin_FILE(),
            int line = __builtin_LINE()) const noexcept {
    if (exploring()) { hooks::await_other(this, bits(old), order, {file, line}); }
  }
  void notify_one() noexcept {}
  void notify_all() noexcept {}

 private:
  static std::uint64_t bits(T value) noexcept {
    std::uint64_t all = 0;
    std::memcpy(&all, &value, sizeof(T));
    return all;
  }
  static T value(std::uint64_t all) noexcept {
    T value;
    std::memcpy(static_cast<void*>(&value), &all, sizeof(T));
    return value;
  }
  T change(std::uint64_t (*how)(std::uint64_t, std::uint64_t), T with, std::memory_order order, site where) noexcept {
    if (exploring()) { return value(hooks::update(this, how, bits(with), order, where)); }
    const T before = plain_;
    plain_ = value(how(bits(plain_), bits(with)));
    return before;
  }

  T plain_;
};

/// A lock whose waiting threads are seen to wait.
class atomics::mutex {
 public:
  void lock() noexcept {
    for (;;) {
      taken_.wait(true, std::memory_order_relaxed);
      bool expected = false;
      if (taken_.compare_exchange_strong(expected, true, std::memory_order_acquire, std::memory_order_relaxed)) {
        return;
      }
    }
  }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  atomic<bool> taken_{false};
};

} // namespace weir::model
