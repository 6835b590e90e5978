#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stages/record/rows.hpp"

namespace weir::stages {

/// What a column has to hold.
enum class column_shape : std::uint8_t {
  unknown, ///< only nulls so far
  boolean,
  integer, ///< fits std::int64_t
  whole,   ///< above that
  real,
  text, ///< strings, or scalars of several kinds
  nested
};

struct shaped_column {
  std::string name;
  column_shape shape = column_shape::unknown;
};

/// What a table that is not there yet is made of: the fields of the block's good records, and for each what holds all of its
/// values in that block.
[[nodiscard]] std::vector<shaped_column> shape_of(const rows& in);

/// What holds both.
[[nodiscard]] column_shape wider(column_shape a, column_shape b) noexcept;

} // namespace weir::stages
