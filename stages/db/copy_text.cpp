#include "stages/db/copy_text.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stages/record/json_escape.hpp"
#include "stages/record/special_bytes.hpp"

namespace weir::stages {
namespace {

// 0: as it is. 1: U+0000. Otherwise what stands behind the backslash.
constexpr auto k_escapes = [] {
  std::array<char, 256> escapes{};
  escapes[0] = 1;
  escapes['\\'] = '\\';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}();

struct copy_special {
  bool operator()(char c) const { return k_escapes[static_cast<unsigned char>(c)] != 0; }
  /// Of control characters most stay as they are; they are rare.
  bool operator()(std::uint64_t word) const { return (bytes_below(word, 0x20) | zero_bytes(word ^ repeat('\\'))) != 0; }
};

bool append_string(std::string& to, std::string_view text) {
  const std::size_t before = to.size();
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    const char* const special = find_special(at, end, copy_special{});
    to.append(at, special);
    if (special == end) return true;
    const char escape = k_escapes[static_cast<unsigned char>(*special)];
    if (escape == 1) {
      to.resize(before);
      return false;
    }
    to += {'\\', escape};
    at = special + 1;
  }
}

template <class Number>
void append_number(std::string& to, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  to.append(digits.data(), end);
}

} // namespace

bool append_copy_text(std::string& to, const cell& value, bool as_json) {
  switch (value.kind) {
  case cell_kind::missing:
  case cell_kind::null:
    to += "\\N";
    return true;
  case cell_kind::boolean:
    to += value.truth ? "true" : "false";
    return true;
  case cell_kind::string:
    if (as_json) {
      std::string quoted = "\"";
      append_escaped(quoted, value.text);
      return append_string(to, quoted += '"');
    }
    [[fallthrough]];
  case cell_kind::nested:
    return append_string(to, value.text);
  case cell_kind::integer:
  case cell_kind::whole:
  case cell_kind::real:
    break;
  }
  if (!value.text.empty()) {
    to += value.text;
  } else if (value.kind == cell_kind::integer) {
    append_number(to, value.integer);
  } else if (value.kind == cell_kind::whole) {
    append_number(to, value.whole);
  } else {
    append_number(to, value.real);
  }
  return true;
}

} // namespace weir::stages
