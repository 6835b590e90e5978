#include "stages/flow/pace.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace weir::stages {

pace::pace(pace_options options) : options_(options) {
  if (!(options.per_second > 0))
    throw std::invalid_argument("a rate of " + std::to_string(options.per_second) + " a second is not above 0");
  const double worth = options.per_second * std::chrono::duration<double>(k_quantum).count();
  piece_ = static_cast<std::size_t>(std::clamp(worth, 1.0, 1e15));
}

void pace::went(clock::time_point now, std::uint64_t bytes, std::uint64_t records) noexcept {
  if (now > next_ + k_forgotten) next_ = now;
  const auto units = static_cast<double>(of_records() ? records : bytes);
  // A hundred years at most: the clock counts nanoseconds in 63 bits.
  const double wait = std::min(units * 1e9 / options_.per_second + nanoseconds_owed_, 3e18);
  const double whole = std::floor(wait);
  nanoseconds_owed_ = wait - whole;
  next_ += std::chrono::nanoseconds(static_cast<std::int64_t>(whole));
}

} // namespace weir::stages
