#pragma once
// The words of where and select: what their literals stand for, and what is said of a text that follows no grammar.

#include <cstddef>
#include <string>
#include <string_view>

#include "stages/record/cell.hpp"

namespace weir::stages {

/// What the grammar wanted where it could not go on.
struct syntax_want {
  std::string_view what;
  bool after = true;      ///< tell what stands before
  bool operators = false; ///< a comparison or its end stood there: what may be meant by an unknown one is told
};

/// "expected a value after '>=', found end"
[[nodiscard]] std::string words_of(std::string_view text, std::size_t offset, const syntax_want& want);

/// Where the first byte is that is not UTF-8; npos when all are.
[[nodiscard]] std::size_t first_bad_utf8(std::string_view text) noexcept;

/// A number as in JSON, which stands at `offset` of `text`. Throws bad_expression when it is out of range.
[[nodiscard]] cell number_of(std::string_view text, std::size_t offset, std::string_view number);

/// The characters of a string with its quotes on, as the grammar takes it. Throws bad_expression for half a surrogate pair.
[[nodiscard]] std::string unescaped(std::string_view text, std::size_t offset, std::string_view string);

[[nodiscard]] std::string between_backquotes(std::string_view name);

} // namespace weir::stages
