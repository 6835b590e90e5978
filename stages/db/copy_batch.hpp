#pragma once
// copy_batch: the rows of one transaction as COPY's text, with what a report of each needs, should the server refuse it.

#include <cstddef>
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
    std::size_t raw_end = 0;
    bool refused = false;
  };

  /// Where the row at hand is written; add() closes it, undo() takes it back.
  [[nodiscard]] std::string& text() noexcept { return text_; }
  void add(const row_origin& from, std::string_view raw) {
    raw_ += raw;
    rows_.push_back({from, text_.size(), raw_.size(), false});
  }
  void undo() { text_.resize(text_end()); }
  void clear() {
    text_.clear();
    raw_.clear();
    rows_.clear();
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return text_.size() + raw_.size(); }
  [[nodiscard]] row& at(std::size_t i) { return rows_[i]; }
  [[nodiscard]] std::string_view text_of(std::size_t first, std::size_t last) const {
    const std::size_t from = first == 0 ? 0 : rows_[first - 1].text_end;
    return std::string_view(text_).substr(from, (last == 0 ? 0 : rows_[last - 1].text_end) - from);
  }
  [[nodiscard]] std::string_view raw_of(std::size_t i) const {
    const std::size_t from = i == 0 ? 0 : rows_[i - 1].raw_end;
    return std::string_view(raw_).substr(from, rows_[i].raw_end - from);
  }

 private:
  [[nodiscard]] std::size_t text_end() const { return rows_.empty() ? 0 : rows_.back().text_end; }

  std::string text_;
  std::string raw_;
  std::vector<row> rows_;
};

} // namespace weir::stages
