#pragma once
// letter_unwrapper: lines of a dead-letter file back to the records in them.

#include <weir/block.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// The record in a dead letter as its stage got it, and what else the letter says.
struct dead_letter {
  std::string_view raw;
  std::string_view raw_is; ///< as name_of(raw_form), or empty: the record
  std::string_view stage;
  std::string_view file;
  std::uint64_t line = 0;
  std::uint64_t byte = 0;
  bool exact = false;
  std::uint32_t attempts = 1;
};

/// Goes through blocks of whole letters. One thread.
class letter_reader {
 public:
  /// `path`: what errors call the file.
  explicit letter_reader(std::string path);

  /// Begins with a block, which must stay until next() has said no; it may be overwritten up to the end of the letter at hand.
  void begin(const block& letters);
  /// The next letter; false: there is none. Throws bad_data, with file and byte, at a line that is no dead letter.
  [[nodiscard]] bool next();
  /// Points into the block or into the reader: valid until next().
  [[nodiscard]] const dead_letter& letter() const noexcept { return letter_; }
  /// Throws bad_data, with the place of the letter at hand.
  [[noreturn]] void refuse(std::string_view why) const;
  /// Where the letter at hand begins and how long it is with its line end, in the block.
  [[nodiscard]] std::size_t offset() const noexcept { return reader_->offset(); }
  [[nodiscard]] std::size_t size() const noexcept { return reader_->size(); }

 private:
  void take(std::span<const cell> cells);

  std::string path_;
  std::unique_ptr<record_reader> reader_;
  rows now_;
  dead_letter letter_;
  std::string decoded_;
};

/// Which letters are wanted.
struct letter_choice {
  std::string stage{};          ///< of this one; empty: of all
  bool refuses_columns = false; ///< a letter that holds columns in place of its record is bad_data
};

/// Puts the records in place of their letters, each with a line end, and leaves the block's positions those of the letters. Of
/// letters that are not wanted nothing is left. Gives how many records there are. Throws bad_data, also where a letter that is
/// wanted has no more than its record's beginning. Nobody else may hold the block.
[[nodiscard]] std::uint64_t unwrap_letters(letter_reader& reader, block& letters, const letter_choice& wanted);

/// RFC 4648, padded; false: `text` is none.
[[nodiscard]] bool append_from_base64(std::string& to, std::string_view text);

} // namespace weir::stages
