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
  /// Where the letter at hand begins and how long it is with its line end, in the block.
  [[nodiscard]] std::size_t offset() const noexcept { return reader_->offset(); }
  [[nodiscard]] std::size_t size() const noexcept { return reader_->size(); }

 private:
  [[noreturn]] void refuse(std::string_view why) const;
  void take(std::span<const cell> cells);

  std::string path_;
  std::unique_ptr<record_reader> reader_;
  rows now_;
  dead_letter letter_;
  std::string decoded_;
};

/// Puts the records in place of their letters, each with a line end, and leaves the block's positions those of the letters. Of
/// letters of other stages than `stage` nothing is left, unless it is empty. Gives how many records there are. Throws bad_data.
/// Nobody else may hold the block.
[[nodiscard]] std::uint64_t unwrap_letters(letter_reader& reader, block& letters, std::string_view stage);

/// RFC 4648, padded; false: `text` is none.
[[nodiscard]] bool append_from_base64(std::string& to, std::string_view text);

} // namespace weir::stages
