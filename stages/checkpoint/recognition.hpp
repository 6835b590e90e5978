#pragma once
// What earlier runs have left of a source: looked up once, when it begins.

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "stages/checkpoint/sink_state.hpp"
#include "stages/checkpoint/source_state.hpp"

namespace weir::stages {

/// Sets where the source, by its number, begins and is cut, and what each sink has of it. Returns what the user is to be told.
/// Throws std::runtime_error where the file is read twice, io_error where it cannot be looked at.
[[nodiscard]] std::vector<std::string> settle(std::deque<source_state>& sources, std::uint32_t number,
                                              std::deque<sink_state>& sinks);

} // namespace weir::stages
