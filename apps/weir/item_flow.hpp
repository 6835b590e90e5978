// What crosses between the stages of a pipeline: bytes or records, and how the one becomes the other.
#pragma once

#include "apps/weir/prepared_pipeline.hpp"

#include <vector>

namespace weir::command {

/// Sees to it that each stage gets what it takes, here and in all braces. Where records meet a stage that takes bytes,
/// `to` is put between them: records as text, as they are. A tee of records hands on records; merge and concat give
/// records when all their branches do, else those that give them get a `to`. Throws usage_error at a stage that needs
/// records and gets bytes, or whole lines and gets pieces of them.
void fit_items(std::vector<prepared_stage>& stages, const stage_registry& known);

} // namespace weir::command
