#pragma once
// rows: a block of whole records and what they are. The item between json or csv and the stages behind them.

#include <weir/block.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::stages {

enum class row_format : std::uint8_t {
  json, ///< one JSON object a line
  csv,  ///< as read, without the header
  cells ///< what select makes: cell_block.hpp
};

/// What every block of a stream has in common; null for json.
struct row_schema {
  std::vector<std::string> columns; ///< names, in order
  char delimiter = ',';             ///< csv only
  bool quoted_newlines = false;     ///< csv only: a quoted field may hold line ends
  std::uint32_t header_lines = 0;   ///< csv only: lines of the source in front of its first record
  bool flat = false;                ///< cells only: made of CSV, so nothing is inside of a column
  bool operator==(const row_schema&) const = default;
};

/// Why a record cannot be processed. The names are what reports group by.
enum class reject_class : std::uint8_t {
  bad_utf8,
  unclosed_string,
  control_byte,  ///< a raw byte below 0x20 in a string
  missing_value, ///< {"a":}
  not_an_object, ///< 17, [1], "a"
  malformed,     ///< any other fault of syntax
  bad_number,
  extra_text,    ///< {"a":1}}
  wrong_type,    ///< compared with, or stored into, something of another type
  unknown_field, ///< the table has no such column
  wrong_width,   ///< csv: more or fewer fields than the header
  bad_quote,     ///< csv: text behind a closing quote, or an open quote at the end
  too_long,      ///< over the size that a record may have
  refused        ///< by the database
};
[[nodiscard]] std::string_view name_of(reject_class why) noexcept;

/// A record that was put out, inside the block that it still stands in.
struct reject {
  std::uint32_t offset = 0;     ///< in the block
  std::uint32_t size = 0;       ///< with its line end
  std::uint32_t record = 0;     ///< how many of the block's records as read stood before it
  std::uint32_t column = 0;     ///< byte in the record, from 0, where it went wrong
  std::uint16_t field = 0xffff; ///< index into the stage's field names; 0xffff: none
  std::uint8_t step = 0;        ///< which of the joined stages: json, where, …
  reject_class why = reject_class::malformed;
};

/// Move-only, like the block.
struct rows {
  static constexpr bool k_holds_block = true;

  block data; ///< whole records; source(), position() and end_position() say where from
  row_format format = row_format::json;
  std::uint32_t records = 0; ///< in data
  std::shared_ptr<const row_schema> schema{};
  bool placed = true; ///< cells only: each record says where it began in its source; false: where its block did
  bool cut = false;   ///< data is one record's beginning; its length is what its positions say

  /// Another handle of the same records: what the branches of a tee get.
  [[nodiscard]] rows share() const noexcept { return {data.share(), format, records, schema, placed, cut}; }
};

/// What it counts as in byte accounting.
[[nodiscard]] inline std::uint64_t byte_size(const rows& r) noexcept { return r.data.size(); }

} // namespace weir::stages
