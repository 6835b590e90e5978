#pragma once
// vector_clock: how many events of each thread are known.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::model {

/// Set-up, the program's threads, and what comes after them.
inline constexpr std::size_t k_most_threads = 8;

class vector_clock {
 public:
  [[nodiscard]] std::uint16_t operator[](std::size_t thread) const noexcept { return known_[thread]; }
  void know(std::size_t thread, std::size_t events) noexcept {
    known_[thread] = std::max(known_[thread], static_cast<std::uint16_t>(events));
  }
  void join(const vector_clock& other) noexcept {
    for (std::size_t i = 0; i < k_most_threads; ++i) { known_[i] = std::max(known_[i], other.known_[i]); }
  }
  /// Whether the `index`-th event of the thread is among the known ones.
  [[nodiscard]] bool has(std::size_t thread, std::size_t index) const noexcept { return known_[thread] > index; }

 private:
  std::array<std::uint16_t, k_most_threads> known_{};
};

} // namespace weir::model
