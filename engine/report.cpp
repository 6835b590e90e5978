// The account of a run: stages, edges, memory, and which stage kept the others waiting.

#include "engine/edge_ends.hpp"
#include "engine/run_core.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace weir::detail {

namespace {

double seconds(std::uint64_t count) { return static_cast<double>(count) / ticks_per_second(); }

// What a stage has spent in its present state counts too, or a stalled stage would look idle.
stage_report account_of(const stage_task& t, std::uint64_t now) {
  stage_report r;
  r.name = t.what().name();
  r.state = t.why();
  r.busy_seconds = seconds(t.account.busy.get());
  r.blocked_seconds = seconds(t.account.blocked.get());
  r.starved_seconds = seconds(t.account.starved.get());
  r.waiting_seconds = seconds(t.account.waiting.get());
  r.queued_seconds = seconds(t.account.queued.get());
  r.longest_turn_seconds = seconds(t.account.longest.get());
  if (t.state() == life::idle) {
    const double more = seconds(now - std::min(now, t.account.since.get()));
    switch (t.why()) {
    case reason::room:
    case reason::memory:
      r.blocked_seconds += more;
      break;
    case reason::input:
      r.starved_seconds += more;
      break;
    case reason::time:
    case reason::outside:
    case reason::paused:
      r.waiting_seconds += more;
      break;
    default:
      break;
    }
  }
  const stage_tally tally = t.what().tally();
  r.items_made = tally.made;
  r.items_consumed = tally.consumed;
  r.items_filtered = tally.filtered;
  r.items_added = tally.added;
  r.items_skipped = tally.skipped;
  r.items_dead_lettered = tally.dead_lettered;
  for (const edge_base* e : t.what().inputs()) {
    if (t.done()) { r.items_dropped += std::max(e->items_in(), e->items_out()) - e->items_out(); }
    r.items_in += e->items_out();
    r.bytes_in += e->bytes_out();
  }
  for (const edge_base* e : t.what().results()) {
    r.items_out += e->items_in();
    r.bytes_out += e->bytes_in();
  }
  return r;
}

// Several nodes that stand for one stage: the first one's input, the last one's output, everybody's work.
void join(stage_report& whole, const stage_report& member, bool last) {
  whole.busy_seconds += member.busy_seconds;
  whole.longest_turn_seconds = std::max(whole.longest_turn_seconds, member.longest_turn_seconds);
  whole.queued_seconds += member.queued_seconds;
  whole.waiting_seconds += member.waiting_seconds;
  whole.items_filtered += member.items_filtered;
  whole.items_added += member.items_added;
  whole.items_skipped += member.items_skipped;
  if (last) {
    whole.items_out = member.items_out;
    whole.bytes_out = member.bytes_out;
    whole.blocked_seconds = member.blocked_seconds;
  }
}

// The stage that is busiest for its threads: neither starved nor blocked while others wait for it.
std::string bottleneck_of(const std::vector<stage_report>& stages, const std::map<std::string, std::size_t>& replicas,
                          double wall) {
  const stage_report* worst = nullptr;
  double worst_load = 0;
  for (const stage_report& s : stages) {
    const auto found = replicas.find(s.name);
    const double width = found == replicas.end() ? 1.0 : static_cast<double>(found->second);
    const double load = (s.busy_seconds + s.waiting_seconds) / width;
    if (load > worst_load) {
      worst = &s;
      worst_load = load;
    }
  }
  return worst == nullptr || worst_load < 0.05 * wall ? std::string() : worst->name;
}

} // namespace

report run_core::snapshot() const {
  report r;
  const bool ended = over();
  const auto until = ended ? over_at_ : clock::now();
  r.seconds = std::chrono::duration<double>(until - begun_at_).count();
  const double cpu = ended ? cpu_at_end_ : usage_of_process().cpu_seconds;
  r.cpu_seconds = std::max(0.0, cpu - cpu_at_begin_); // two threads' last looks
  r.interrupted = signals_.interrupted.get();
  fill_stages(r);
  fill_memory(r);
  r.edges = edges_of(graph_);
  return r;
}

void run_core::fill_stages(report& r) const {
  const std::uint64_t now = ticks();
  std::map<std::string, std::size_t> replicas;
  r.stages.reserve(tasks_.size());
  for (const stage_task& t : tasks_) {
    r.total_bytes += t.what().total_bytes();
    r.done_bytes += t.what().done_bytes();
    stage_report one = account_of(t, now);
    const std::string& group = t.what().group();
    if (group.empty()) {
      r.stages.push_back(std::move(one));
    } else if (r.stages.empty() || r.stages.back().name != group) { // the splitter
      r.stages.push_back(std::move(one));
      r.stages.back().name = group;
    } else {
      const bool replica = t.what().name().starts_with(group + "[");
      join(r.stages.back(), one, !replica);
      if (replica) { ++replicas[group]; }
    }
  }
  r.bottleneck = bottleneck_of(r.stages, replicas, r.seconds);
}

void run_core::fill_memory(report& r) const {
  r.memory_bound_bytes = granted_.memory_bound;
  r.memory_now_bytes = r.memory_peak_bytes = granted_.edge_bytes + granted_.context_bytes;
  for (const auto& pool : pools_) {
    if (pool == nullptr) { continue; }
    r.memory_now_bytes += pool->held_bytes();
    r.memory_peak_bytes += pool->peak_bytes();
  }
  r.rss_peak_bytes = usage_of_process().rss_peak_bytes;
}

} // namespace weir::detail
