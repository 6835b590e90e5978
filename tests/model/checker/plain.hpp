#pragma once
// Plain data whose every use the explorer sees: what is handed over by the structure under test, and stands outside it.

#include "tests/model/checker/explorer.hpp"

#include <utility>

namespace weir::model {

/// A variable that several threads use.
template <class T>
class plain {
 public:
  explicit plain(T value = T{}) : value_(value) { hooks::plain_begin(this); }
  plain(const plain&) = delete;
  plain& operator=(const plain&) = delete;
  ~plain() { hooks::plain_end(this); }

  void set(T value) {
    hooks::plain_touch(this, true);
    value_ = value;
  }
  [[nodiscard]] T get() const {
    hooks::plain_touch(this, false);
    return value_;
  }

 private:
  T value_;
};

/// What travels through a ring: constructed, moved, read and destroyed in the ring's own slots.
class item {
 public:
  explicit item(int value) noexcept : value_(value) { hooks::plain_begin(this); }
  item(item&& other) noexcept : value_(std::exchange(other.value_, -1)) {
    hooks::plain_touch(&other, true);
    hooks::plain_begin(this);
  }
  item& operator=(item&&) = delete;
  ~item() { hooks::plain_touch(this, true); }

  [[nodiscard]] int value() const noexcept {
    hooks::plain_touch(this, false);
    return value_;
  }

 private:
  int value_;
};

} // namespace weir::model
