#pragma once

#include <cstddef>
#include <span>

#include "stages/text/matcher.hpp"

namespace weir::stages {

/// What is left of a buffer of lines.
struct filtered_lines {
  std::size_t bytes_kept = 0;    ///< they lie at the buffer's front, in their order
  std::size_t lines_matched = 0; ///< kept, or dropped if inverted
};

/// Moves the lines of `whole_lines` in which `pattern` is found to the front of the buffer; with `invert` the
/// other ones. The buffer begins with a line; only its last line may lack its newline, and stays without.
/// Lines that do not match cost nothing but the search.
filtered_lines compact_matching_lines(std::span<std::byte> whole_lines, const matcher& pattern, bool invert);

} // namespace weir::stages
