#include "stages/record/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace weir::stages {
namespace {

bool digit(const char* at, const char* end) { return at != end && *at >= '0' && *at <= '9'; }

const char* behind_digits(const char* at, const char* end) {
  while (digit(at, end)) ++at;
  return at;
}

enum class form { none, integral, broken };

/// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
form form_of(const char* at, const char* end) {
  if (at != end && *at == '-') ++at;
  if (!digit(at, end)) return form::none;
  at = *at == '0' ? at + 1 : behind_digits(at, end);
  if (at == end) return form::integral;
  if (*at == '.') {
    if (!digit(++at, end)) return form::none;
    at = behind_digits(at, end);
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!digit(at, end)) return form::none;
    at = behind_digits(at, end);
  }
  return at == end ? form::broken : form::none;
}

template <class Number>
bool all_of(std::string_view text, Number& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  return error == std::errc() && end == text.data() + text.size();
}

/// The power of ten of a number's first digit that is not 0, roughly where it is far from 0; 0 where there is none.
std::int64_t magnitude_of(std::string_view text) {
  constexpr std::int64_t k_far = 1'000'000'000;
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return 0;
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const auto place = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) - (first < point ? 1 : 0);
  std::string_view power = text.substr(std::min(e + 1, text.size()));
  if (power.starts_with('+')) power.remove_prefix(1);
  std::int64_t exponent = 0;
  if (std::from_chars(power.data(), power.data() + power.size(), exponent).ec == std::errc::result_out_of_range)
    exponent = k_far;
  if (exponent >= k_far || exponent <= -k_far) exponent = power.starts_with('-') ? -k_far : k_far;
  return place + exponent;
}

/// from_chars tells too small from too large by nothing; a number next to zero is a number. (strtod asks the locale.)
bool nearly_zero(std::string_view text, double& to) {
  if (magnitude_of(text) >= 0) return false;
  to = text.starts_with('-') ? -0.0 : 0.0;
  return true;
}

} // namespace

bool read_any_number(std::string_view text, cell& to) noexcept {
  const form what = form_of(text.data(), text.data() + text.size());
  if (what == form::none) return false;
  if (what == form::integral && all_of(text, to.integer)) {
    to.kind = cell_kind::integer;
  } else if (what == form::integral && all_of(text, to.whole)) {
    to.kind = cell_kind::whole;
  } else if (all_of(text, to.real) || nearly_zero(text, to.real)) {
    to.kind = cell_kind::real;
  } else {
    return false;
  }
  to.text = text;
  return true;
}

} // namespace weir::stages
