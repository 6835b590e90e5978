#pragma once

#include <string_view>

#include "stages/record/cell.hpp"

namespace weir::stages {

/// Makes a number of a text that is one as JSON writes it: an integer where it fits, else a whole, else a real; the text stays
/// with it. False: it is none, or too large for a double.
[[nodiscard]] bool read_number(std::string_view text, cell& to) noexcept;

} // namespace weir::stages
