// One overload a type: how an option's or a positional's word becomes a value.
// A type of a stage's own is added by a `from_word(const weir::command::word&, its_type&)` beside that type.
#pragma once

#include "apps/weir/units.hpp"
#include "apps/weir/word.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace weir::command {

// Each throws bad_value, which names the text, when the word does not say such a value.
void from_word(const word& from, word& to);
void from_word(const word& from, std::string& to);
void from_word(const word& from, double& to);
void from_word(const word& from, rate& to);
void from_word(const word& from, std::chrono::nanoseconds& to);

/// Whole decimal numbers between the two limits; the base of the overload for integers.
[[nodiscard]] std::int64_t whole_number(const std::string& text, std::int64_t least, std::int64_t most);
[[nodiscard]] std::uint64_t whole_number(const std::string& text, std::uint64_t most);

template <std::integral Integer>
requires(!std::same_as<Integer, bool>) void from_word(const word& from, Integer& to) {
  using limits = std::numeric_limits<Integer>;
  if constexpr (std::signed_integral<Integer>) {
    to = static_cast<Integer>(whole_number(from.text, std::int64_t{limits::min()}, std::int64_t{limits::max()}));
  } else {
    to = static_cast<Integer>(whole_number(from.text, std::uint64_t{limits::max()}));
  }
}

template <class Value>
void from_word(const word& from, std::optional<Value>& to) {
  Value value{};
  from_word(from, value);
  to = std::move(value);
}

} // namespace weir::command
