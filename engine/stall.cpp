// What a stalled run says: who waits for whom, and the cycle of waits.

#include "engine/edge_ends.hpp"
#include "engine/run_core.hpp"

#include <algorithm>
#include <map>

namespace weir::detail {

namespace {

constexpr const char* k_waits[] = {"is ready",
                                   "waits for input",
                                   "waits for room",
                                   "waits for a block of its pool",
                                   "waits for a timer",
                                   "blocks",
                                   "waits for the outside",
                                   "is paused",
                                   "is done"};

std::string edge_text(const edge_base& e) {
  return e.name() + " (" + std::to_string(e.items_in() - e.items_out()) + " of " + std::to_string(e.capacity()) + ")";
}

// One wait of one stage: for whom, and at which edge.
struct wait_for {
  const node* whom = nullptr;
  const edge_base* where = nullptr;
};

using waits = std::map<const node*, std::vector<wait_for>>;

// Depth first: the first stage that is met a second time closes a cycle.
bool find_cycle(const waits& graph, const node* at, std::vector<std::pair<const node*, wait_for>>& path,
                std::map<const node*, bool>& seen) {
  const auto begun = std::find_if(path.begin(), path.end(), [&](const auto& step) { return step.first == at; });
  if (begun != path.end()) {
    path.erase(path.begin(), begun);
    return true;
  }
  if (seen[at]) { return false; }
  seen[at] = true;
  const auto found = graph.find(at);
  if (found == graph.end()) { return false; }
  for (const wait_for& w : found->second) {
    path.emplace_back(at, w);
    if (find_cycle(graph, w.whom, path, seen)) { return true; }
    path.pop_back();
  }
  return false;
}

} // namespace

std::string run_core::describe_stall() const {
  waits graph;
  const auto ends = ends_of(graph_);
  for (const stage_task& t : tasks_) {
    if (t.done()) { continue; }
    for (const auto& [e, end] : ends) {
      if (t.what().waits_for(*e, edge_event::items) && end.from != nullptr) {
        graph[&t.what()].push_back({end.from, e});
      } else if ((t.what().waits_for(*e, edge_event::room) || t.what().waits_for(*e, edge_event::low)) &&
                 end.to != nullptr) {
        graph[&t.what()].push_back({end.to, e});
      }
    }
  }
  std::string text = "weir: the run is stalled, no stage can go on:";
  for (const stage_task& t : tasks_) {
    if (t.done()) { continue; }
    text += "\n  " + t.what().name() + " " + k_waits[static_cast<std::size_t>(t.why())];
    if (const edge_base* e = t.where(); e != nullptr) { text += " at " + edge_text(*e); }
  }
  std::map<const node*, bool> seen;
  for (const stage_task& t : tasks_) {
    std::vector<std::pair<const node*, wait_for>> cycle;
    if (!find_cycle(graph, &t.what(), cycle, seen)) { continue; }
    text += "\n  cycle of waits:";
    for (const auto& [who, w] : cycle) { text += " " + who->name() + " -> [" + edge_text(*w.where) + "] ->"; }
    return text + " " + cycle.front().first->name();
  }
  return text;
}

} // namespace weir::detail
