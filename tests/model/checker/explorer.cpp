// One execution: the program's threads as fibers, first replayed as far as the graph knows them, then led on.

#include "tests/model/checker/arena.hpp"
#include "tests/model/checker/explorer_core.hpp"

#include <exception>
#include <utility>

namespace weir::model {

explorer* explorer::active_ = nullptr;

verdict explorer::explore() {
  left_.emplace_back();
  while (!left_.empty() && result_.wrong.empty() && result_.executions + result_.waiting < how_.most_executions) {
    graph_ = std::move(left_.back());
    left_.pop_back();
    run();
  }
  result_.complete = left_.empty();
  for (const auto& [key, use] : uses_) { result_.uses.push_back(use); }
  return std::move(result_);
}

void explorer::run() {
  begin();
  go(0);
  if (state_[0] != state::ended) { return; }
  const std::size_t last = stage_->threads_.size();
  vector_clock set_up;
  set_up.know(0, graph_.size(0) + 1);
  for (std::size_t t = 1; t <= last; ++t) { start(t, stage_->threads_[t - 1].name, set_up); }
  replay(last);
  if (!result_.wrong.empty()) { return; }
  for (std::size_t t = 1; t <= last; ++t) { // An update that has only read yet writes before all else.
    if (half_done_[t]) { go(t, 1); }
  }
  for (std::size_t t = 1; t <= last; ++t) {
    if (!result_.wrong.empty() || dead_end_) { return; }
    if (state_[t] == state::running) { go(t); }
  }
  if (!result_.wrong.empty() || dead_end_) { return; }
  if (some_wait(last)) { return; }
  vector_clock all;
  for (std::size_t t = 0; t <= last; ++t) { all.know(t, graph_.size(t) + 1); }
  start(last + 1, "after", all);
  go(last + 1);
  if (state_[last + 1] != state::ended) { return; }
  ++result_.executions;
  result_.outcomes.insert(notes_);
}

void explorer::begin() {
  arenas::clear();
  plain_.clear();
  objects_.clear();
  notes_.clear();
  dead_end_ = false;
  names_.clear();
  watched_.clear();
  constructed_ = {};
  half_done_ = {};
  done_ = {};
  start(0, "set-up", {});
}

void explorer::start(std::size_t t, const std::string& name, const vector_clock& known) {
  if (t >= k_most_threads) { std::terminate(); }
  names_.resize(t + 1);
  names_[t] = name;
  graph_.begins(t, known);
  state_[t] = state::running;
  fibers_[t].begin(&explorer::entry, this);
}

void explorer::go(std::size_t t, std::size_t events) {
  permitted_ = events;
  resume(t);
  permitted_ = 0;
}

void explorer::replay(std::size_t last) {
  for (bool progress = true; progress && result_.wrong.empty();) {
    progress = false;
    for (std::size_t t = 1; t <= last; ++t) {
      const std::size_t before = done_[t];
      if (state_[t] != state::running) { continue; }
      resume(t);
      progress |= done_[t] > before;
      if (!result_.wrong.empty()) { return; }
    }
  }
}

bool explorer::some_wait(std::size_t last) {
  bool some = false;
  bool for_good = true;
  std::string who;
  for (std::size_t t = 1; t <= last; ++t) {
    if (state_[t] == state::ended) { continue; }
    some = true;
    for_good &= state_[t] == state::waits && graph_.reads_newest(graph_.last(t));
    who += (who.empty() ? "" : ", ") + names_[t];
  }
  if (some && for_good) {
    result_.wrong = "nobody wakes " + who;
    result_.execution = graph_.text(names_);
  }
  result_.waiting += some ? 1 : 0;
  return some;
}

void explorer::entry(void* self) {
  auto& all = *static_cast<explorer*>(self);
  const std::size_t me = all.now_;
  try {
    all.body(me);
    all.state_[me] = state::ended;
  } catch (const std::exception& e) {
    arenas::serve(arenas::k_none);
    all.result_.wrong = "thread " + all.names_[me] + " throws " + e.what();
    all.state_[me] = state::wrong;
  }
  for (;;) { all.leave(); }
}

void explorer::body(std::size_t t) {
  if (t == 0) {
    stage_ = new scene; // In the arena, like all that the program makes: the next execution begins without it.
    (*program_)(*stage_);
  } else if (t <= stage_->threads_.size()) {
    stage_->threads_[t - 1].body();
  } else {
    if (stage_->after_) { stage_->after_(); }
    for (auto end = stage_->ends_.rbegin(); end != stage_->ends_.rend(); ++end) { (*end)(); }
  }
}

void explorer::resume(std::size_t t) {
  now_ = t;
  arenas::serve(t);
  active_ = this;
  fibers_[t].resume();
  active_ = nullptr;
  arenas::serve(arenas::k_none);
}

void explorer::leave() {
  fibers_[now_].leave();
  arenas::serve(arenas::k_none); // Whoever leaves is inside the explorer, also when it comes back.
}

void explorer::stay(state how) {
  state_[now_] = how;
  for (;;) { leave(); }
}

} // namespace weir::model
