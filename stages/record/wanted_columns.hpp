#pragma once
// wanted_columns: where a table's columns go among the wanted fields: for the formats whose schema names the columns.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stages/record/record_reader.hpp"

namespace weir::stages {

struct wanted_columns {
  static constexpr std::uint32_t k_not_wanted = 0xffffffff;

  std::vector<std::uint32_t> place; ///< for each column: its place among the wanted ones, or k_not_wanted
  std::size_t last = 0;             ///< columns up to the last wanted one, that included
  std::vector<std::pair<std::uint32_t, std::uint32_t>> copies; ///< of two places with one column: the second, the first
};

/// The path's names with dots between; how a path is written is another's to say.
[[nodiscard]] std::string joined(const field_path& path);

/// Throws std::invalid_argument, which names the field and the columns there are, where a field is no column.
[[nodiscard]] wanted_columns find_columns(const row_schema& schema, std::span<const field_path> wanted);

} // namespace weir::stages
