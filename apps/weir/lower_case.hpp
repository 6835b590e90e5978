#pragma once
// lower_case: names and units are found however they are written.

#include <string>
#include <string_view>

namespace weir::command {

/// The text with the letters A to Z as a to z, whatever the locale.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

} // namespace weir::command
