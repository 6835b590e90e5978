// The words of a pipeline's text and the marks between them, in one row.
#pragma once

#include "apps/weir/word.hpp"

#include <memory>
#include <vector>

namespace weir::command {

enum class token_kind {
  word,
  bar,         // |
  open_brace,  // { unquoted and a word of its own
  close_brace, // } likewise
  end          // stands once, behind everything
};

/// One of them; a mark has its text in the word too.
struct token {
  token_kind kind;
  word what;
};

/// Takes a text apart by the quoting rules of pipeline_text.hpp; the last token is the end. Throws usage_error, with the
/// place, for an unbalanced quote, a NUL byte, and any of < > & ; ( ) $ ` outside quotes.
[[nodiscard]] std::vector<token> tokens_of(std::shared_ptr<const source_text> source);

} // namespace weir::command
