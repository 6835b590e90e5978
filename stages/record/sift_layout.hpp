#pragma once
// sift_layout: what joined steps come to for records of one format and schema: which fields to read, where each step finds
// its own, what leaves.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages/record/record_step.hpp"

namespace weir::stages {

/// What becomes of the records that are kept.
enum class sift_form : std::uint8_t {
  in_place, ///< their bytes stay, in their block
  cells,
  json,
  csv
};

struct sift_layout {
  /// A where among the steps.
  struct test {
    std::size_t step = 0;
    std::vector<std::uint16_t> slots; ///< of its fields
  };

  std::vector<field_path> wanted; ///< each once: slots are indices into it
  std::vector<test> tests;
  sift_form form = sift_form::in_place;
  std::vector<std::uint16_t> columns;       ///< of what is written anew
  std::shared_ptr<const row_schema> leaves; ///< what the rows that leave have in common; null: as those that came in
};

/// `format`: none before the run, where it is not known yet. `schema` may be null then. Throws std::invalid_argument: a field
/// that an earlier select left out, CSV to be made of records without columns.
[[nodiscard]] sift_layout layout_of(const record_steps& steps, std::optional<row_format> format,
                                    const row_schema* schema);

} // namespace weir::stages
