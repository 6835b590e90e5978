#include "stages/text/line_filter.hpp"

#include "stages/text/gathering.hpp"
#include "stages/text/line_ends.hpp"

namespace weir::stages {

filtered_lines compact_matching_lines(std::span<std::byte> whole_lines, const matcher& pattern, bool invert) {
  char* const front = reinterpret_cast<char*>(whole_lines.data());
  const char* const end = front + whole_lines.size();
  gathering kept(front);
  filtered_lines result;
  const char* at = front; // always the first byte of a line
  while (at != end) {
    const char* match = pattern.find(at, end);
    if (match == nullptr || (match == end && end[-1] == '\n')) break; // no line begins after the last newline
    const char* first = line_begin(at, match);
    const char* next = line_end(match, end);
    ++result.lines_matched;
    if (invert)
      kept.keep(at, first);
    else
      kept.keep(first, next);
    at = next;
  }
  if (invert) kept.keep(at, end);
  result.bytes_kept = static_cast<std::size_t>(kept.finish() - front);
  return result;
}

} // namespace weir::stages
