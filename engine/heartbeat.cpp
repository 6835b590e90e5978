// What the engine does at a beat.

#include "engine/heartbeat.hpp"

#include "engine/pool.hpp"

#include <algorithm>

namespace weir::detail {

namespace {

constexpr std::uint64_t k_long_turn = 15'000'000; // ticks, some milliseconds: a hundred turns' worth

} // namespace

void heartbeat::wake() noexcept { engine_->beat(); }

void engine_core::arm_beat(clock::duration from_now) noexcept {
  try {
    timers_.add({clock::now() + from_now, beat_.get(), beat_});
  } catch (...) { // No thread to be had: the engine does without.
    beat_->rests();
    places_.end();
  }
}

void engine_core::beat() noexcept {
  const std::uint64_t now = ticks();
  bool held_up = false;
  bool waits = false;
  for (worker& w : workers_) {
    const std::uint64_t began = w.turn_began.get();
    if (began <= k_gone || now <= began) { continue; }
    if (now - began > k_long_turn) {
      held_up = true;
      wake_around(w);
      set_timers(w);
    }
    waits = waits || w.hand_over.holds_hint() || !w.listed.none();
    tell_slow(w, began, now - began);
  }
  waits = waits || count_.ready_hint() > 0; // wake_around() may have listed some.
  if (held_up && waits && count_.raise()) { start_drainer(); }
  const bool naps = places_.end_long();
  const bool looks = naps || count_.active_hint() > 0;
  const clock::duration pace = pace_.next(looks && !held_up, watch_.call ? watch_.after : beat_pace::k_slowest);
  if (looks) { return arm_beat(pace); }
  beat_->rests();
  // Who began to drain or to nap before rests() relies on this beat.
  if ((places_.somebody_naps() || !count_.nobody()) && beat_->starts()) { arm_beat(); }
}

// A turn that was expected to be short tells its neighbours at its end, and it does not end: they are told from here.
void engine_core::wake_around(const worker& w) noexcept {
  const stage_task* const stage = w.stage.get();
  std::shared_ptr<run_core> of;
  {
    const std::lock_guard lock(runs_mutex_);
    for (const auto& run : runs_) {
      if (run->find(stage) != nullptr) { of = run; }
    }
  }
  if (of != nullptr) { of->wake_around(*stage); }
}

// Once a turn. The stage is named by its address among the stages of the runs that are still there.
void engine_core::tell_slow(worker& w, std::uint64_t began, std::uint64_t so_far) noexcept {
  if (!watch_.call || w.told == began ||
      static_cast<double>(so_far) / ticks_per_second() < std::chrono::duration<double>(watch_.after).count()) {
    return;
  }
  w.told = began;
  const stage_task* const stage = w.stage.get();
  try {
    std::string name;
    {
      const std::lock_guard lock(runs_mutex_);
      for (const auto& run : runs_) {
        if (const node* n = run->find(stage)) { name = n->name(); }
      }
    }
    if (name.empty() || w.turn_began.get() != began) { return; }
    watch_.call(name, std::chrono::duration_cast<clock::duration>(
                          std::chrono::duration<double>(static_cast<double>(so_far) / ticks_per_second())));
  } catch (...) {} // A watcher's own troubles are not the engine's, nor is a name that there is no memory for.
}

} // namespace weir::detail
