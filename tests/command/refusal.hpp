// What a call says when it refuses.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "apps/weir/word.hpp"

namespace weir::command {

/// The message of the Error that the call throws; "(nothing was thrown)" if it throws none. Any other passes
/// through.
template <class Error, class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const Error& error) { return error.what(); }
  return "(nothing was thrown)";
}

/// The words of a command line.
inline std::vector<word> line_of(std::vector<const char*> words) { return words_of_command_line(words); }

} // namespace weir::command
