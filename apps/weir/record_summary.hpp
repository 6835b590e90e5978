// What became of a run's records, for people and for programs.
#pragma once

#include "apps/weir/balance.hpp"
#include "apps/weir/json_writer.hpp"
#include "stages/record/record_ledger.hpp"

#include <string>
#include <vector>

namespace weir::command {

struct record_summary {
  std::vector<branch_balance> branches;
  std::vector<stages::error_group> errors; // by stage and class, in the order in which they first came
};

/// What the stages have counted so far.
[[nodiscard]] std::vector<record_count> counts_of(const stages::record_ledger& ledger);

/// A line for each branch: "records  1,000 read = 47 delivered + 952 filtered + 1 rejected", then the bad ones. Ends with a
/// newline; empty when there are no records.
[[nodiscard]] std::string text_of(const record_summary& of);

/// Bad records alone: of each kind how many, the first in full with its place, and the last one's place.
[[nodiscard]] std::string text_of(const std::vector<stages::error_group>& errors);

/// "the records do not balance: ..."; empty when they do.
[[nodiscard]] std::string mismatch_of(const record_summary& of);

/// The members "records" and "bad_records" of the object that is open.
void write(json_writer& to, const record_summary& of);

} // namespace weir::command
