#include "stages/record/number_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace weir::stages {
namespace {

bool digit(const char* at, const char* end) { return at != end && *at >= '0' && *at <= '9'; }

const char* behind_digits(const char* at, const char* end) {
  while (digit(at, end)) ++at;
  return at;
}

enum class form { none, integral, broken };

/// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
form form_of(const char* at, const char* end) {
  if (at != end && *at == '-') ++at;
  if (!digit(at, end)) return form::none;
  at = *at == '0' ? at + 1 : behind_digits(at, end);
  if (at == end) return form::integral;
  if (*at == '.') {
    if (!digit(++at, end)) return form::none;
    at = behind_digits(at, end);
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!digit(at, end)) return form::none;
    at = behind_digits(at, end);
  }
  return at == end ? form::broken : form::none;
}

template <class Number>
bool all_of(std::string_view text, Number& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  return error == std::errc() && end == text.data() + text.size();
}

/// from_chars tells too small from too large by nothing; a number next to zero is a number.
bool nearly_zero(std::string_view text, double& to) {
  to = std::strtod(std::string(text).c_str(), nullptr);
  return std::isfinite(to);
}

} // namespace

bool read_number(std::string_view text, cell& to) noexcept {
  const form what = form_of(text.data(), text.data() + text.size());
  if (what == form::none) return false;
  if (what == form::integral && all_of(text, to.integer)) {
    to.kind = cell_kind::integer;
  } else if (what == form::integral && all_of(text, to.whole)) {
    to.kind = cell_kind::whole;
  } else if (all_of(text, to.real) || nearly_zero(text, to.real)) {
    to.kind = cell_kind::real;
  } else {
    return false;
  }
  to.text = text;
  return true;
}

} // namespace weir::stages
