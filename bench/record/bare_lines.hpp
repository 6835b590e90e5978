#pragma once

#include <cstdint>
#include <string_view>

namespace bench {

/// simdjson's On-Demand by hand, a line after the other: the sum of the integers in two fields of each line of a text, behind
/// which 64 bytes may be read.
std::uint64_t bare_lines(std::string_view text, std::string_view first, std::string_view second);

} // namespace bench
