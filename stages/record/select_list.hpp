#pragma once
// The columns of `select`: "ts, request.path as path, `x y`".

#include <string>
#include <string_view>
#include <vector>

#include "stages/record/bad_expression.hpp"
#include "stages/record/record_reader.hpp"

namespace weir::stages {

struct selected {
  field_path field;
  std::string name; ///< what it is called behind select: the path as it was written, or what stands behind `as`
};

/// Never empty; no name twice. Throws bad_expression.
[[nodiscard]] std::vector<selected> parse_select(std::string_view text);

} // namespace weir::stages
