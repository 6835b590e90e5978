#pragma once
// record_reader: goes through the records of a block and takes from each the fields that somebody wants.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/cell.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

/// "a.b.c": the names from the outside in. A name with a dot or a space is written in backquotes: `a.b`.c
struct field_path {
  std::vector<std::string> names;
  bool operator==(const field_path&) const = default;
};
/// As it is written.
[[nodiscard]] std::string text_of(const field_path& path);

enum class validation : std::uint8_t {
  /// The wanted values, and the names and brackets up to the last of them. All of the record: UTF-8, quotes, raw control bytes,
  /// and that it is one object which ends where its line ends.
  touched,
  full ///< every byte
};

struct reader_options {
  std::vector<field_path> wanted;
  validation check = validation::touched;
  /// A top-level field that is not wanted makes the record bad: unknown_field. Every field is looked at then.
  bool only_wanted = false;
};

/// One thread. Keeps no bytes of a block beyond it. Allocates at its making and for the largest block yet, no more.
class record_reader {
 public:
  enum class found : std::uint8_t { record, bad, end };

  virtual ~record_reader() = default;

  /// Begins with the first record of a block, which must stay until the next begin().
  virtual void begin(const rows& in) = 0;
  /// Goes on to the next record. record: cells() holds the wanted fields. bad: problem() says why; go on with next().
  /// Empty lines (and those of blanks alone) are no records.
  [[nodiscard]] virtual found next() = 0;

  /// Of the record at hand: the wanted fields, in the order of reader_options::wanted.
  [[nodiscard]] std::span<const cell> cells() const noexcept { return cells_; }
  /// Its bytes in the block, its line end included where it has one. After `bad` too.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Where it began in the source, where that is known (a gapless block, or cells); else the block's position.
  [[nodiscard]] virtual std::uint64_t source_position() const noexcept = 0;

  struct trouble {
    reject_class why = reject_class::malformed;
    std::uint32_t column = 0; ///< byte in the record, from 0
    std::string_view field{}; ///< the field's name, where one is to blame
  };
  [[nodiscard]] virtual const trouble& problem() const noexcept = 0;

 protected:
  // Asked for each record, so not virtual.
  std::span<const cell> cells_;
  std::size_t offset_ = 0;
  std::size_t size_ = 0;
};

/// For blocks of one format. For csv and cells `schema` gives the columns: a wanted field that is none of them throws
/// std::invalid_argument, which names it and the columns there are.
[[nodiscard]] std::unique_ptr<record_reader> make_reader(row_format format, const row_schema* schema,
                                                         const reader_options& options);

/// The top-level fields of a block's good records, in order of appearance, each with the first kind other than null it has:
/// what a table that is not there yet is made of.
struct column_seen {
  std::string name;
  cell_kind kind = cell_kind::null;
};
[[nodiscard]] std::vector<column_seen> columns_of(const rows& in);

/// The record in `r` as one JSON object without a line end: for dead letters of formats other than json.
void append_json(std::string& to, std::span<const std::string> names, std::span<const cell> cells);

} // namespace weir::stages
