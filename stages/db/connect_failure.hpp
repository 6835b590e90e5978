#pragma once

#include <string>
#include <string_view>

namespace weir::stages {

/// Why a connection could not be made.
struct connect_failure {
  std::string text;     ///< one line
  bool passing = false; ///< the server is not there, not ready or full: the same may succeed later
};

/// Out of what libpq says under PQERRORS_VERBOSE. The codes decide where the server sent any: its words are in the language
/// that it was set up with.
[[nodiscard]] connect_failure connect_failure_of(std::string_view words);

} // namespace weir::stages
