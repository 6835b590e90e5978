#pragma once
// world: what the stages of one run of a graph tell, and what they do to the run while it is under way.

#include "tests/oracle/graph.hpp"
#include "tests/oracle/meaning.hpp"

#include <weir/hub.hpp>
#include <weir/weir.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace weir::oracle {

struct world {
  explicit world(const graph& g) : what(g), made(g.sources.size()), got(g.branches.empty() ? 1 : g.branches.size()) {
    entered.resize(got.size());
  }

  const graph& what;

  // ---- told by the stages ----
  std::deque<std::atomic<std::uint64_t>> made; ///< items by source
  std::vector<std::vector<arrived>> got;       ///< by sink, each written by one stage
  std::vector<std::vector<arrived>> entered;   ///< hub: what came into each branch
  std::vector<arrived> order;                  ///< what passed in front of the end
  std::atomic<bool> acted{false};
  std::atomic<bool> paused{false};

  void dead_letter(unsigned uid, std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    dead[uid].push_back(id);
  }
  dead_ids dead; ///< after the run

  // ---- the run ----
  void started(const run& r) {
    handle.emplace(r);
    has_handle_.store(true);
  }
  std::optional<run> handle;
  std::stop_source stop;
  std::function<void()> pause;  ///< pauses the run and sees to it that somebody resumes it
  std::optional<hub<item>> fan; ///< of ending::hub
  std::vector<std::optional<branch_handle>> attached;
  std::vector<pipe<item, void>> hub_branches;

  // ---- called by stages ----
  void front(const item& x);
  void back(const item& x);
  /// No edge is over its capacity now.
  void probe();
  /// What probe() saw.
  [[nodiscard]] std::string overfull() {
    const std::lock_guard lock(mutex_);
    return overfull_;
  }

 private:
  void do_it(unsigned passed);
  run& wait_for_handle();

  std::mutex mutex_;
  std::string overfull_;
  std::atomic<bool> has_handle_{false};
  std::atomic<unsigned> probes_{0};
  unsigned front_passed_ = 0; // front()'s stage only
  unsigned back_passed_ = 0;  // back()'s stage only
};

/// What a stage throws when the graph says so.
struct thrown_by_graph : std::runtime_error {
  thrown_by_graph() : std::runtime_error("thrown by the graph") {}
};

} // namespace weir::oracle
