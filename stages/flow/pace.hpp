#pragma once

#include <weir/clock.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::stages {

/// How fast: so many bytes or records a second.
struct pace_options {
  enum class unit : std::uint8_t { bytes, records };
  double per_second = 0;
  unit of = unit::bytes;
};

/// A schedule: what has gone so far decides when the next may go. Waking late is made up for; who had nothing
/// to send for longer than k_forgotten starts anew. One thread at a time.
class pace {
 public:
  static constexpr std::chrono::milliseconds k_quantum{50};
  static constexpr std::chrono::milliseconds k_forgotten{200};

  /// Throws std::invalid_argument unless the rate is above 0.
  explicit pace(pace_options options);

  /// The earliest time of the next piece.
  [[nodiscard]] clock::time_point next() const noexcept { return next_; }
  /// A piece goes now.
  void went(clock::time_point now, std::uint64_t bytes, std::uint64_t records) noexcept;

  /// The size of a piece, in bytes or records, that is worth k_quantum; at least 1.
  [[nodiscard]] std::size_t piece() const noexcept { return piece_; }
  [[nodiscard]] bool of_records() const noexcept { return options_.of == pace_options::unit::records; }

 private:
  pace_options options_;
  std::size_t piece_;
  clock::time_point next_{};
  double nanoseconds_owed_ = 0; ///< less than one, so that nothing is lost by rounding
};

} // namespace weir::stages
