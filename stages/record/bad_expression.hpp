#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::stages {

/// A text that where or select cannot make sense of: "where: column 10: expected a value after '>=', found end".
class bad_expression : public std::invalid_argument {
 public:
  /// `offset`: where in `text` it went wrong, in bytes from 0; `reason`: the message behind the column.
  bad_expression(std::string_view stage, std::string_view text, std::size_t offset, const std::string& reason);

  /// In characters, from 1.
  [[nodiscard]] std::size_t column() const noexcept { return column_; }
  /// In bytes, from 0.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

 private:
  std::size_t column_;
  std::size_t offset_;
};

} // namespace weir::stages
