// Sizes, rates and durations: from what users write, and into what they read.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::command {

/// A text is not a value of the wanted kind; what() says which text, and what would be one.
class bad_value : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How fast: bytes or records (items) a second.
struct rate {
  enum class unit { bytes, records };
  double per_second = 0;
  unit of = unit::bytes;
  bool operator==(const rate&) const = default;
};

/// "64M", "256KiB", "1.5G", "4096", "10MB", "7B": K, M, G, T, P and KiB… are powers of 1024, KB… are powers
/// of 1000, in any letter case; a fraction of a byte is dropped. Throws bad_value, also above 2^64 - 1.
[[nodiscard]] std::uint64_t parse_size(std::string_view text);

/// "50MB/s", "1.5GiB/s": bytes; "1000/s", "30/min": records. Per s, min or h. Throws bad_value.
[[nodiscard]] rate parse_rate(std::string_view text);

/// "10s", "250ms", "1.5h", "1m30s": parts of h, m, s, ms, us, the larger first. Throws bad_value; a number
/// without a unit is not a duration.
[[nodiscard]] std::chrono::nanoseconds parse_duration(std::string_view text);

/// Three digits and a binary unit: "0 B", "999 B", "1.50 KiB", "64.0 MiB", "512 GiB"; at most 8 characters.
[[nodiscard]] std::string format_size(std::uint64_t bytes);

/// The shortest text that an option takes for at least this many bytes: "4096", "96K", "64M"; rounds up to a
/// whole KiB from 1 MiB on and to a whole MiB from 1 GiB on.
[[nodiscard]] std::string format_size_option(std::uint64_t bytes);

/// "512 MiB/s", or "1,000/s" for records.
[[nodiscard]] std::string format_rate(rate value);

/// "1,234,567".
[[nodiscard]] std::string format_count(std::uint64_t count);

/// "250 us", "1.50 s", "59.9 s", "1m30s", "2h05m", "3d04h". Negative and not-a-number count as 0.
[[nodiscard]] std::string format_duration(double seconds);

} // namespace weir::command
