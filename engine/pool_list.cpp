// Where a stage that is ready is listed, and who is started for it.

#include "engine/pool.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::detail {

namespace {

constexpr std::uint64_t k_worth_a_wake = 60'000; // ticks of a turn that is worth a thread
constexpr std::int64_t k_many_ready = 32;        // stages that wait for one drainer

} // namespace

// Once listed, a stage may run, and its run and the engine be gone.
void engine_core::ready(stage_task& stage) noexcept {
  const std::uint64_t cost = stage.turn_ticks();
  if (t_engine != this) {
    count_.visits();
    if (!to_blocking_thread(stage)) {
      list(stage);
      start_if_worth(worth_from_outside(cost));
    }
    return count_.left();
  }
  if (to_blocking_thread(stage)) { return; }
  worker& me = *t_worker;
  hand_on(stage, me);
  if (me.beginning) { return; } // What a turn of it costs is not known; it will be after the first.
  start_if_worth(cost);
}

void engine_core::again(stage_task& stage) noexcept {
  const std::uint64_t cost = stage.turn_ticks();
  if (t_engine != this) {
    count_.visits();
    if (!blocking_.goes_on(stage) && !to_blocking_thread(stage)) {
      list(stage);
      start_if_worth(cost);
    }
    return count_.left();
  }
  if (to_blocking_thread(stage)) { return; }
  worker& me = *t_worker;
  // Else a stage that is always ready would never leave a worker that has given its run away.
  if (home_of(stage, me) != &me) { return hand_on(stage, me); }
  const bool alone = me.listed.none() && !me.hand_over.holds_hint() && count_.ready_hint() <= 0;
  list_here(stage, me);
  if (!alone) { start_if_worth(cost); } // Else it is what this worker runs next: no other is needed.
}

engine_core::worker* engine_core::home_of(const stage_task& stage, worker& me) noexcept {
  const run_part* const p = stage.belongs_to();
  if (p == nullptr) { return &me; }
  auto* const home = static_cast<worker*>(const_cast<void*>(p->home.get()));
  if (home != nullptr && home->turn_began.get() != k_gone) { return home; }
  return p->not_for.get() == &me && count_.active_hint() > 1 ? nullptr : &me;
}

// To wake a thread takes as long as three short runs: a new one wakes none if a drainer is about to look. A known stage, however cheap,
// does if all are in turns that are longer than turns should be.
std::uint64_t engine_core::worth_from_outside(std::uint64_t cost) const noexcept {
  if (cost != stage_task::k_unknown_turn) { return somebody_comes(k_quantum) ? cost : std::max(cost, k_worth_a_wake); }
  return count_.ready_hint() < k_many_ready && somebody_comes(k_steal_age) ? 0 : cost;
}

// Not the thread that waits for a run: it leaves when it meets another's.
bool engine_core::somebody_comes(std::uint64_t within) const noexcept {
  const std::uint64_t now = ticks();
  return std::any_of(workers_.begin(), workers_.end() - 1, [=](const worker& w) {
    const std::uint64_t began = w.turn_began.get();
    if (began == k_gone) { return false; }
    const std::uint64_t expects = w.expects.get();
    const bool short_turn = expects < within || expects == stage_task::k_unknown_turn;
    return began == 0 || (short_turn && now - std::min(now, began) < within);
  });
}

bool engine_core::to_blocking_thread(stage_task& stage) noexcept {
  if (!stage.blocks()) { return false; }
  try {
    blocking_.submit(stage, false);
    return true;
  } catch (...) { // No thread to be had: a compute worker drops the stage.
    stage.run().fail(stage.what().name(), std::current_exception());
    return false;
  }
}

void engine_core::list(stage_task& stage) noexcept {
  count_.listed();
  queue_.push(&stage);
}

// What a worker keeps for itself is not counted as ready work: it is active, and looks there before it leaves.
void engine_core::list_here(stage_task& stage, worker& me) noexcept {
  me.listed.listed();
  if (queue_.try_push_of(me.slot, &stage)) { return; }
  me.listed.taken(); // No memory: the other list never runs out of it.
  list(stage);
}

void engine_core::hand_on(stage_task& stage, worker& me) noexcept {
  worker* const home = home_of(stage, me);
  if (home == &me) {
    if (stage_task* const before = me.hand_over.give(stage)) { list_here(*before, me); }
  } else if (home == nullptr) {
    list(stage);
  } else {
    count_.listed();
    if (stage_task* const before = home->inbox.give(stage)) { queue_.push(before); }
  }
}

void engine_core::start_if_worth(std::uint64_t cost) noexcept {
  if ((worth_a_wake(cost) || count_.nobody()) && count_.raise()) { start_drainer(); }
}

bool engine_core::worth_a_wake(std::uint64_t cost) const noexcept {
  return count_.active_hint() < threads_ && cost >= k_worth_a_wake;
}

void engine_core::start_drainer() noexcept {
  if (beat_->starts()) { arm_beat(); }
  const std::optional<std::size_t> place = places_.start();
  if (!place) { return; }
  count_.starts();
  threads_of_tbb_.enqueue(*place, &engine_core::drain_entry, this);
}

void engine_core::wake_at(clock::time_point when, waker& stage, std::weak_ptr<void> alive) {
  timer t{when, &stage, std::move(alive)};
  if (t_engine != this) { return timers_.add(std::move(t)); }
  worker& me = *t_worker;
  if (me.timers.size_hint() == 0) { me.timers_since = me.turn_began.get(); }
  me.timers.add(std::move(t));
}

} // namespace weir::detail
