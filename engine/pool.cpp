// The engine's life, and the thread that waits for a run and works for it meanwhile.

#include "engine/pool.hpp"

#include "engine/pause_cpu.hpp"

#include <stdexcept>
#include <utility>

namespace weir::detail {

constinit thread_local engine_core* engine_core::t_engine = nullptr;
constinit thread_local engine_core::worker* engine_core::t_worker = nullptr;

engine_core::engine_core(std::size_t threads, slow_turn_watch watch)
    : threads_(threads == 0 ? tbb_threads::default_threads() : threads), count_(static_cast<std::uint32_t>(threads_)),
      queue_(threads_ + 1), workers_(threads_ + 1), watch_(std::move(watch)), beat_(std::make_shared<heartbeat>(*this)),
      places_(threads_), threads_of_tbb_(threads_) {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i].slot = i;
    workers_[i].turn_began.set(k_gone);
  }
}

engine_core::~engine_core() {
  std::vector<std::shared_ptr<run_core>> left;
  {
    const std::lock_guard lock(runs_mutex_);
    left.swap(runs_); // needs no memory, which a copy might not get
  }
  for (const auto& run : left) { run->cancel(); }
  for (const auto& run : left) { run->wait_over(); }
  places_.close();
  // A beat, too, may be about to start a drainer.
  timers_.stop();
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

void engine_core::join(run_core& run) {
  struct leaves {
    drainer_count<>& count;
    ~leaves() { count.left(); }
  } const at_the_end{count_};
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
      list(*stage);
      break;
    }
    now = idle_since = run_stage(*stage, me, now);
  }
  set_timers(me);
  do {
    while (stage_task* const left = held_by(me)) { list(*left); }
  } while (!me.listed.none());
  me.turn_began.set(k_gone);
  t_engine = nullptr;
}

} // namespace weir::detail
