#pragma once
// text_writer: a record's cells as a line of JSON or CSV.
//
// JSON: one object, a missing field left out, numbers as they were read. CSV: null and missing are empty, an empty string is
// "", and a string that would be read as a number, or has the delimiter, quotes, line ends or blanks at its ends, is quoted; a
// record of one empty field is "" too, or its line would be none. What is nested stands in CSV as JSON in quotes.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/cell.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

/// Made once for a stream. Any thread.
class text_writer {
 public:
  enum class form { json, csv };

  text_writer() = default;
  text_writer(form what, std::span<const std::string> columns, char delimiter = ',');

  /// Bytes of the record's line, its LF included.
  [[nodiscard]] std::size_t size(std::span<const cell> record) const noexcept;
  /// As much or more, and quicker to tell.
  [[nodiscard]] std::size_t bound(std::span<const cell> record) const noexcept;
  /// Writes just size(record) bytes; gives their end.
  char* write(std::span<const cell> record, char* to) const noexcept;

 private:
  char* write_json(std::span<const cell> record, char* to) const noexcept;
  char* write_csv(std::span<const cell> record, char* to) const noexcept;

  form form_ = form::json;
  char delimiter_ = ',';
  std::vector<std::string> names_; ///< of json: quoted, with the colon
  std::size_t fixed_ = 0;          ///< bytes of a line that are no value's
};

} // namespace weir::stages
