#pragma once
// json_reader: records of row_format::json, one object a line. simdjson finds the tokens of each line by itself, so that no
// bad line can spoil another; json_walk takes the values.

#include <memory>
#include <vector>

#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// See make_reader. A BOM at the beginning of a source and lines of blanks alone are left out. A record nested deeper than
/// k_json_depth is malformed; of two fields of one name the first counts.
[[nodiscard]] std::unique_ptr<record_reader> make_json_reader(const reader_options& options);

/// columns_of() for json. Every byte of the block is checked.
[[nodiscard]] std::vector<column_seen> json_columns(const rows& in);

} // namespace weir::stages
