#include "engine/seeded.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::detail {

void seeded_scheduler::start(std::shared_ptr<run_core> run, bool) {
  run->open();
  stages_ += run->stages();
  ready_.reserve(stages_); // Each is listed at most once: listing needs no memory.
  runs_.push_back(run);
  run->begin();
}

void seeded_scheduler::join(run_core&) {
  throw std::logic_error("weir: on the deterministic backend nobody can wait for a run while it is under way");
}

bool seeded_scheduler::all_over() const noexcept {
  return std::all_of(runs_.begin(), runs_.end(), [](const auto& run) { return run->over(); });
}

void seeded_scheduler::drain() {
  while (!all_over()) {
    if (ready_.empty()) {
      // With nothing ready and no timer the runs are over or have stalled, and a stall ends them by itself; what is left
      // waits for a thread outside, which this backend's only thread cannot be.
      if (!next_timer()) {
        runs_.front()->fail({}, std::make_exception_ptr(stall_error(
                                    "weir: the deterministic backend waits for a thread outside the engine")));
      }
      continue;
    }
    const std::size_t pick = below(ready_.size());
    std::swap(ready_[pick], ready_.back());
    stage_task* const stage = ready_.back();
    ready_.pop_back();
    (void)stage->execute(true, ticks());
  }
}

void seeded_scheduler::wake_at(clock::time_point when, waker& stage, std::weak_ptr<void> alive) {
  timers_.push_back({when, &stage, std::move(alive)});
  std::push_heap(timers_.begin(), timers_.end());
}

bool seeded_scheduler::next_timer() {
  if (timers_.empty()) { return false; }
  std::pop_heap(timers_.begin(), timers_.end());
  const timer due = std::move(timers_.back());
  timers_.pop_back();
  now_ = std::max(now_, due.when);
  if (const auto alive = due.alive.lock()) { due.whom->wake(); }
  return true;
}

// Some turns end at once, some are long; spans are short, so that schedules differ.
turn_budget seeded_scheduler::budget(std::uint64_t begun) noexcept {
  constexpr std::uint64_t k_never = ~std::uint64_t{0};
  return {begun, below(2) == 0 ? 0 : k_never, 1 + below(below(4) == 0 ? k_cursor_span : 8), false};
}

} // namespace weir::detail
