#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stages/record/cell.hpp"

namespace weir::stages {

/// Makes a number of a text that is one as JSON writes it: an integer where it fits, else a whole, else a real; the text stays
/// with it. False: it is none, or too large for a double.
[[nodiscard]] bool read_any_number(std::string_view text, cell& to) noexcept;

/// The same, with the most usual ones summed up where they are found: whole, not negative, of at most 18 digits.
[[nodiscard]] inline bool read_number(std::string_view text, cell& to) noexcept {
  constexpr std::size_t k_never_too_large = 18;
  if (text.empty() || text.size() > k_never_too_large || (text.front() == '0' && text.size() > 1)) {
    return read_any_number(text, to);
  }
  std::int64_t sum = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return read_any_number(text, to);
    sum = sum * 10 + digit;
  }
  to.integer = sum;
  to.kind = cell_kind::integer;
  to.text = text;
  return true;
}

} // namespace weir::stages
