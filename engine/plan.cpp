// What a plan does: build, check, start, run.

#include <weir/plan.hpp>
#include <weir/storage.hpp>

#include "engine/build_graph.hpp"
#include "engine/memory_grant.hpp"
#include "engine/pool.hpp"
#include "engine/run_place.hpp"
#include "engine/seeded.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir {

namespace detail {

/// A piece may begin with what is said of the stage before it, and then nothing says which one that is.
template <class Entries>
auto& last_of(Entries& entries) {
  if (entries.empty()) {
    throw std::invalid_argument("weir: an edge or a lag needs a stage in front of it, whose it is");
  }
  return entries.back();
}

const std::string& shown_name(const node& n) { return n.group().empty() ? n.name() : n.group(); }

// Gives names their numbers: the second `write` is `write#2`, and so are all members of the second group of a name.
class name_numbers {
 public:
  void number(node& n) {
    if (n.group().empty()) {
      group_.clear();
      const std::size_t times = ++seen_[n.name()];
      if (times > 1) { n.rename(numbered(n.name(), times)); }
      return;
    }
    const std::string group = n.group();
    // Members stand together; a name that was there already is the next group's.
    if (group != group_ || members_.contains(n.name())) {
      group_ = group;
      members_.clear();
      ++seen_[group];
    }
    members_.insert(n.name());
    const std::size_t times = seen_[group];
    if (times == 1) { return; }
    n.rename(numbered(group, times) + n.name().substr(group.size()));
    n.member_of(numbered(group, times));
  }

 private:
  static std::string numbered(const std::string& name, std::size_t times) { return name + "#" + std::to_string(times); }

  std::map<std::string, std::size_t> seen_;
  std::string group_; // that the last node was in
  std::set<std::string> members_;
};

namespace {

constexpr std::size_t k_few = 16; // nodes that are looked through faster than found in a map

// Nothing is to be numbered: a few nodes, each with a name of its own, and no groups.
bool all_differ(const graph& g) {
  if (g.nodes.size() > k_few) { return false; }
  for (auto n = g.nodes.begin(); n != g.nodes.end(); ++n) {
    if (!(*n)->group().empty()) { return false; }
    if (std::any_of(g.nodes.begin(), n, [&](const auto& m) { return m->name() == (*n)->name(); })) { return false; }
  }
  return true;
}

// Who reads each edge.
class readers {
 public:
  explicit readers(const graph& g) : graph_(&g) {
    if (g.nodes.size() <= k_few) { return; }
    for (const auto& n : g.nodes) {
      for (const edge_base* e : n->inputs()) { found_[e] = n.get(); }
    }
  }
  [[nodiscard]] const node* of(const edge_base* e) const {
    if (graph_->nodes.size() > k_few) {
      const auto found = found_.find(e);
      return found == found_.end() ? nullptr : found->second;
    }
    for (const auto& n : graph_->nodes) {
      if (std::ranges::find(n->inputs(), e) != n->inputs().end()) { return n.get(); }
    }
    return nullptr;
  }

 private:
  const graph* graph_;
  std::map<const edge_base*, const node*> found_; // where there are many
};

} // namespace

// Stages of the same name get numbers, so that a report, an error and an observer mean one of them.
void number_names(graph& g) {
  if (!all_differ(g)) {
    name_numbers numbers;
    for (const auto& n : g.nodes) { numbers.number(*n); }
  }
  const readers reads(g);
  for (const auto& n : g.nodes) {
    for (edge_base* e : n->outputs()) {
      const node* const to = reads.of(e);
      if (to != nullptr && e->name().find(" -> ") != std::string::npos) {
        e->name(shown_name(*n) + " -> " + shown_name(*to));
      }
    }
  }
}

built_graph build_graph(const part_list& parts, const run_options& options, std::size_t threads, bool dry) {
  for (const auto& entry : parts.entries()) {
    if (entry.what->used_up()) {
      throw plan_error("weir: '" + entry.what->name() + "' serves one run only, and has; make the plan anew");
    }
  }
  graph g;
  g.nodes.reserve(parts.entries().size());
  g.edges.reserve(parts.entries().size());
  graph_builder builder(g, threads, dry, options.check_joins);
  (void)parts.build(builder, nullptr, nullptr);
  number_names(g);
  return {std::move(g), !dry || builder.same_when_dry()};
}

} // namespace detail

using detail::build_graph;

void part_list::add(std::shared_ptr<const part> what) { entries_.push_back({std::move(what), {}, {}}); }

// A queue that was asked for between two parts keeps them apart.
void part_list::add(const part_list& more) {
  for (const entry& next : more.entries_) {
    std::shared_ptr<const part> joined;
    if (!entries_.empty() && entries_.back().out == edge_options{} && !entries_.back().lag && !next.lag) {
      joined = entries_.back().what->joined_with(*next.what);
    }
    if (joined) {
      entries_.back() = {std::move(joined), next.out, {}};
    } else {
      entries_.push_back(next);
    }
  }
}

void part_list::last_edge(const edge_options& options) { detail::last_of(entries_).out = options; }

void part_list::last_lag(std::size_t items) { detail::last_of(entries_).lag = items; }

std::size_t part_list::lag() const noexcept {
  std::size_t sum = 0;
  for (const entry& e : entries_) {
    const std::size_t lag = e.lag ? *e.lag : e.what->lag();
    if (lag == k_any_lag) { return k_any_lag; }
    sum += lag;
  }
  return sum;
}

std::size_t part_list::build(graph_builder& builder, edge_base* in, edge_base* out) const {
  std::size_t held = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const entry& e = entries_[i];
    edge_base* leaving = out;
    if (i + 1 < entries_.size()) {
      leaving = e.what->add_out_edge(builder, e.out, e.what->exit_name() + " -> " + entries_[i + 1].what->name());
      held += leaving->sure_capacity();
    }
    e.what->build(builder, in, leaving);
    in = leaving;
  }
  return held;
}

plan_facts plan::check(const run_options& options, std::size_t threads) const {
  const std::size_t p = threads == 0 ? detail::tbb_threads::default_threads() : threads;
  return detail::grant_memory(build_graph(parts_, options, p, true).what, options);
}

namespace detail {

namespace {

std::shared_ptr<run_core> made_on(scheduler& where, const part_list& parts, const run_options& options,
                                  const std::vector<observation>& observers, std::function<void()> on_over) {
  const storage_of_run together;
  std::optional<built_graph> g = build_graph(parts, options, where.threads(), true);
  plan_facts facts = grant_memory(g->what, options); // Before single-use parts are used up.
  if (!g->runs) {
    g.reset();
    g.emplace(build_graph(parts, options, where.threads(), false));
    facts = grant_memory(g->what, options);
  }
  return std::allocate_shared<run_core>(storage_allocator<run_core>(), where, std::move(g->what), std::move(facts),
                                        observers, options.stop, std::move(on_over));
}

} // namespace

std::shared_ptr<run_core> start_on(scheduler& where, const part_list& parts, const run_options& options,
                                   const std::vector<observation>& observers, std::function<void()> on_over,
                                   start_mode mode) {
  const std::shared_ptr<run_core> core = made_on(where, parts, options, observers, std::move(on_over));
  if (mode == start_mode::paused) { core->pause(); }
  where.start(core, mode == start_mode::joining);
  return core;
}

} // namespace detail

run plan::start(const run_options& options, engine& where) const {
  return weir::run(detail::start_on(where.core(), parts_, options, observations_, {}));
}

run plan::start_paused(const run_options& options, engine& where) const {
  return weir::run(detail::start_on(where.core(), parts_, options, observations_, {}, detail::start_mode::paused));
}

report plan::run(const run_options& options, engine& where) const {
  return weir::run(detail::start_on(where.core(), parts_, options, observations_, {}, detail::start_mode::joining))
      .wait();
}

report plan::run(deterministic seeded, const run_options& options) const {
  detail::seeded_scheduler scheduler(seeded.seed);
  const auto core = detail::start_on(scheduler, parts_, options, observations_, {});
  scheduler.drain();
  return core->outcome();
}

} // namespace weir
