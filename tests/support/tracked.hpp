#pragma once
// tracked: a move-only value that counts its living objects, so that a leak or a second destruction shows.

#include <atomic>
#include <cstdlib>
#include <utility>

namespace weir::test {

class tracked {
 public:
  explicit tracked(long value = 0) noexcept : value_(value) { born(); }
  tracked(tracked&& other) noexcept : value_(std::exchange(other.value_, k_moved_from)) { born(); }
  tracked& operator=(tracked&& other) noexcept {
    value_ = std::exchange(other.value_, k_moved_from);
    return *this;
  }
  ~tracked() {
    if (std::exchange(self_, nullptr) != this) { std::abort(); } // destroyed twice, or moved as bytes
    living.fetch_sub(1);
  }

  [[nodiscard]] long value() const noexcept { return value_; }
  [[nodiscard]] bool moved_from() const noexcept { return value_ == k_moved_from; }

  static inline std::atomic<long> living{0};

 private:
  static constexpr long k_moved_from = -1;
  void born() noexcept {
    self_ = this;
    living.fetch_add(1);
  }
  tracked* self_ = nullptr;
  long value_;
};

} // namespace weir::test
