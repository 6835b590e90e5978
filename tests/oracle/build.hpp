#pragma once
// build: descriptions as pipelines.

#include "tests/oracle/graph.hpp"
#include "tests/oracle/world.hpp"

#include <weir/weir.hpp>

namespace weir::oracle {

using link = pipe<item, item>;

[[nodiscard]] edge_options options_of(const queue& q);
/// One of the forms that have no branches.
[[nodiscard]] link built_single(world& w, const element& s);
/// A chain; one that would be empty is a stage that does nothing.
[[nodiscard]] link built(world& w, const chain& stages);
[[nodiscard]] pipe<void, item> built(world& w, const source& s, std::size_t index);
/// Tells the world about its graph's hub, if there is one. The world outlives the plan.
[[nodiscard]] plan built(world& w);

} // namespace weir::oracle
