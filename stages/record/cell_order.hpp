#pragma once
// How cells compare with each other: exactly, numbers of all kinds among themselves.

#include <compare>
#include <cstdint>
#include <limits>

#include "stages/record/cell.hpp"

namespace weir::stages {

enum class cell_family : std::uint8_t { none, boolean, number, string, nested };

/// Cells of one family can be compared; those of `none` are missing or null.
[[nodiscard]] inline cell_family family_of(cell_kind kind) noexcept {
  switch (kind) {
  case cell_kind::missing:
  case cell_kind::null:
    return cell_family::none;
  case cell_kind::boolean:
    return cell_family::boolean;
  case cell_kind::integer:
  case cell_kind::whole:
  case cell_kind::real:
    return cell_family::number;
  case cell_kind::string:
    return cell_family::string;
  case cell_kind::nested:
    break;
  }
  return cell_family::nested;
}

/// Without rounding: 9007199254740993 is above 9007199254740992.0.
template <typename Integer>
[[nodiscard]] std::partial_ordering exact_order(Integer a, double b) noexcept {
  using limits = std::numeric_limits<Integer>;
  constexpr double k_above = limits::digits == 63 ? 0x1p63 : 0x1p64;
  if (b != b) { return std::partial_ordering::unordered; }
  if (b >= k_above) { return std::partial_ordering::less; }
  if (b < static_cast<double>(limits::min())) { return std::partial_ordering::greater; }
  const auto whole = static_cast<Integer>(b);
  if (a != whole) { return a < whole ? std::partial_ordering::less : std::partial_ordering::greater; }
  return 0.0 <=> b - static_cast<double>(whole); // exact: where there is a fraction, b is below 2^53
}

[[nodiscard]] inline std::partial_ordering reversed(std::partial_ordering order) noexcept {
  return std::is_lt(order) ? std::partial_ordering::greater : std::is_gt(order) ? std::partial_ordering::less : order;
}

/// Of two cells of one family, boolean, number or string.
[[nodiscard]] inline std::partial_ordering order_of(const cell& a, const cell& b) noexcept {
  if (a.kind == cell_kind::integer && b.kind == cell_kind::integer) { return a.integer <=> b.integer; }
  switch (a.kind) {
  case cell_kind::string:
    return a.text <=> b.text; // of UTF-8 this is the order of the code points
  case cell_kind::boolean:
    return a.truth <=> b.truth;
  case cell_kind::integer:
    return b.kind == cell_kind::real ? exact_order(a.integer, b.real) : std::partial_ordering::less;
  case cell_kind::whole:
    if (b.kind == cell_kind::whole) { return a.whole <=> b.whole; }
    return b.kind == cell_kind::real ? exact_order(a.whole, b.real) : std::partial_ordering::greater;
  case cell_kind::real:
    if (b.kind == cell_kind::real) { return a.real <=> b.real; }
    return reversed(b.kind == cell_kind::integer ? exact_order(b.integer, a.real) : exact_order(b.whole, a.real));
  default:
    return std::partial_ordering::unordered;
  }
}

} // namespace weir::stages
