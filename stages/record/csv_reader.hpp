#pragma once

#include <memory>

#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// Reads rows of format csv. Wanted fields are columns; their cells are null (an empty field without quotes), numbers (as JSON
/// writes them, without quotes) or strings. Every record is looked at whole, whatever the validation: its width, its quotes,
/// its UTF-8. With only_wanted every record is bad when the schema has a column that is not wanted.
/// Throws std::invalid_argument, with the columns there are, when a wanted field is none of them.
[[nodiscard]] std::unique_ptr<record_reader> make_csv_reader(const row_schema& schema, const reader_options& options);

} // namespace weir::stages
