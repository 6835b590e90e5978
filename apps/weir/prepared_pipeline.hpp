// A pipeline as written, matched with the stages that the command knows.
#pragma once

#include "apps/weir/pipeline_text.hpp"
#include "apps/weir/stage_registry.hpp"

#include <weir/plan.hpp>

#include <span>
#include <vector>

namespace weir::command {

/// A stage of a pipeline whose line has been read, and with it all that stands in its braces.
struct prepared_stage {
  const stage_entry* entry; // lives as long as the registry; null for one that was put in between others
  word name;
  /// Makes a stage without braces; every call makes another one. A bad_value or std::invalid_argument from the
  /// stage's maker comes out as a usage_error at the stage's name, any other exception as a std::runtime_error with
  /// it.
  stage_maker make;
  record_flow records; // as in the entry, unless it depends on the branches
  stage_shape shape;   // likewise
  std::vector<std::vector<prepared_stage>> branches{};
};

/// Reads every stage's line and checks that the pipeline begins with a source and ends with a sink, and has
/// neither in between; and likewise what stands in braces. What follows a tee is one more of its branches and
/// not in the result. Every stage gets the items that it takes: see item_flow.hpp. Throws usage_error naming the word,
/// help_request when a line asks for --help.
[[nodiscard]] std::vector<prepared_stage> prepare(std::span<const stage_text> pipeline, const stage_registry& known);

/// Makes every stage, in the order in which they are written, and puts them together. `stages` comes from prepare().
/// Throws what the makers throw.
[[nodiscard]] plan assemble(std::span<const prepared_stage> stages);

} // namespace weir::command
