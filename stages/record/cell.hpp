#pragma once
// cell: one value of a record, as far as it was looked at.

#include <cstdint>
#include <string_view>

namespace weir::stages {

enum class cell_kind : std::uint8_t {
  missing, ///< the record has no such field
  null,
  boolean,
  integer, ///< fits std::int64_t
  whole,   ///< above that, fits std::uint64_t
  real,
  string,
  nested ///< an object or an array, as JSON text
};

/// The name of a kind as messages have it: "a string", "null", "no value", …
[[nodiscard]] std::string_view name_of(cell_kind kind) noexcept;

/// Points into its record or its reader: valid until the reader goes on.
struct cell {
  cell_kind kind = cell_kind::missing;
  /// Where it begins in its record, with its quotes, in bytes from 1; 0: that is not known.
  std::uint32_t column = 0;
  union {
    bool truth;
    std::int64_t integer;
    std::uint64_t whole;
    double real = 0;
  };
  /// string: its characters, UTF-8, nothing escaped. nested: its JSON. Numbers: as they were written, or empty.
  std::string_view text{};
};

} // namespace weir::stages
