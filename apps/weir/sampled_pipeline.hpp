// A pipeline that is tried: its first records go through it, and nothing is written.
#pragma once

#include "apps/weir/prepared_pipeline.hpp"

#include "stages/record/record_reader.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace weir::command {

/// What a sink of records would have got.
struct seen_records {
  std::string sink;
  std::vector<stages::column_seen> columns; // in the order in which they came
};

/// Puts sinks that store nothing in the place of all sinks, and ends the input of each stage that makes records of lines
/// behind `lines` of them. Gives how many such stages there are. `seen` is filled while the pipeline runs.
std::size_t take_sample(std::vector<prepared_stage>& stages, std::uint64_t lines, std::deque<seen_records>& seen);

/// A line a stage: "json  bytes -> records".
[[nodiscard]] std::string types_of(std::span<const prepared_stage> stages, std::size_t indent = 2);

/// "  sqlite would get: id a string, status an integer"
[[nodiscard]] std::string text_of(const std::deque<seen_records>& seen);

} // namespace weir::command
