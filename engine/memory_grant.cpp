// Every stage that makes blocks has a pool of its own, so that nobody can starve anybody: what a stage waits for are its
// own blocks, which only stages after it hold. First the fixed parts, then each maker's least, then what is left: as
// much as can be in flight to each source, the rest to stages that build large records.
// Why no shared budget: docs/decisions/002-a-pool-for-each-stage.md.

#include "engine/memory_grant.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace weir::detail {

std::string size_text(std::uint64_t bytes) {
  constexpr const char* k_units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(k_units)) {
    value /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, k_units[unit]);
  return text;
}

namespace {

// Behind a tee, blocks have several readers. Nodes stand in flow order, so one pass finds all that stand there.
std::set<const edge_base*> edges_of_shared_items(const graph& g) {
  std::set<const edge_base*> shared;
  for (const auto& n : g.nodes) {
    const bool reached = n->shares_items() || std::any_of(n->inputs().begin(), n->inputs().end(),
                                                          [&](const edge_base* e) { return shared.count(e) > 0; });
    if (reached) { shared.insert(n->outputs().begin(), n->outputs().end()); }
  }
  return shared;
}

stage_needs needs_of(const node& n, const std::set<const edge_base*>& shared) {
  stage_needs needs = n.needs();
  if (std::any_of(n.inputs().begin(), n.inputs().end(), [&](const edge_base* e) { return shared.count(e) > 0; })) {
    needs.blocks += needs.blocks_if_shared;
  }
  return needs;
}

} // namespace

plan_facts grant_memory(const graph& g, const run_options& options) {
  plan_facts facts;
  facts.block_size = options.block_size;
  facts.pool_bytes.resize(g.nodes.size());
  std::size_t in_flight = 4; // blocks: what edges hold, and one in each stage's hands
  for (const auto& e : g.edges) {
    facts.edge_bytes += e->footprint();
    if (e->carries_blocks()) { in_flight += e->capacity() + 1; }
  }
  const std::set<const edge_base*> shared = edges_of_shared_items(g);
  std::vector<stage_needs> needs;
  needs.reserve(g.nodes.size());
  std::uint64_t least = 0;
  std::size_t growing = 0;
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    needs.push_back(needs_of(*g.nodes[i], shared));
    facts.context_bytes += needs[i].context_bytes;
    facts.pool_bytes[i] = needs[i].blocks * options.block_size;
    least += facts.pool_bytes[i];
    growing += needs[i].large_records ? 1 : 0;
  }
  const std::uint64_t must = facts.edge_bytes + facts.context_bytes + least;
  if (must > options.memory) {
    const std::uint64_t enough = (must + (1u << 20) - 1) >> 20;
    throw plan_error("weir: a memory limit of " + size_text(options.memory) +
                     " is too small for this pipeline; --memory " + std::to_string(enough) + "M would do: edges " +
                     size_text(facts.edge_bytes) + ", codec contexts " + size_text(facts.context_bytes) + ", blocks " +
                     size_text(least));
  }
  std::uint64_t rest = options.memory - must;
  const auto give = [&](std::size_t i, std::uint64_t most) {
    const std::uint64_t more = std::min(rest, most - std::min<std::uint64_t>(most, facts.pool_bytes[i]));
    facts.pool_bytes[i] += more;
    rest -= more;
  };
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (needs[i].takes_rest) {
      give(i, std::min<std::uint64_t>(in_flight * options.block_size, growing > 0 ? rest / 2 : rest));
    }
  }
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (needs[i].large_records) { give(i, facts.pool_bytes[i] + rest / growing--); }
  }
  for (const std::uint64_t bytes : facts.pool_bytes) { facts.block_bytes += bytes; }
  facts.memory_bound = facts.edge_bytes + facts.context_bytes + facts.block_bytes;
  return facts;
}

} // namespace weir::detail
