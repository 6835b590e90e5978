// How bad records are spoken of on the command line: what becomes of them, and how many there may be.
#pragma once

#include "apps/weir/word.hpp"
#include "stages/record/record_policy.hpp"

#include <string>

namespace weir::command {

/// "stop", "skip", "dead-letter:FILE". Throws bad_value.
void from_word(const word& from, stages::record_policy& to);

/// A share of all records.
struct bad_share {
  double share = 0;
};
/// "1%", "0.5%" or "0.01", from 0 to all. Throws bad_value.
void from_word(const word& from, bad_share& to);

} // namespace weir::command
