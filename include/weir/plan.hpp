#pragma once
// plan: a pipeline as a value, complete from source to sink. Checked, explained and run; by itself it does nothing.

#include <weir/errors.hpp>
#include <weir/graph.hpp>
#include <weir/observer.hpp>
#include <weir/run.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// The parts of a pipeline in flow order, each with the options of the edge that leaves it. Copies share the parts.
class part_list {
 public:
  struct entry {
    std::shared_ptr<const part> what;
    edge_options out;
    std::optional<std::size_t> lag; // declared by the user
  };

  void add(std::shared_ptr<const part> what);
  void add(const part_list& more);
  /// Sets the options of the last edge.
  void last_edge(const edge_options& options);
  /// Puts another part in the place of the last one.
  template <class Replace>
  void replace_last(Replace replace) {
    entries_.back().what = replace(std::move(entries_.back().what));
  }
  /// Declares the lag of the last part.
  void last_lag(std::size_t items);
  [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

  /// Makes nodes and edges between two given ends (null: none). Returns how many items the edges it made can hold.
  std::size_t build(graph_builder& builder, edge_base* in, edge_base* out) const;
  /// The sum of the parts' lags, or k_any_lag.
  [[nodiscard]] std::size_t lag() const noexcept;

 private:
  std::vector<entry> entries_;
};

/// What check() found out and granted.
struct plan_facts {
  std::uint64_t memory_bound = 0; ///< bytes
  std::uint64_t edge_bytes = 0;
  std::uint64_t context_bytes = 0;
  std::uint64_t block_bytes = 0;
  std::size_t block_size = 0;
  std::vector<std::uint64_t> pool_bytes; ///< per node, 0: no pool
};

class plan {
 public:
  explicit plan(part_list parts) : parts_(std::move(parts)) {}

  /// Throws plan_error when the plan cannot run with these options; the text says what would do.
  plan_facts check(const run_options& options = {}, std::size_t threads = 0) const;
  /// The plan in words: stages and fused groups, edges, capacities, threads, the memory bound.
  [[nodiscard]] std::string explain(const run_options& options = {}, std::size_t threads = 0) const;

  /// The plan as a report of a run that has done nothing yet: for to_dot() and to_mermaid(). Checks nothing.
  [[nodiscard]] report outline(std::size_t threads = 0) const;

  /// Starts a run. Opens every stage on this thread first, sources before sinks; throws what check() or an opening
  /// throws, and then nothing has run.
  [[nodiscard]] weir::run start(const run_options& options = {}, engine& where = engine::shared()) const;
  /// As start(), but paused: every stage has opened, and none takes or makes an item before resume(). For a caller who must
  /// hold the run before it does anything.
  [[nodiscard]] weir::run start_paused(const run_options& options = {}, engine& where = engine::shared()) const;
  /// start() and wait().
  report run(const run_options& options = {}, engine& where = engine::shared()) const;
  /// Runs on this thread alone, every choice made by the seed: same seed, same schedule, same result.
  report run(deterministic seeded, const run_options& options = {}) const;

  /// Calls `call` when `what` happens at the stage of that name (empty: at any). Before the start only.
  plan& on(event what, observer call) { return on({}, what, std::move(call)); }
  plan& on(std::string stage, event what, observer call) {
    observations_.push_back({std::move(stage), what, std::move(call)});
    return *this;
  }

  [[nodiscard]] const part_list& parts() const noexcept { return parts_; }
  /// The same observers on other parts.
  [[nodiscard]] plan with(part_list parts) const {
    plan other(std::move(parts));
    other.observations_ = observations_;
    return other;
  }
  [[nodiscard]] const std::vector<observation>& observations() const noexcept { return observations_; }

 private:
  part_list parts_;
  std::vector<observation> observations_;
};

} // namespace weir
