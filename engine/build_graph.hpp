#pragma once
// build_graph: a plan's parts as nodes and edges, with a name for each. start_on: and then as a run.

#include <weir/plan.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace weir::detail {

struct built_graph {
  graph what;
  bool runs; ///< made to be run, or a dry one that is no different
};

/// `dry`: only to look at. Throws plan_error when a single-use part is used up, or a join may lock itself up.
[[nodiscard]] built_graph build_graph(const part_list& parts, const run_options& options, std::size_t threads,
                                      bool dry);

class run_core;
class scheduler;

enum class start_mode : std::uint8_t {
  beside,  ///< of the caller, who goes on
  joining, ///< the caller will wait for it next
  paused,  ///< until resume()
};

/// Builds, grants and starts. Throws plan_error, and what opening the stages throws.
std::shared_ptr<run_core> start_on(scheduler& where, const part_list& parts, const run_options& options,
                                   const std::vector<observation>& observers, std::function<void()> on_over,
                                   start_mode mode = start_mode::beside);

} // namespace weir::detail
