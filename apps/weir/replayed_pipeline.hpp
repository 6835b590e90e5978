// A pipeline whose input are dead letters.
#pragma once

#include "apps/weir/pipeline_text.hpp"
#include "apps/weir/stage_registry.hpp"

#include <vector>

namespace weir::command {

/// The pipeline with the records of a dead-letter file in place of what its source gives, or, where it begins with no source,
/// in front of it. Throws usage_error where that cannot be: letters have no CSV header.
[[nodiscard]] std::vector<stage_text> replayed(std::vector<stage_text> pipeline, const word& letters,
                                               const stage_registry& known);

/// Whether both name one file that is there.
[[nodiscard]] bool same_file(const std::string& one, const std::string& other);

} // namespace weir::command
