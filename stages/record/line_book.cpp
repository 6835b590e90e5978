#include "stages/record/line_book.hpp"

#include <algorithm>

namespace weir::stages {

// A source is as good as new when another has had its place.
line_book::entry& line_book::of(std::uint32_t source, bool& known) {
  auto at = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.source == source; });
  known = at != entries_.end();
  if (!known && entries_.size() < k_most_sources) {
    at = entries_.insert(at, {.source = source});
  } else if (!known) {
    at = std::min_element(entries_.begin(), entries_.end(),
                          [](const entry& a, const entry& b) { return a.used < b.used; });
    *at = {.source = source};
  }
  at->used = ++uses_;
  return *at;
}

std::uint64_t line_book::begin(std::uint32_t source, std::uint64_t position, std::uint32_t header_lines) {
  bool known = false;
  entry& e = of(source, known);
  const bool first = position == 0 || (header_lines > 0 && (!known || position < e.end));
  if (first) {
    e.lines = header_lines;
  } else if (!known || position != e.end) {
    e.lines = k_unknown;
  }
  return e.lines;
}

void line_book::end(std::uint32_t source, std::uint64_t end, std::uint64_t lines, bool gapless) {
  bool known = false;
  entry& e = of(source, known);
  e.end = end;
  if (!gapless || e.lines == k_unknown) {
    e.lines = k_unknown;
  } else {
    e.lines += lines;
  }
}

} // namespace weir::stages
