// One word of a pipeline or of the command line.
#pragma once

#include "apps/weir/usage_error.hpp"

#include <span>
#include <string>
#include <vector>

namespace weir::command {

/// A word after the quotes were taken off.
struct word {
  std::string text;
  /// The same as a glob pattern: what was quoted has a backslash before *, ?, [, ] and \, so only unquoted
  /// ones expand.
  std::string pattern;
  /// Some part of it stood in quotes or after a backslash.
  bool quoted = false;
  place where;
};

/// The words a program was started with (its own name left out), placed in one line as the user may have
/// typed it: a usage error then shows that line with the guilty word marked.
[[nodiscard]] std::vector<word> words_of_command_line(std::span<const char* const> arguments);

} // namespace weir::command
