// The life of a run.

#include "engine/run_core.hpp"

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace weir::detail {

double process_cpu_seconds() noexcept {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

run_core::run_core(scheduler& where, graph what, const plan_facts& granted, const std::vector<observation>& observers)
    : scheduler_(&where), granted_(granted), graph_(std::move(what)),
      count_(static_cast<std::int64_t>(graph_.nodes.size())), begun_at_(clock::now()),
      cpu_at_begin_(process_cpu_seconds()) {
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    node& n = *graph_.nodes[i];
    stage_task& task = tasks_.emplace_back(*this, n);
    pools_.push_back(
        granted.pool_bytes[i] == 0 ? nullptr : std::make_unique<block_pool>(granted.block_size, granted.pool_bytes[i]));
    n.bind(signals_, *this, task, pools_.back().get());
    for (const observation& o : observers) {
      if (o.stage.empty() || o.stage == n.name()) { task.observe(o.what, o.call); }
    }
  }
}

run_core::~run_core() {
  for (const auto& n : graph_.nodes) { // Outside ends that outlive the run wake nobody any more.
    for (edge_base* e : n->inputs()) { e->consumer(nullptr); }
    for (edge_base* e : n->outputs()) { e->producer(nullptr); }
  }
  if (stop_descriptor_ >= 0) { ::close(stop_descriptor_); }
}

void run_core::open() {
  for (const auto& n : graph_.nodes) {
    try {
      n->start();
    } catch (const std::exception& error) { throw run_error(n->name(), error.what(), std::current_exception()); }
  }
}

void run_core::begin() {
  const auto keep = [this](const std::vector<edge_base*>& edges) { // Outside ends may call wakers after the run.
    for (edge_base* e : edges) {
      if (e->outside()) { e->keep(shared_from_this()); }
    }
  };
  for (const auto& n : graph_.nodes) {
    keep(n->inputs());
    keep(n->outputs());
  }
  begun_at_ = clock::now();
  const std::uint64_t now = ticks();
  for (stage_task& t : tasks_) { t.since.set(now); }
  // Sinks first: a drainer that comes early finds nothing to do there, and data flows as soon as a source runs.
  for (auto t = tasks_.rbegin(); t != tasks_.rend(); ++t) { t->wake(); }
  rests();
}

void run_core::retired_one() noexcept {
  count_.one_closed();
  rests();
}

void run_core::rests() noexcept {
  while (const std::optional<std::uint64_t> last = count_.rests()) {
    if (count_.all_closed()) { return end(); }
    if (!waits_outside()) {
      if (count_.still(*last)) { stalled(); }
    } else if (count_.leaves(*last)) {
      return; // The run may be over and gone.
    }
  }
}

void run_core::stalled() noexcept {
  try {
    fail({}, std::make_exception_ptr(stall_error(describe_stall())));
  } catch (...) { fail({}, std::current_exception()); }
}

// Whoever ends the run keeps its count: a wake that comes later finds that it is not the last. What is still queued goes
// before anybody learns of the end, for it may hold on to what the caller destroys next.
void run_core::end() noexcept {
  for (const auto& e : graph_.edges) { e->discard(); }
  for (const auto& p : pools_) {
    if (p != nullptr) { p->disarm(); }
  }
  over_at_ = clock::now();
  cpu_at_end_ = process_cpu_seconds();
  count_.end(); // The last touch.
}

void run_core::fail(const std::string& stage, std::exception_ptr error) noexcept {
  {
    const std::lock_guard lock(slow_);
    if (first_error_ && !std::exchange(only_cancelled_, false)) {
      try {
        later_errors_.push_back(std::move(error));
      } catch (...) {} // Out of memory while it fails already: the first error is what counts.
    } else {
      first_error_ = std::move(error);
      if (!stage.empty()) {
        try {
          std::rethrow_exception(first_error_);
        } catch (const std::exception& e) {
          first_error_ = std::make_exception_ptr(run_error(stage, e.what(), std::current_exception()));
        } catch (...) {
          first_error_ = std::make_exception_ptr(
              run_error(stage, "threw something that is no std::exception", std::current_exception()));
        }
      }
    }
  }
  signals_.cancelled.set(true);
  signals_.interrupted.set(true);
  raise_stop();
  wake_all();
}

void run_core::arm_timer(stage_task& stage, clock::time_point when) {
  scheduler_->wake_at(when, stage, shared_from_this());
}

void run_core::pause() noexcept { signals_.paused.set(true); }

void run_core::resume() noexcept {
  signals_.paused.set(false);
  wake_all();
}

void run_core::finish(bool interrupted) noexcept {
  if (interrupted) { signals_.interrupted.set(true); }
  signals_.finishing.set(true);
  signals_.paused.set(false);
  raise_stop();
  wake_all();
}

void run_core::cancel() noexcept {
  {
    const std::lock_guard lock(slow_);
    if (!over() && !first_error_) {
      first_error_ = std::make_exception_ptr(cancelled_error());
      only_cancelled_ = true;
    }
  }
  signals_.cancelled.set(true);
  signals_.interrupted.set(true);
  raise_stop();
  wake_all();
}

void run_core::wake_all() noexcept {
  for (stage_task& t : tasks_) { t.wake(); }
}

int run_core::stop_descriptor() {
  const std::lock_guard lock(slow_);
  if (stop_descriptor_ < 0) {
    stop_descriptor_ = ::eventfd(stop_raised_ ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_descriptor_ < 0) { throw std::system_error(errno, std::generic_category(), "weir: eventfd"); }
  }
  return stop_descriptor_;
}

void run_core::raise_stop() noexcept {
  const std::lock_guard lock(slow_);
  if (std::exchange(stop_raised_, true) || stop_descriptor_ < 0) { return; }
  const std::uint64_t one = 1;
  (void)!::write(stop_descriptor_, &one, sizeof one);
}

// An outside end that has said its last word may still be about to wake the stage that is parked there.
bool run_core::waits_outside() const noexcept {
  for (const stage_task& t : tasks_) {
    if (const edge_base* e = t.where(); !t.done() && e != nullptr && e->outside()) { return true; }
    for (const edge_base* e : t.what().inputs()) {
      if (e->outside() && !e->finished()) { return true; }
    }
    for (const edge_base* e : t.what().outputs()) {
      if (e->outside() && !e->closed()) { return true; }
    }
  }
  return false;
}

std::string run_core::describe_stall() const {
  std::string text = "weir: the run is stalled, no stage can go on:";
  constexpr const char* k_waits[] = {
      "ready", "waits for input", "waits for room",        "waits for a block of its pool",
      "timer", "blocking",        "waits for the outside", "paused",
      "done"};
  for (const stage_task& t : tasks_) {
    if (t.done()) { continue; }
    text += "\n  " + t.what().name() + " " + k_waits[static_cast<std::size_t>(t.why())];
    if (const edge_base* e = t.where(); e != nullptr) {
      text += " at " + e->name() + " (" + std::to_string(e->items_in() - e->items_out()) + " of " +
              std::to_string(e->capacity()) + ")";
    }
  }
  return text;
}

report run_core::outcome() const {
  {
    const std::lock_guard lock(slow_);
    if (first_error_) { std::rethrow_exception(first_error_); }
  }
  return snapshot();
}

} // namespace weir::detail
