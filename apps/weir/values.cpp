#include "apps/weir/values.hpp"

#include "apps/weir/utf8.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace weir::command {

namespace {

template <class Integer>
Integer read_integer(const std::string& text, Integer least, Integer most) {
  Integer value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool all_read = read.ptr == text.data() + text.size() && !text.empty();
  if (!all_read || read.ec == std::errc::invalid_argument)
    throw bad_value(fmt::format("{} is not a whole number", in_quotes(text)));
  if (read.ec == std::errc::result_out_of_range || value < least || value > most)
    throw bad_value(fmt::format("{} is not between {} and {}", in_quotes(text), least, most));
  return value;
}

} // namespace

std::int64_t whole_number(const std::string& text, std::int64_t least, std::int64_t most) {
  return read_integer(text, least, most);
}

std::uint64_t whole_number(const std::string& text, std::uint64_t most) {
  if (text.starts_with('-')) throw bad_value(fmt::format("{} is below 0", in_quotes(text)));
  return read_integer(text, std::uint64_t{0}, most);
}

void from_word(const word& from, word& to) { to = from; }

void from_word(const word& from, std::string& to) { to = from.text; }

void from_word(const word& from, double& to) {
  const std::string& text = from.text;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), to);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(to))
    throw bad_value(fmt::format("{} is not a number", in_quotes(text)));
}

void from_word(const word& from, rate& to) { to = parse_rate(from.text); }

void from_word(const word& from, std::chrono::nanoseconds& to) { to = parse_duration(from.text); }

} // namespace weir::command
