#pragma once
// json_fault: looks at a record that was found bad, byte by byte, and says what is wrong first and where.

#include <string_view>

#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// The first fault of a record, which is to be one JSON object with blanks around it. `column` is size() where the text ends too
/// early. False: there is none. Pure; any thread; takes the time of a byte-by-byte reader.
[[nodiscard]] bool find_fault(std::string_view record, record_reader::trouble& fault);

} // namespace weir::stages
