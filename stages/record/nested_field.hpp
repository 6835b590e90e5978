#pragma once
// nested_field: a field inside a value that travels as JSON text. Of an object that was checked when it was read.

#include <span>
#include <string>
#include <string_view>

#include "stages/record/cell.hpp"

namespace weir::stages {

/// What `names` lead to from the object on, the first field of each name; missing where there is no such field, or no object
/// on the way. Strings with escapes are written to `room`, which has space for the whole of `object`'s text and is moved on.
[[nodiscard]] cell nested_field(const cell& object, std::span<const std::string> names, char*& room) noexcept;

} // namespace weir::stages
