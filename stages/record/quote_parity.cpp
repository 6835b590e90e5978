#include "stages/record/quote_parity.hpp"

#include "stages/text/line_count.hpp"

namespace weir::stages {
namespace {

bool odd_quotes(std::string_view text) { return (count_byte(std::as_bytes(std::span(text)), std::byte{'"'}) & 1) != 0; }

} // namespace

// From LF to LF; where one stands inside quotes, to their end first.
std::size_t quote_parity_ends::first(std::string_view text, bool inside) const {
  std::size_t at = 0;
  for (;;) {
    if (inside) {
      const std::size_t quote = text.find('"', at);
      if (quote == text.npos) return 0;
      at = quote + 1;
    }
    const std::size_t end = text.find('\n', at);
    if (end == text.npos) return 0;
    inside = odd_quotes(text.substr(at, end - at));
    at = end + 1;
    if (!inside) return at;
  }
}

// One count of all quotes says whether the text's end is inside; from there it goes backwards, which is short.
std::size_t quote_parity_ends::last(std::string_view text) const {
  bool inside = odd_quotes(text);
  std::string_view left = text;
  for (;;) {
    if (inside) {
      const std::size_t quote = left.rfind('"');
      left = left.substr(0, quote);
    }
    const std::size_t end = left.rfind('\n');
    if (end == left.npos) return 0;
    inside = odd_quotes(left.substr(end));
    if (!inside) return end + 1;
    left = left.substr(0, end);
  }
}

bool quote_parity_ends::inside(std::string_view text, bool before) const { return odd_quotes(text) != before; }

} // namespace weir::stages
