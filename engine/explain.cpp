// The plan in words.

#include <weir/plan.hpp>

#include "engine/build_graph.hpp"
#include "engine/memory_grant.hpp"
#include "engine/tbb_threads.hpp"

#include <algorithm>

namespace weir {

namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string edge_text(const edge_base& e) {
  std::string text = "edge " + std::to_string(e.capacity()) + (e.capacity() == 1 ? " item" : " items");
  if (e.counts_bytes()) {
    text += ", high-water " + detail::size_text(e.high_water_mark()) + ", low-water " +
            detail::size_text(e.low_water_mark());
  } else {
    if (e.high_water_mark() != e.capacity()) { text += ", high-water " + std::to_string(e.high_water_mark()); }
    text += ", low-water " + std::to_string(e.low_water_mark());
  }
  return text + ", " + detail::size_text(e.footprint());
}

std::string needs_text(const stage_needs& needs, std::uint64_t pool_bytes) {
  std::string text;
  if (pool_bytes > 0) { text += "blocks up to " + detail::size_text(pool_bytes); }
  if (needs.context_bytes > 0) {
    text += (text.empty() ? "context " : ", context ") + detail::size_text(needs.context_bytes);
  }
  return text;
}

} // namespace

std::string plan::explain(const run_options& options, std::size_t threads) const {
  const std::size_t p = threads == 0 ? detail::tbb_threads::default_threads() : threads;
  const graph g = detail::build_graph(parts_, options, p, true).what;
  const plan_facts facts = detail::grant_memory(g, options);
  std::size_t width = 0;
  for (const auto& n : g.nodes) { width = std::max(width, n->name().size()); }
  std::string text;
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    const node& n = *g.nodes[i];
    const std::string needs = needs_text(n.needs(), facts.pool_bytes[i]);
    text += needs.empty() ? n.name() + "\n" : padded(n.name(), width) + "  " + needs + "\n";
    for (const edge_base* e : n.outputs()) { text += "    | " + e->name() + ": " + edge_text(*e) + "\n"; }
  }
  text += "threads: " + std::to_string(p) + " compute\n";
  text += "memory bound: " + detail::size_text(facts.memory_bound) + " of " + detail::size_text(options.memory) +
          " (edges " + detail::size_text(facts.edge_bytes) + ", contexts " + detail::size_text(facts.context_bytes) +
          ", blocks " + detail::size_text(facts.block_bytes) + ")\n";
  return text;
}

} // namespace weir
