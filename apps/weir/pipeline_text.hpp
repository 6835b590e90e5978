// The text of a pipeline taken apart: stages between `|`, words by the quoting rules of the POSIX shell.
//
//   '...'        everything as it is                  \x       x as it is (outside quotes)
//   "..."        \\ \" \$ \` lose the backslash       # ...    a comment, at the start of a word, to the end
//   of the line newline      white space; \ before it joins the lines
//   { ... }      a pipeline behind a stage's words, where the braces are unquoted and words of their own
//
// Nothing is expanded: there are no variables, no substitutions and no redirections, and a character that
// would mean one to a shell has to be quoted.
#pragma once

#include "apps/weir/word.hpp"

#include <string>
#include <vector>

namespace weir::command {

struct stage_text;

/// A pipeline in braces.
struct branch_text {
  place open; // the brace
  std::vector<stage_text> stages;
};

/// One stage as written: its name, the words after it, and the pipelines in braces behind these.
struct stage_text {
  word name;
  std::vector<word> arguments;
  std::vector<branch_text> branches;
};

/// Takes a pipeline's text apart; the result has at least one stage. `source_name` is what messages call the
/// text. Throws usage_error, with the place, for an unbalanced quote or brace, an empty stage, an empty pipeline
/// or branch, a word that follows a brace without a '|', a NUL byte, and any of < > & ; ( ) $ ` outside quotes.
[[nodiscard]] std::vector<stage_text> parse_pipeline(std::string text, std::string source_name = "pipeline");

} // namespace weir::command
