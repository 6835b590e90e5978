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

/// The records of one branch, from where they are made of bytes to where they become bytes again or are stored. Behind a tee
/// each branch has its own, which begins with what stands before the tee; a merge adds up.
struct branch_balance {
  std::vector<std::string> stages; // by name, in the order of the flow
  std::uint64_t read = 0;
  std::uint64_t delivered = 0;
  std::uint64_t filtered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t dropped = 0; // were under way between two stages when the run ended
  std::string mismatch;      // what does not add up; empty: all does
};

/// `counts`: of stages by the names that they have in the run: the second "where" is "where#2". `may_drop`: the run ended
/// before its input did, or a stage wanted no more.
[[nodiscard]] std::vector<branch_balance> balance_of(std::span<const prepared_stage> pipeline,
                                                     std::span<const record_count> counts, bool may_drop);

} // namespace weir::command
