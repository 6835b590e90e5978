#pragma once
// Rows in the text form of PostgreSQL's COPY.

#include <string>

#include "stages/record/cell.hpp"

namespace weir::stages {

/// What a value becomes there. `as_json`: the column is of type json or jsonb, so that strings become JSON strings. False, and
/// nothing is appended: a text with the character U+0000, which PostgreSQL has no place for.
[[nodiscard]] bool append_copy_text(std::string& to, const cell& value, bool as_json);

} // namespace weir::stages
