#include "stages/record/bad_expression.hpp"

#include <algorithm>

namespace weir::stages {
namespace {

/// In characters, from 1.
std::size_t column_of(std::string_view text, std::size_t offset) {
  const auto begins_one = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  return static_cast<std::size_t>(std::count_if(before.begin(), before.end(), begins_one)) + 1;
}

} // namespace

bad_expression::bad_expression(std::string_view stage, std::string_view text, std::size_t offset,
                               const std::string& reason)
    : std::invalid_argument(std::string(stage) + ": column " + std::to_string(column_of(text, offset)) + ": " + reason),
      column_(column_of(text, offset)), offset_(offset) {}

} // namespace weir::stages
