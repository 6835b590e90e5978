#include "apps/weir/stage_ends.hpp"

namespace weir::command {

stage_ends::stage_ends(const report& of) {
  for (const edge_report& edge : of.edges) {
    if (edge.from.empty() || edge.to.empty() || edge.from == edge.to) continue; // outside, or inside a farm
    with_output_.insert(edge.from);
    with_input_.insert(edge.to);
  }
}

} // namespace weir::command
