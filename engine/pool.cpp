// Drainers: who runs what next.

#include "engine/pool.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::detail {

namespace {

// In ticks of a few gigahertz; rough on purpose.
constexpr std::uint64_t k_quantum = 150'000;     // a turn's length, about 50 microseconds
constexpr std::uint64_t k_spin = 150'000;        // about what waking a thread costs
constexpr std::uint64_t k_steal_age = 15'000;    // a cheap turn is shorter than this
constexpr std::uint64_t k_late_timer = 30'000;   // how much later a timer may be set than it was asked for
constexpr std::uint64_t k_look_round = 5'000;    // between two looks at what others hold
constexpr std::uint64_t k_worth_a_wake = 60'000; // a turn that is worth a thread
constexpr std::uint64_t k_most_in_vain = 8;
constexpr std::size_t k_own_streak = 64; // then the shared list is looked at once

// What this thread is for the engine it drains, if it does.
thread_local void* t_engine = nullptr;
thread_local void* t_worker = nullptr;

void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

} // namespace

engine_core::engine_core(std::size_t threads, slow_turn_watch watch)
    : threads_(threads == 0 ? tbb_arena::default_threads() : threads), count_(static_cast<std::uint32_t>(threads_)),
      queue_(threads_ + 1), workers_(threads_ + 1), watch_(std::move(watch)), beat_(std::make_shared<heartbeat>(*this)),
      arena_(threads_) {
  for (std::size_t i = 0; i < workers_.size(); ++i) { workers_[i].slot = i; }
}

engine_core::~engine_core() {
  std::vector<std::shared_ptr<run_core>> left;
  {
    const std::lock_guard lock(runs_mutex_);
    left.swap(runs_); // needs no memory, which a copy might not get
  }
  for (const auto& run : left) { run->cancel(); }
  for (const auto& run : left) { run->wait_over(); }
  nap_.close();
  while (!count_.all_gone()) { std::this_thread::yield(); } // Drainers leave within a spin once nothing is ready.
}

void engine_core::start(std::shared_ptr<run_core> run, bool joining) {
  run->open();
  {
    const std::lock_guard lock(runs_mutex_);
    run->place = runs_.size();
    runs_.push_back(run);
  }
  if (!joining || stage_task::on_this_thread() || !work_for(*run, true)) { run->begin(); }
}

std::shared_ptr<run_core> engine_core::let_go(const run_core& run) noexcept {
  const std::lock_guard lock(runs_mutex_);
  if (runs_.empty()) { return nullptr; } // The engine ends and has taken them all.
  const std::size_t place = run.place;
  std::swap(runs_[place], runs_.back());
  runs_[place]->place = place;
  std::shared_ptr<run_core> mine = std::move(runs_.back());
  runs_.pop_back();
  return mine;
}

turn_budget engine_core::budget(std::uint64_t begun) noexcept {
  return {begun, begun + k_quantum, k_most_items, true, t_engine == this ? t_worker : nullptr};
}

// A trickle of work comes after each wait has ended: who has waited in vain some times in a row leaves at once.
std::uint64_t engine_core::patience(const worker& me) noexcept {
  return me.in_vain < k_most_in_vain ? k_spin : k_spin / 64;
}

// ---- listing ----------------------------------------------------------------------------------------------------

void engine_core::ready(stage_task& stage) noexcept {
  if (to_blocking_thread(stage)) { return; }
  const std::uint64_t cost = stage.turn_ticks(); // Once listed, the stage may run and its run be gone.
  if (t_engine != this) {
    list(stage, ready_queue::k_outside);
  } else {
    worker& me = *static_cast<worker*>(t_worker);
    hand_on(stage, me);
    if (me.beginning) { return; } // What a turn of it costs is not known; it will be after the first.
  }
  start_if_worth(cost);
}

void engine_core::again(stage_task& stage) noexcept {
  if (to_blocking_thread(stage)) { return; }
  const std::uint64_t cost = stage.turn_ticks();
  if (t_engine != this) {
    list(stage, ready_queue::k_outside);
    return start_if_worth(cost);
  }
  worker& me = *static_cast<worker*>(t_worker);
  list(stage, me.slot);
  // Alone, it is what this worker runs next: no other is needed.
  if (count_.ready_hint() > 1 || me.hand_over.holds_hint()) { start_if_worth(cost); }
}

engine_core::worker* engine_core::home_of(const stage_task& stage, worker& me) noexcept {
  const run_part* const p = stage.belongs_to();
  if (p == nullptr) { return &me; }
  auto* const home = static_cast<worker*>(const_cast<void*>(p->home.get()));
  if (home != nullptr && home->turn_began.get() != k_gone) { return home; }
  return p->not_for.get() == &me && count_.active_hint() > 1 ? nullptr : &me;
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
  if (stage.run().balancing().review(&me, now, pressed) && count_.raise()) { start_drainer(); }
}

bool engine_core::anybody_free(const worker& me) const noexcept {
  return count_.active_hint() < threads_ || std::any_of(workers_.begin(), workers_.end(), [&](const worker& other) {
           return &other != &me && other.searching.get();
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

void engine_core::list(stage_task& stage, std::size_t slot) noexcept {
  count_.listed();
  queue_.push(&stage, slot);
}

// What is handed over is not counted as listed: its worker is active, and looks there before it leaves.
void engine_core::hand_on(stage_task& stage, worker& me) noexcept {
  worker* const home = home_of(stage, me);
  if (home == &me) {
    if (stage_task* const before = me.hand_over.give(stage)) { list(*before, me.slot); }
  } else if (home == nullptr) {
    list(stage, ready_queue::k_outside);
  } else {
    count_.listed();
    if (stage_task* const before = home->inbox.give(stage)) { queue_.push(before, ready_queue::k_outside); }
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
  if (nap_.call()) { return; }
  count_.starts();
  arena_.enqueue(&engine_core::drain_entry, this);
}

void engine_core::wake_at(clock::time_point when, waker& stage, std::weak_ptr<void> alive) {
  timer t{when, &stage, std::move(alive)};
  if (t_engine != this) { return timers_.add(std::move(t)); }
  worker& me = *static_cast<worker*>(t_worker);
  if (me.timers.empty()) { me.timers_since = me.turn_began.get(); }
  me.timers.push_back(std::move(t));
}

void engine_core::set_timers(worker& me) noexcept {
  for (timer& t : me.timers) {
    const std::shared_ptr<void> run = t.alive.lock();
    if (run == nullptr) { continue; }
    try {
      timers_.add(timer(t));
    } catch (...) { // No thread to be had.
      const auto& stage = static_cast<const stage_task&>(*t.whom);
      stage.run().fail(stage.what().name(), std::current_exception());
    }
  }
  me.timers.clear();
}

// ---- draining ---------------------------------------------------------------------------------------------------

void engine_core::drain_entry(void* self) noexcept {
  auto& engine = *static_cast<engine_core*>(self);
  engine.count_.begins();
  do { engine.drain(engine.workers_[std::min(tbb_arena::slot(), engine.threads_ - 1)]); } while (engine.nap_.nap());
  engine.count_.gone();
}

void engine_core::drain(worker& me) noexcept {
  t_engine = this;
  t_worker = &me;
  me.turn_began.set(0);
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
    if (!me.timers.empty()) {
      set_timers(me);
      continue;
    }
    now = ticks();
    if (idle_since == 0) {
      idle_since = now;
      me.searching.set(true);
    }
    if (now - idle_since < patience(me)) {
      pause_cpu();
      continue;
    }
    ++me.in_vain;
    t_engine = nullptr;
    if (count_.leave()) {
      me.searching.set(false);
      // A pop that failed proves nothing: an entry may have stayed here, and this worker will not come back for it.
      return me.turn_began.set(k_gone);
    }
    t_engine = this;
    idle_since = 0;
  }
}

std::uint64_t engine_core::run_stage(stage_task& stage, worker& me, std::uint64_t now) noexcept {
  if (!me.timers.empty() && (now - me.timers_since > k_late_timer || stage.turn_ticks() > k_late_timer)) {
    set_timers(me);
  }
  take_up(stage, me);
  if (now - me.reviewed > balance::k_period) { review(stage, me, now); }
  me.stage.set(&stage);
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
  if (stage_task* const listed = listed_by(ready_queue::k_outside)) { return listed; }
  if (stage_task* const own = held_by(me)) { return own; }
  return now - std::min(now, me.looked_round) < k_look_round ? nullptr : steal(me, now);
}

stage_task* engine_core::held_by(worker& who) noexcept {
  if (stage_task* const handed = who.hand_over.take()) { return handed; }
  if (stage_task* const sent = who.inbox.take()) {
    count_.taken();
    return sent;
  }
  return listed_by(who.slot);
}

stage_task* engine_core::listed_by(std::size_t slot) noexcept {
  if (count_.ready_hint() <= 0) { return nullptr; }
  void* const entry = queue_.try_pop_of(slot);
  if (entry != nullptr) { count_.taken(); }
  return static_cast<stage_task*>(entry);
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

// ---- the thread that waits for a run ----------------------------------------------------------------------------

void engine_core::join(run_core& run) {
  if (stage_task::on_this_thread()) {
    throw std::logic_error("weir: a stage cannot wait for a run: it would hold up its own worker");
  }
  if (!run.over()) { (void)work_for(run, false); }
  run.wait_over();
}

bool engine_core::work_for(run_core& run, bool begin) noexcept {
  if (!waiter_.try_enter()) { return false; }
  const bool active = count_.raise();
  if (active) {
    if (beat_->starts()) { arm_beat(); }
    drain_for(run, workers_.back(), begin);
    if (!count_.leave()) { start_drainer(); } // Others' work: a drainer takes over this one's place.
  }
  waiter_.leave();
  return active;
}

void engine_core::drain_for(run_core& run, worker& me, bool begin) noexcept {
  t_engine = this;
  t_worker = &me;
  me.turn_began.set(0);
  if (begin) {
    me.beginning = true;
    run.begin();
    me.beginning = false;
  }
  std::uint64_t now = ticks();
  std::uint64_t idle_since = now;
  while (!run.over() && now - idle_since < k_spin) {
    stage_task* const stage = next(me, now);
    if (stage == nullptr) {
      pause_cpu();
      now = ticks();
      continue;
    }
    if (&stage->run() != &run) {
      list(*stage, ready_queue::k_outside);
      break;
    }
    now = idle_since = run_stage(*stage, me, now);
  }
  set_timers(me);
  while (stage_task* const left = held_by(me)) { list(*left, ready_queue::k_outside); }
  me.turn_began.set(k_gone);
  t_engine = nullptr;
}

} // namespace weir::detail
