#pragma once
// copy_batch: the rows of one transaction as COPY's text, with what a report of each needs, should the server refuse it: the blocks
// they came in, as they were.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/db/row_intake.hpp"

namespace weir::stages {

/// One thread at a time.
class copy_batch {
 public:
  struct row {
    row_origin origin;
    std::size_t text_end = 0;
    std::size_t record = 0; ///< where it begins among the records
    std::uint32_t record_size = 0;
    bool refused = false;
  };

  /// The rows that follow are of this block.
  void begin(const rows& block) {
    blocks_.push_back({records_.size(), block.format, block.schema});
    records_ += block.data.text();
  }
  /// Where the row at hand is written; add() closes it, undo() takes it back.
  [[nodiscard]] std::string& text() noexcept { return text_; }
  /// `offset`: of its record in the block.
  void add(const row_origin& from, std::size_t offset, std::size_t size) {
    rows_.push_back({from, text_.size(), blocks_.back().begin + offset, static_cast<std::uint32_t>(size)});
  }
  void undo() { text_.resize(text_end()); }
  void clear() {
    text_.clear();
    records_.clear();
    blocks_.clear();
    rows_.clear();
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return text_.size() + records_.size() + rows_.size() * sizeof(row);
  }
  /// Room for so many bytes(), however they are shared out; what is not used costs no memory.
  void reserve(std::size_t bytes) {
    text_.reserve(bytes);
    records_.reserve(bytes);
    rows_.reserve(bytes / sizeof(row));
  }
  [[nodiscard]] row& at(std::size_t i) { return rows_[i]; }
  [[nodiscard]] std::string_view text_of(std::size_t first, std::size_t last) const {
    const std::size_t from = first == 0 ? 0 : rows_[first - 1].text_end;
    return std::string_view(text_).substr(from, (last == 0 ? 0 : rows_[last - 1].text_end) - from);
  }
  /// The record of a row as text: row_intake::raw_of.
  [[nodiscard]] std::string_view raw_of(std::size_t i, row_intake& intake) const {
    const row& one = rows_[i];
    const auto behind = std::ranges::upper_bound(blocks_, one.record, {}, &kept_block::begin);
    const kept_block& of = *(behind - 1);
    return intake.raw_of(std::string_view(records_).substr(one.record, one.record_size), of.format, of.schema.get());
  }

 private:
  struct kept_block {
    std::size_t begin; ///< in records_
    row_format format;
    std::shared_ptr<const row_schema> schema;
  };

  [[nodiscard]] std::size_t text_end() const { return rows_.empty() ? 0 : rows_.back().text_end; }

  std::string text_;
  std::string records_;
  std::vector<kept_block> blocks_;
  std::vector<row> rows_;
};

} // namespace weir::stages
