#pragma once
// row_writer: records written anew into a block: as cells, JSON lines or CSV lines.

#include <weir/block.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "stages/record/cell.hpp"
#include "stages/record/sift_layout.hpp"
#include "stages/record/text_writer.hpp"

namespace weir::stages {

/// The line of its columns' names.
[[nodiscard]] std::string csv_header(const row_schema& columns);

/// One thread.
class row_writer {
 public:
  /// Writes into `to` from its front on, whose source position is `position`.
  void begin(block& to, sift_form form, std::shared_ptr<const row_schema> columns, std::uint64_t position);

  /// False: it does not fit, nothing was written. `position`: where the record began in its source.
  [[nodiscard]] bool append(std::span<const cell> record, std::uint64_t position);
  /// At most so many bytes does it need.
  [[nodiscard]] std::size_t needed(std::span<const cell> record) const;
  [[nodiscard]] std::uint32_t records() const noexcept { return records_; }

 private:
  block* to_ = nullptr;
  sift_form form_ = sift_form::cells;
  std::shared_ptr<const row_schema> columns_;
  std::uint64_t position_ = 0;
  std::uint32_t records_ = 0;
  text_writer lines_; ///< of json and csv
};

} // namespace weir::stages
