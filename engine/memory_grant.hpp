#pragma once
// memory_grant: divides the memory limit among a graph's edges, contexts and pools before anything runs.

#include <weir/graph.hpp>
#include <weir/plan.hpp>

namespace weir::detail {

/// Throws plan_error naming the limit that would do when `options.memory` does not.
[[nodiscard]] plan_facts grant_memory(const graph& g, const run_options& options);

/// `256 MiB`, `1.5 GiB`, `4096 B`.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

} // namespace weir::detail
