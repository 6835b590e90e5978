#pragma once
// csv_scanner: the records of a text and their fields, by RFC 4180 and what is written in practice:
//
//   a record ends with LF or CRLF, or with the text; empty lines and those of blanks alone are none
//   a field that begins with a quote ends with one; inside, two stand for one
//   quotes elsewhere in a field are characters like others
// With quoted newlines a record ends with the first LF behind an even number of quotes, as quote_parity_ends has it; a quote
// inside a field that does not begin with one is an error then, since it would hide line ends. Else every LF ends a record,
// and a quoted field that is open there is an error of that record alone.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "stages/record/csv_marks.hpp"

namespace weir::stages {

struct csv_field {
  const char* begin = nullptr; ///< without its quotes
  const char* end = nullptr;
  bool quoted = false;
  bool doubled = false; ///< it has doubled quotes

  [[nodiscard]] std::string_view text() const noexcept { return {begin, static_cast<std::size_t>(end - begin)}; }
};

/// One thread. Reads not a byte behind its text.
class csv_scanner {
 public:
  enum class found : std::uint8_t { record, bad, end };

  /// Keeps the first `most_fields` of a record and counts the others.
  csv_scanner(char delimiter, bool quoted_newlines, std::size_t most_fields)
      : delimiter_(delimiter), quoted_newlines_(quoted_newlines), most_fields_(most_fields) {}

  /// `text` must stay; it begins with a record.
  void begin(std::string_view text);
  [[nodiscard]] found next();

  // Of the record at hand.
  [[nodiscard]] std::span<const csv_field> fields() const noexcept {
    return {fields_.data(), width_ < fields_.size() ? width_ : fields_.size()};
  }
  /// How many fields it has.
  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  [[nodiscard]] std::size_t offset() const noexcept { return static_cast<std::size_t>(record_ - text_); }
  /// Its line end included.
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - record_); }
  [[nodiscard]] std::string_view text() const noexcept { return {record_, size()}; }
  /// No byte of it is above 0x7f; false may be wrong.
  [[nodiscard]] bool ascii() const noexcept { return high_ == 0; }
  /// After `bad`: the byte in the record where it went wrong.
  [[nodiscard]] std::size_t bad_at() const noexcept { return static_cast<std::size_t>(bad_at_ - record_); }

 private:
  enum class after : std::uint8_t { field, record, trouble };

  after plain_fields();
  after quoted_field(const char* at);
  after end_field(const csv_field& field, const char* end);
  after fail(const char* where, const char* from);
  const char* record_end(const char* from);
  bool blank() const;
  void load();
  template <class Pick>
  const char* find(const char* from, Pick pick);

  char delimiter_;
  bool quoted_newlines_;
  std::size_t most_fields_;

  const char* text_ = nullptr;
  const char* end_ = nullptr;
  const char* window_ = nullptr; ///< marks_ are of the bytes from here
  csv_marks marks_{};
  const char* record_ = nullptr;
  const char* at_ = nullptr; ///< the next field; between records: the next record
  const char* bad_at_ = nullptr;
  std::uint64_t high_ = 0;
  std::size_t width_ = 0;
  std::vector<csv_field> fields_;
};

} // namespace weir::stages
