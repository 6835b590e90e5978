#include "apps/weir/stage_ends.hpp"

namespace weir::command {

stage_ends::stage_ends(const report& of) {
  constexpr std::string_view k_arrow = " -> ";
  for (const edge_report& edge : of.edges) {
    const std::string_view name = edge.name;
    const std::size_t at = name.find(k_arrow);
    if (at == std::string_view::npos) continue;
    const std::string_view from = name.substr(0, at);
    const std::string_view to = name.substr(at + k_arrow.size());
    if (from == to) continue; // inside a stage that is several
    with_output_.insert(from);
    with_input_.insert(to);
  }
}

} // namespace weir::command
