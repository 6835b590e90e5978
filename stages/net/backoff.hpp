#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace weir::stages {

/// The pauses between tries: each about twice the one before, up to two seconds, and each drawn, so that many that lost the
/// same server do not come back at the same moment.
class backoff {
 public:
  using clock = std::chrono::steady_clock;

  /// Tries go on for `patience` from now.
  explicit backoff(std::chrono::nanoseconds patience, std::uint64_t seed = std::random_device{}())
      : end_(clock::now() + patience), random_(seed) {}

  std::chrono::milliseconds left() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - clock::now());
  }
  /// How long to wait now; empty: it was tried long enough.
  std::optional<std::chrono::milliseconds> next();

 private:
  clock::time_point end_;
  std::mt19937_64 random_;
  std::chrono::milliseconds step_{50};
};

} // namespace weir::stages
