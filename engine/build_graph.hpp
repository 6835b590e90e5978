#pragma once
// build_graph: a plan's parts as nodes and edges, with a name for each.

#include <weir/plan.hpp>

#include <cstddef>

namespace weir::detail {

/// `dry`: only to look at. Throws plan_error when a single-use part is used up, or a join may lock itself up.
[[nodiscard]] graph build_graph(const part_list& parts, const run_options& options, std::size_t threads, bool dry);

} // namespace weir::detail
