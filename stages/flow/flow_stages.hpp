#pragma once
// Stages for any stream of blocks: throttle, null.

#include <weir/block.hpp>
#include <weir/pipe.hpp>

#include "stages/flow/pace.hpp"

namespace weir::stages {

/// Lets through so many bytes or records (lines) a second, evenly: blocks worth more than 100 ms are handed
/// on in pieces of 50 ms, cut behind lines where the blocks hold whole ones. A line longer than that goes
/// whole. Throws std::invalid_argument unless the rate is above 0.
pipe<block, block> throttle(pace_options rate);

/// Takes everything, does nothing with it.
pipe<block, void> null();

} // namespace weir::stages
