// What a drainer runs next, and how long it looks for something.

#include "engine/pool.hpp"

#include "engine/pause_cpu.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::detail {

namespace {

// In ticks of a few gigahertz; rough on purpose.
constexpr std::uint64_t k_late_timer = 30'000; // how long a timer may stay with a worker that has other work
constexpr std::size_t k_most_timers = 8;       // that an idle worker looks through by itself
constexpr std::uint64_t k_look_round = 5'000;  // between two looks at what others hold
constexpr std::uint64_t k_most_in_vain = 8;
constexpr std::size_t k_own_streak = 64; // then the shared list is looked at once

} // namespace

void engine_core::drain_entry(void* self, std::size_t place) noexcept {
  auto& engine = *static_cast<engine_core*>(self);
  engine.count_.begins();
  worker& me = engine.workers_[place];
  do { engine.drain(me); } while (engine.naps(me) || !engine.places_.leave(me.slot));
  engine.count_.gone();
}

bool engine_core::naps(worker& me) noexcept {
  for (;;) {
    switch (places_.nap([this] { return beat_->beats(); }, me.timers.next())) {
    case nap_end::called:
      return true;
    case nap_end::over:
      set_timers(me);
      return false;
    case nap_end::due:
      if (count_.raise()) {
        if (beat_->starts()) { arm_beat(); }
        return true;
      }
      (void)fire_due(me); // As many as may be are active: they run what it wakes.
    }
  }
}

void engine_core::drain(worker& me) noexcept {
  t_engine = this;
  t_worker = &me;
  me.turn_began.set(0);
  (void)fire_due(me);
  set_timers(me); // What runs next may take long, whatever it took before.
  std::uint64_t idle_since = 0;
  std::uint64_t now = ticks();
  for (;;) {
    if (stage_task* const stage = next(me, now)) {
      if (idle_since != 0) {
        me.in_vain = 0;
        me.idle += now - std::exchange(idle_since, 0);
        me.searching.set(false);
      }
      now = run_stage(*stage, me, now);
      continue;
    }
    if (me.timers.size_hint() > k_most_timers) { set_timers(me); }
    now = ticks();
    if (fire_due(me)) {
      if (idle_since != 0) { // What it waited for was its own: to look for others' work was in vain.
        ++me.in_vain;
        me.idle += now - std::exchange(idle_since, 0);
        me.searching.set(false);
      }
      continue;
    }
    if (idle_since == 0) {
      idle_since = now;
      me.searching.set(true);
    }
    // A pop that failed proves nothing: what this worker has listed is taken by it, or by somebody who says so.
    if (now - idle_since < patience(me) || !me.listed.none()) {
      pause_cpu();
      continue;
    }
    if (!others_search(me)) { ++me.in_vain; }
    idle_since = 0;
    if (leaves(me)) { return; }
  }
}

// It says that it goes before it leaves: who lists a stage and still counts on it has listed it before its last look.
bool engine_core::leaves(worker& me) noexcept {
  t_engine = nullptr;
  me.searching.set(false);
  me.turn_began.set(k_gone); // It may be sent something as it leaves.
  if (count_.leave() && (count_.ready_hint() <= 0 || !count_.raise())) { return true; }
  t_engine = this;
  me.turn_began.set(0);
  return false;
}

std::uint64_t engine_core::run_stage(stage_task& stage, worker& me, std::uint64_t now) noexcept {
  if (me.timers.size_hint() > 0 && (now - me.timers_since > k_late_timer || stage.turn_ticks() > k_late_timer)) {
    set_timers(me);
  }
  take_up(stage, me);
  if (now - me.reviewed > balance::k_period) { review(stage, me, now); }
  me.stage.set(&stage);
  me.expects.set(stage.turn_ticks());
  me.turn_began.set(now);
  now = stage.execute(false, now);
  me.turn_began.set(0);
  return now;
}

stage_task* engine_core::next(worker& me, std::uint64_t now) noexcept {
  if (me.streak < k_own_streak) {
    if (stage_task* const own = held_by(me)) {
      ++me.streak;
      return own;
    }
  }
  me.streak = 0;
  // A stage that is always ready must not keep the worker from runs that others have started.
  if (stage_task* const listed = listed_outside()) { return listed; }
  if (stage_task* const own = held_by(me)) { return own; }
  return now - std::min(now, me.looked_round) < k_look_round ? nullptr : steal(me, now);
}

stage_task* engine_core::held_by(worker& who) noexcept {
  if (stage_task* const handed = who.hand_over.take()) { return handed; }
  if (stage_task* const sent = who.inbox.take()) {
    count_.taken();
    return sent;
  }
  if (who.listed.none()) { return nullptr; }
  void* const listed = queue_.try_pop_of(who.slot);
  if (listed != nullptr) { who.listed.taken(); }
  return static_cast<stage_task*>(listed);
}

stage_task* engine_core::listed_outside() noexcept {
  if (count_.ready_hint() <= 0) { return nullptr; }
  void* const listed = queue_.try_pop();
  if (listed != nullptr) { count_.taken(); }
  return static_cast<stage_task*>(listed);
}

// A look at the others takes their lines from them, so it is not done at every turn of an idle loop.
stage_task* engine_core::steal(worker& me, std::uint64_t now) noexcept {
  me.looked_round = now;
  for (worker& other : workers_) {
    const std::uint64_t began = other.turn_began.get();
    if (&other == &me || began == 0 || now - std::min(now, began) < k_steal_age) { continue; }
    if (stage_task* const stage = held_by(other)) { return stage; }
  }
  return nullptr;
}

// A trickle of work comes after each wait has ended: who has waited in vain some times in a row leaves at once. So does who is not
// the only one that looks: it would find what the other would have found, and take a core from whoever makes work.
std::uint64_t engine_core::patience(const worker& me) const noexcept {
  return me.in_vain < k_most_in_vain && !others_search(me) ? k_spin : k_spin / 64;
}

// Of two that see each other the first stays.
bool engine_core::others_search(const worker& me) const noexcept {
  return std::any_of(workers_.begin(), workers_.begin() + static_cast<std::ptrdiff_t>(me.slot),
                     [](const worker& other) { return other.searching.get(); });
}

void engine_core::take_up(const stage_task& stage, worker& me) noexcept {
  run_part* const p = stage.belongs_to();
  if (p == nullptr || p->home.get() == &me || p->not_for.get() == &me) { return; }
  const auto* const home = static_cast<const worker*>(p->home.get());
  if (home == nullptr || home->turn_began.get() == k_gone) { p->home.set(&me); }
}

void engine_core::review(stage_task& stage, worker& me, std::uint64_t now) noexcept {
  const std::uint64_t since = now - std::exchange(me.reviewed, now);
  const bool pressed = std::exchange(me.idle, 0) < since / 8 && anybody_free(me);
  const bool several = std::exchange(me.reviewed_run, &stage.run()) != &stage.run();
  if (stage.run().balancing().review({&me, now, pressed, several}, trials_) && count_.raise()) { start_drainer(); }
}

bool engine_core::anybody_free(const worker& me) const noexcept {
  return count_.active_hint() < threads_ || std::any_of(workers_.begin(), workers_.end(), [&](const worker& other) {
           return &other != &me && other.searching.get();
         });
}

bool engine_core::fire_due(worker& me) noexcept {
  if (me.timers.size_hint() == 0) { return false; }
  const stage_task::in_a_turn
      mark; // A run that ends here must not wait for another: this worker may be the one it waits for.
  const clock::time_point now = clock::now();
  bool any = false;
  while (const std::optional<timer> due = me.timers.take_due(now)) {
    any = true;
    if (const std::shared_ptr<void> run = due->alive.lock()) { due->whom->wake(); }
  }
  return any;
}

void engine_core::set_timers(worker& of) noexcept {
  if (of.timers.size_hint() == 0) { return; }
  const stage_task::in_a_turn mark; // As in fire_due().
  while (std::optional<timer> t = of.timers.take_any()) {
    const std::shared_ptr<void> run = t->alive.lock();
    if (run == nullptr) { continue; }
    const auto& stage = static_cast<const stage_task&>(*t->whom);
    try {
      timers_.add(std::move(*t));
    } catch (...) { // No thread to be had.
      stage.run().fail(stage.what().name(), std::current_exception());
    }
  }
}

} // namespace weir::detail
