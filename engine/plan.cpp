// What a plan does: build, check, start, run.

#include <weir/plan.hpp>

#include "engine/memory_grant.hpp"
#include "engine/pool.hpp"
#include "engine/seeded.hpp"

#include <utility>

namespace weir {

namespace {

graph built(const part_list& parts, std::size_t threads, bool dry) {
  for (const auto& entry : parts.entries()) {
    if (entry.what->used_up()) {
      throw plan_error("weir: '" + entry.what->name() + "' serves one run only, and has; make the plan anew");
    }
  }
  graph g;
  graph_builder builder(g, threads, dry);
  parts.build(builder, nullptr, nullptr);
  return g;
}

} // namespace

void part_list::add(std::shared_ptr<const part> what) { entries_.push_back({std::move(what), {}}); }

void part_list::add(const part_list& more) {
  entries_.insert(entries_.end(), more.entries_.begin(), more.entries_.end());
}

void part_list::last_edge(const edge_options& options) { entries_.back().out = options; }

void part_list::build(graph_builder& builder, edge_base* in, edge_base* out) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const entry& e = entries_[i];
    edge_base* leaving = out;
    if (i + 1 < entries_.size()) {
      leaving = e.what->add_out_edge(builder, e.out, e.what->name() + " -> " + entries_[i + 1].what->name());
    }
    e.what->build(builder, in, leaving);
    in = leaving;
  }
}

plan_facts plan::check(const run_options& options, std::size_t threads) const {
  return detail::grant_memory(built(parts_, threads == 0 ? detail::tbb_arena::default_threads() : threads, true),
                              options);
}

run plan::start(const run_options& options, engine& where) const {
  (void)check(options, where.threads()); // Before single-use parts are used up.
  graph g = built(parts_, where.threads(), false);
  const plan_facts facts = detail::grant_memory(g, options);
  return weir::run(where.core().start(std::move(g), facts, observations_));
}

report plan::run(const run_options& options, engine& where) const { return start(options, where).wait(); }

report plan::run(deterministic seeded, const run_options& options) const {
  detail::seeded_scheduler scheduler(seeded.seed);
  (void)check(options, scheduler.threads());
  graph g = built(parts_, scheduler.threads(), false);
  const plan_facts facts = detail::grant_memory(g, options);
  const auto core = std::make_shared<detail::run_core>(scheduler, std::move(g), facts, observations_);
  core->open();
  core->begin();
  scheduler.drain(*core);
  return core->outcome();
}

} // namespace weir
