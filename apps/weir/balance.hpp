// The balance of records: what was read is what was delivered, left out, rejected or dropped, on each way through a pipeline.
#pragma once

#include "apps/weir/prepared_pipeline.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir::command {

/// What one record stage did, at one moment: of a sink, `out` is what it delivered.
struct record_count {
  std::string stage;
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t filtered = 0;
  std::uint64_t rejected = 0;
};

/// How a run came to its end.
enum class run_end {
  whole, // with that of its input
  early, // before: records may have been under way between stages
  failed // in the middle of what a stage did
};

/// The records of one branch, from where they are made of bytes to where they become bytes again or are stored. Behind a tee
/// each branch has its own, which begins with what stands before the tee; a merge adds up.
struct branch_balance {
  std::vector<std::string> stages; // by name, in the order of the flow
  std::uint64_t read = 0;
  std::uint64_t delivered = 0;
  std::uint64_t filtered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t dropped = 0; // were under way between two stages, or in one that failed, when the run ended
  bool as_text = false;      // what was delivered went on as text to a stage that may drop some of it
  std::string mismatch;      // what does not add up; empty: all does
};

/// `counts`: of stages by the names that they have in the run: the second "where" is "where#2".
[[nodiscard]] std::vector<branch_balance> balance_of(std::span<const prepared_stage> pipeline,
                                                     std::span<const record_count> counts, run_end how);

} // namespace weir::command
