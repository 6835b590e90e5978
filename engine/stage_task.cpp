// A stage's turn and what follows from it.

#include "engine/stage_task.hpp"

#include "engine/run_core.hpp"

#include <time.h>

#include <algorithm>
#include <utility>

namespace weir::detail {

namespace {

std::uint64_t thread_cpu_ticks() noexcept {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  const double seconds = static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
  return static_cast<std::uint64_t>(seconds * ticks_per_second());
}

} // namespace

thread_local stage_task::woken_list* stage_task::t_woken = nullptr;
constinit thread_local int stage_task::t_turns = 0;

// Where this thread's wakes go while a turn lasts; turns nest.
struct stage_task::woken_here {
  explicit woken_here(woken_list* list) noexcept : before(std::exchange(t_woken, list)) {}
  woken_here(const woken_here&) = delete;
  woken_here& operator=(const woken_here&) = delete;
  ~woken_here() { t_woken = before; }
  woken_list* before;
};

// Every stage that is neither idle nor done holds one count of the run. The count goes up before the word changes, so
// whoever brings it to zero has seen every wake, and is the last to touch the run.
//
// While a cheap turn publishes, a wake of the same run needs no count of its own: the turn's covers it until it is listed
// at the turn's end. Any other wake is listed at once: a body may not come back, and a stall that is found when the stage
// rests wakes every stage.
void stage_task::wake() noexcept {
  if (t_woken != nullptr && t_woken->run == run_ && t_woken->open) {
    woken_list& woken = *t_woken;
    if (state_.apply(act::wake).from != life::idle) { return; }
    if (woken.n < woken.stages.size()) {
      woken.stages[woken.n++] = this;
      return;
    }
    run_->stirs();
    return run_->scheduling().ready(*this);
  }
  run_->stirs();
  const auto change = state_.apply(act::wake);
  if (change.from == life::idle) {
    run_->scheduling().ready(*this);
  } else {
    run_->rests();
  }
}

// The descriptor first: a stage that waits at it runs already, and the wake may be the last touch.
void stage_task::unwanted() noexcept {
  run_->unwanted(*this);
  wake();
}

// As its first turn would leave it. What a thread outside has done at an edge, or still does, has to be looked at in a turn.
void stage_task::begin_parked() noexcept {
  const auto outside = [](const edge_base* e) { return e->outside() || e->closed(); };
  if (!node_->begins_with_input() || std::ranges::any_of(node_->inputs(), outside) ||
      std::ranges::any_of(node_->outputs(), outside) || node_->inputs().front()->arm_data()) {
    return;
  }
  why_.set(reason::input);
  where_.set(node_->inputs().front());
  turn_ticks_.set(0); // An empty turn's: the first item is not worth a thread that the run may not need.
  began_parked_ = true;
}

std::uint64_t stage_task::execute(bool may_block, std::uint64_t now) {
  return state_.apply(act::claim).legal ? turn(may_block, now) : now;
}

void stage_task::execute_blocking() { (void)turn(true, ticks()); }

std::uint64_t stage_task::turn(bool may_block, std::uint64_t begun) {
  const in_a_turn mark;
  woken_list woken;
  turn_budget budget = run_->scheduling().budget(begun);
  if (budget.worker() != nullptr && cheap()) {
    woken.run = run_;
    budget.keeps(woken);
  }
  const woken_here here(woken.run != nullptr ? &woken : nullptr);
  const std::uint64_t cpu_begun = may_block ? thread_cpu_ticks() : 0;
  account.begins(begun, why_.get());
  if (std::exchange(held_, false)) { run_->rests(); }
  verdict v{reason::done};
  bool failed = false;
  try {
    tell_start();
    v = node_->turn(budget, may_block);
    tell_items();
  } catch (...) {
    failed = true;
    run_->fail(node_->name(), std::current_exception());
  }
  const std::uint64_t ended = ticks();
  const std::uint64_t worked = may_block ? std::min(ended - begun, thread_cpu_ticks() - cpu_begun) : ended - begun;
  account.ends(ended, ended - begun, worked);
  turn_ticks_.set(ended - begun);
  if (failed) {
    tell(event::error);
    retire(false, woken);
  } else {
    settle(v, woken);
  }
  return ended; // The stage may be gone.
}

// The stage keeps its count: each that it has woken needs one.
void stage_task::stays_live(woken_list& woken) noexcept {
  if (woken.n > 0) { run_->stirs(static_cast<std::uint32_t>(woken.n)); }
  for (std::size_t i = 0; i < woken.n; ++i) { run_->scheduling().ready(*woken.stages[i]); }
  woken.n = 0;
}

// The stage's count goes to one that it has woken, if there is one. The last touch: the run may be over and gone after it.
void stage_task::gives_up(run_core& run, woken_list& woken) noexcept {
  if (woken.n == 0) { return run.rests(); }
  if (woken.n > 1) { run.stirs(static_cast<std::uint32_t>(woken.n - 1)); }
  scheduler& where = run.scheduling();
  for (std::size_t i = 0; i < woken.n; ++i) { where.ready(*woken.stages[i]); }
}

void stage_task::settle(verdict v, woken_list& woken) {
  why_.set(v.why);
  where_.set(v.where);
  switch (v.why) {
  case reason::ready:
    (void)state_.apply(act::yield);
    stays_live(woken);
    return run_->scheduling().again(*this);
  case reason::blocking:
    blocks_.set(true);
    stays_live(woken);
    try {
      return run_->scheduling().blocking(*this);
    } catch (...) { // No thread to be had: the stage cannot go on.
      run_->fail(node_->name(), std::current_exception());
      return retire(false, woken);
    }
  case reason::done:
    return retire(!run_->signals().cancelled.get(), woken);
  default:
    return park(v, woken);
  }
}

void stage_task::park(verdict v, woken_list& woken) {
  if (v.why == reason::room || v.why == reason::paused) { tell_pause(v.why == reason::room); }
  // A timer, somebody outside or resume() will bring the stage back: the run is not still while one of them holds it.
  const std::optional<clock::time_point> by = node_->wake_time(v.why);
  held_ = by || v.why == reason::outside || v.why == reason::paused;
  if (held_) { run_->stirs(); }
  if (by) { arm_timer(*by); }
  run_core& run = *run_;
  if (state_.apply(act::park).to == life::ready) {
    stays_live(woken);
    return run.scheduling().again(*this);
  }
  gives_up(run, woken);
}

// One timer at a time: one that is due sooner wakes the stage, which then asks again.
void stage_task::arm_timer(clock::time_point when) {
  if (armed_ > run_->now() && armed_ <= when) { return; }
  armed_ = when;
  run_->arm_timer(*this, when);
}

void stage_task::retire(bool success, woken_list& woken) {
  stays_live(woken); // What the body releases may take its time.
  if (success) {
    tell(event::end);
    tell(event::finish);
  }
  if (std::exception_ptr error = node_->retire()) { run_->fail(node_->name(), std::move(error)); }
  (void)state_.apply(act::retire);
  tell(event::close);
  why_.set(reason::done);
  run_core& run = *run_;
  run.retired_one();
  run.rests(); // The last touch.
}

void stage_task::observe(event what, observer call) {
  if (audience_ == nullptr) { audience_ = std::make_unique<audience>(); }
  audience_->observers.push_back({{}, what, std::move(call)});
}

void stage_task::tell(event what, std::uint64_t items) {
  if (audience_ == nullptr) { return; }
  for (const observation& o : audience_->observers) {
    if (o.what != what) { continue; }
    try {
      o.call({what, node_->name(), items});
    } catch (...) { run_->fail(node_->name(), std::current_exception()); }
  }
}

void stage_task::tell_pause(bool full) {
  if (audience_ == nullptr) { return; }
  audience_->pause = true;
  audience_->full = full;
  tell(event::pause);
}

void stage_task::tell_start() {
  if (audience_ == nullptr || !std::exchange(audience_->pause, false)) { return; }
  if (std::exchange(audience_->full, false)) { tell(event::drain); }
  tell(event::resume);
}

void stage_task::tell_items() {
  if (audience_ == nullptr) { return; }
  const std::uint64_t items = items_seen();
  if (items != audience_->items) { tell(event::data, items - std::exchange(audience_->items, items)); }
}

std::uint64_t stage_task::items_seen() const noexcept {
  std::uint64_t items = 0;
  for (const edge_base* e : node_->inputs()) { items += e->items_out(); }
  if (node_->inputs().empty()) {
    for (const edge_base* e : node_->outputs()) { items += e->items_in(); }
  }
  return items;
}

} // namespace weir::detail
