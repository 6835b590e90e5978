// "Did you mean": the known word that is nearest to what was typed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::command {

/// Damerau–Levenshtein distance in its restricted form: how many bytes to insert, drop, change, or swap with
/// their neighbour (no byte twice) lead from one text to the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `typed`, letter case ignored, if it is near enough to be a slip (about a third of
/// the letters) or if `typed` begins it; the first of equals.
[[nodiscard]] std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> candidates);

/// "; did you mean 'lines'?", or "" if nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates);

} // namespace weir::command
