#pragma once
// edges_of: every edge of a graph with the stages at its ends and its fill.

#include <weir/graph.hpp>
#include <weir/report.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

struct edge_ends {
  const node* from = nullptr;
  const node* to = nullptr;
};

/// Who writes and who reads each edge, those of outside ends included, in flow order.
[[nodiscard]] inline std::vector<std::pair<const edge_base*, edge_ends>> ends_of(const graph& g) {
  constexpr std::size_t k_few = 16; // are looked through faster than found in a map
  std::vector<std::pair<const edge_base*, edge_ends>> list;
  list.reserve(g.edges.size());
  std::map<const edge_base*, std::size_t> at;
  const auto entry = [&](const edge_base* e) -> edge_ends& {
    if (g.edges.size() <= k_few) {
      for (auto& [edge, ends] : list) {
        if (edge == e) { return ends; }
      }
      return list.emplace_back(e, edge_ends()).second;
    }
    const auto [found, fresh] = at.emplace(e, list.size());
    if (fresh) { list.push_back({e, {}}); }
    return list[found->second].second;
  };
  for (const auto& n : g.nodes) {
    for (const edge_base* e : n->inputs()) { entry(e).to = n.get(); }
    for (const edge_base* e : n->outputs()) { entry(e).from = n.get(); }
  }
  return list;
}

/// The stage of the plan that a node stands for: members of a farm stand for one.
[[nodiscard]] inline std::string stage_name(const node* n) {
  if (n == nullptr) { return {}; }
  return n->group().empty() ? n->name() : n->group();
}

[[nodiscard]] inline std::vector<edge_report> edges_of(const graph& g) {
  std::vector<edge_report> reports;
  reports.reserve(g.edges.size());
  for (const auto& [e, ends] : ends_of(g)) {
    const std::uint64_t in = e->items_in(); // Before items_out(), or items that pass meanwhile would look like fill.
    reports.push_back(
        {e->name(), in - std::min(in, e->items_out()), e->capacity(), stage_name(ends.from), stage_name(ends.to)});
  }
  return reports;
}

} // namespace weir::detail
