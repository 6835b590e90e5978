#pragma once
// cell_block: the binary form of row_format::cells, which select makes and sinks read.
//
// A block is records, one behind the other, without a header: the names of the columns are the stream's row_schema. A record:
//
//   u32 size    of all of it, these four bytes included
//   u32 place   where the record it was made of began, from the block's position() on
//   and for each column a byte that says what it is, and what belongs to it:
//     missing, null, false, true                -
//     integer, whole, real                      8 bytes
//     the same as they were written             8 bytes, u32 size, text
//     string, nested                            u32 size, text
//
// in the byte order of the machine; it never leaves the process. Whoever drops records from the front of such a block must keep
// its position() as it was: `place` counts from there.

#include <weir/block.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "stages/record/cell.hpp"
#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// Bytes that a record of these cells takes.
[[nodiscard]] std::size_t cell_record_size(std::span<const cell> cells) noexcept;
/// At most so many bytes takes a record of `columns` cells whose texts have `text_bytes` bytes together.
[[nodiscard]] constexpr std::size_t cell_record_bound(std::size_t columns, std::size_t text_bytes) noexcept {
  return 8 + 13 * columns + text_bytes;
}

/// Writes a record to the front of `room`; gives its size, or 0: it does not fit, nothing was written. `place`: see above.
[[nodiscard]] std::size_t write_cells(std::span<const cell> cells, std::uint32_t place,
                                      std::span<std::byte> room) noexcept;

/// Reads a record that has at least so many cells.
void read_cells(std::string_view record, std::span<cell> to) noexcept;

/// See make_reader. Every record is good, but that with only_wanted a value in an unwanted column makes it bad.
[[nodiscard]] std::unique_ptr<record_reader> make_cell_reader(const row_schema& schema, const reader_options& options);

} // namespace weir::stages
