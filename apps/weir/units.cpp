#include "apps/weir/units.hpp"

#include "apps/weir/lower_case.hpp"
#include "apps/weir/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_digits = "0123456789";
constexpr std::string_view k_prefixes = "kmgtp";
constexpr double k_too_large = 18446744073709551616.0; // 2^64

[[noreturn]] void refuse(std::string_view text, std::string_view kind, std::string_view examples) {
  throw bad_value(fmt::format("{} is not a {}; write for example {}", in_quotes(text), kind, examples));
}

/// Takes "12" or "1.5" off the front of the text; digits must surround the point.
std::optional<std::string_view> take_number(std::string_view& text) {
  std::size_t end = std::min(text.find_first_not_of(k_digits), text.size());
  if (end == 0) return std::nullopt;
  if (end < text.size() && text[end] == '.') {
    const std::size_t fraction_end = std::min(text.find_first_not_of(k_digits, end + 1), text.size());
    if (fraction_end == end + 1) return std::nullopt;
    end = fraction_end;
  }
  const std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  return number;
}

double to_double(std::string_view number) {
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return value;
}

/// The bytes that a unit stands for: "" and "b" are 1, "k" and "kib" 1024, "kb" 1000; nothing if it is no
/// unit.
std::optional<std::uint64_t> bytes_of_unit(std::string_view written) {
  const std::string unit = lower_case(written);
  if (unit.empty() || unit == "b") return 1;
  const std::size_t power = k_prefixes.find(unit[0]);
  if (power == std::string_view::npos) return std::nullopt;
  const std::string_view rest = std::string_view(unit).substr(1);
  if (!rest.empty() && rest != "ib" && rest != "b") return std::nullopt;
  std::uint64_t bytes = 1;
  for (std::size_t i = 0; i <= power; ++i) bytes *= rest == "b" ? 1000 : 1024;
  return bytes;
}

/// number × unit in whole bytes; exact for whole numbers. Nothing when it does not fit.
std::optional<std::uint64_t> multiply(std::string_view number, std::uint64_t unit) {
  std::uint64_t whole = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), whole);
  if (read.ec != std::errc()) return std::nullopt;
  if (whole > std::numeric_limits<std::uint64_t>::max() / unit) return std::nullopt;
  if (read.ptr == number.data() + number.size()) return whole * unit;
  const double bytes = to_double(number) * static_cast<double>(unit);
  if (bytes >= k_too_large) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

struct time_unit {
  std::string_view name;
  double nanoseconds;
};

/// From the largest to the smallest; a longer name stands before one that begins it where both could match.
constexpr std::array<time_unit, 6> k_time_units = {
    {{"h", 3600e9}, {"m", 60e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}};

/// Takes the letters at the front of the text and finds them among the time units.
std::optional<std::size_t> take_time_unit(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of(k_digits), text.size());
  const std::string name = lower_case(text.substr(0, end));
  for (std::size_t i = 0; i < k_time_units.size(); ++i) {
    if (k_time_units[i].name != name) continue;
    text.remove_prefix(end);
    return i;
  }
  return std::nullopt;
}

std::optional<double> seconds_of_period(std::string_view name) {
  if (name == "s") return 1;
  if (name == "min") return 60;
  if (name == "h") return 3600;
  return std::nullopt;
}

/// A number of at most four characters: "9.99", "99.9", "999".
std::string three_digits(double value) {
  if (value < 9.995) return fmt::format("{:.2f}", value);
  if (value < 99.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

} // namespace

std::uint64_t parse_size(std::string_view text) {
  constexpr std::string_view k_examples = "4096, 256K, 64M or 1.5G";
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number) refuse(text, "size", k_examples);
  const auto unit = bytes_of_unit(rest);
  if (!unit) refuse(text, "size", k_examples);
  const auto bytes = multiply(*number, *unit);
  if (!bytes) throw bad_value(fmt::format("{} is too large for a size", in_quotes(text)));
  return *bytes;
}

rate parse_rate(std::string_view text) {
  constexpr std::string_view k_examples = "50MB/s (bytes) or 1000/s (records)";
  std::string_view rest = text;
  const auto number = take_number(rest);
  const std::size_t slash = rest.find('/');
  if (!number || slash == std::string_view::npos) refuse(text, "rate", k_examples);
  const std::string_view written_unit = rest.substr(0, slash);
  const auto unit = bytes_of_unit(written_unit);
  const auto period = seconds_of_period(rest.substr(slash + 1));
  if (!unit || !period) refuse(text, "rate", k_examples);
  const double per_second = to_double(*number) * static_cast<double>(*unit) / *period;
  if (!(per_second > 0)) throw bad_value(fmt::format("{}: a rate must be above 0", in_quotes(text)));
  return {per_second, written_unit.empty() ? rate::unit::records : rate::unit::bytes};
}

std::chrono::nanoseconds parse_duration(std::string_view text) {
  constexpr std::string_view k_examples = "10s, 250ms or 1m30s";
  std::string_view rest = text;
  double total = 0;
  std::size_t least_unit = 0;
  do {
    const auto number = take_number(rest);
    if (!number) refuse(text, "duration", k_examples);
    const auto unit = take_time_unit(rest);
    if (!unit || *unit < least_unit) refuse(text, "duration", k_examples);
    least_unit = *unit + 1;
    total += to_double(*number) * k_time_units[*unit].nanoseconds;
  } while (!rest.empty());
  if (total >= static_cast<double>(std::chrono::nanoseconds::max().count()))
    throw bad_value(fmt::format("{} is too long for a duration", in_quotes(text)));
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(total)));
}

std::string format_size(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  constexpr std::array<std::string_view, 6> k_names = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < k_names.size(); ++unit) value /= 1024;
  return fmt::format("{} {}", three_digits(value), k_names[unit]);
}

std::string format_size_option(std::uint64_t bytes) {
  constexpr std::uint64_t k_kib = 1024;
  constexpr std::uint64_t k_mib = k_kib * k_kib;
  constexpr std::uint64_t k_gib = k_mib * k_kib;
  const std::uint64_t step = bytes >= k_gib ? k_mib : bytes >= k_mib ? k_kib : 1;
  const std::uint64_t rest = bytes % step;
  if (rest != 0 && bytes <= std::numeric_limits<std::uint64_t>::max() - step) bytes += step - rest;
  if (bytes != 0 && bytes % k_gib == 0) return fmt::format("{}G", bytes / k_gib);
  if (bytes != 0 && bytes % k_mib == 0) return fmt::format("{}M", bytes / k_mib);
  if (bytes != 0 && bytes % k_kib == 0) return fmt::format("{}K", bytes / k_kib);
  return fmt::format("{}", bytes);
}

std::string format_rate(rate value) {
  const double whole = std::clamp(std::round(value.per_second), 0.0, 1e18);
  const auto rounded = static_cast<std::uint64_t>(std::isnan(whole) ? 0 : whole);
  return (value.of == rate::unit::bytes ? format_size(rounded) : format_count(rounded)) + "/s";
}

std::string format_count(std::uint64_t count) {
  std::string digits = fmt::format("{}", count);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string format_duration(double seconds) {
  constexpr double k_longest = 86400.0 * 36500; // so that the whole-second form below always fits
  if (!(seconds > 0)) return "0 s";
  if (seconds < 0.0009995) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 59.95) return three_digits(seconds) + " s";
  const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, k_longest)));
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
  return fmt::format("{}d{:02}h", whole / 86400, whole / 3600 % 24);
}

} // namespace weir::command
