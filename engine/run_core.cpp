// The life of a run.

#include "engine/run_core.hpp"

#include "engine/build_graph.hpp"

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

namespace weir::detail {

process_usage usage_of_process() noexcept {
  constexpr std::uint64_t k_fresh = 150'000; // ticks, about 50 us
  thread_local process_usage last;
  thread_local std::uint64_t asked = 0;
  const std::uint64_t now = ticks();
  if (asked != 0 && now - asked < k_fresh) { return last; }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  last = {seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<std::uint64_t>(used.ru_maxrss) * 1024};
  asked = now;
  return last;
}

namespace {

// One for all runs, made before the first of them: cancel() needs no memory.
const std::exception_ptr& cancelled() {
  static const std::exception_ptr one = std::make_exception_ptr(cancelled_error());
  return one;
}

} // namespace

run_core::run_core(scheduler& where, graph what, plan_facts granted, const std::vector<observation>& observers,
                   std::stop_token stop, std::function<void()> on_over)
    : scheduler_(&where), granted_(std::move(granted)), graph_(std::move(what)), tasks_(graph_.nodes.size()),
      on_over_(std::move(on_over)), stop_(std::move(stop)), count_(static_cast<std::int64_t>(graph_.nodes.size())),
      begun_at_(clock::now()), cpu_at_begin_(usage_of_process().cpu_seconds) {
  (void)cancelled();
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    node& n = *graph_.nodes[i];
    stage_task& task = tasks_.emplace_back(*this, n);
    if (granted_.pool_bytes[i] != 0) {
      pools_.resize(graph_.nodes.size()); // Most runs have none.
      pools_[i] = std::make_unique<block_pool>(granted_.block_size, granted_.pool_bytes[i]);
    }
    for (const observation& o : observers) {
      if (o.stage.empty() || o.stage == n.name()) { task.observe(o.what, o.call); }
    }
  }
  for (stage_task& t : tasks_) { t.begin_parked(); }
  // When nothing can fail any more: an outside end must not be left with a waker that has gone.
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    graph_.nodes[i]->bind(signals_, *this, tasks_[i], pools_.empty() ? nullptr : pools_[i].get());
  }
}

run_core::~run_core() {
  prefetch();
  on_stop_.reset();                    // Waits for a cancel() under way on another thread.
  for (const auto& n : graph_.nodes) { // Outside ends that outlive the run wake nobody any more.
    for (edge_base* e : n->inputs()) { e->consumer(nullptr); }
    for (edge_base* e : n->outputs()) { e->producer(nullptr); }
  }
  for (const stop_descriptor_of& each : stop_descriptors_) { ::close(each.number); }
}

void run_core::open() {
  for (const auto& n : graph_.nodes) {
    try {
      n->start();
    } catch (...) { std::rethrow_exception(named(n->name(), std::current_exception())); }
  }
}

void run_core::begin() {
  const auto keep = [this](std::span<edge_base* const> edges) { // Outside ends may call wakers after the run.
    for (edge_base* e : edges) {
      if (e->outside()) { e->keep(shared_from_this()); }
    }
  };
  for (const auto& n : graph_.nodes) {
    keep(n->inputs());
    keep(n->outputs());
  }
  begun_at_ = clock::now();
  if (stop_.stop_possible()) {
    on_stop_.emplace(stop_, [this] { cancel(); });
  }
  const std::uint64_t now = ticks();
  for (stage_task& t : tasks_) { t.account.opens(now); }
  // Sinks first: a drainer that comes early finds nothing to do there, and data flows as soon as a source runs.
  for (std::size_t i = tasks_.size(); i > 0; --i) {
    if (!tasks_[i - 1].began_parked()) { tasks_[i - 1].wake(); }
  }
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
    fail({}, std::make_exception_ptr(stall_error(describe_stall(), std::make_shared<report>(snapshot()))));
  } catch (...) { fail({}, std::current_exception()); }
}

// Every item that a stage took is in one of its accounts, or the engine has lost it.
void run_core::check_account() noexcept {
  if (signals_.cancelled.get()) { return; }
  for (const auto& n : graph_.nodes) {
    const std::int64_t missing = n->unaccounted();
    if (missing == 0) { continue; }
    try {
      fail(n->name(), std::make_exception_ptr(balance_error("its account does not balance: " + std::to_string(missing) +
                                                            " items are missing")));
    } catch (...) { fail(n->name(), std::current_exception()); }
  }
}

// Whoever ends the run keeps its count: a wake that comes later finds that it is not the last. What is still queued goes
// before anybody learns of the end, for it may hold on to what the caller destroys next.
void run_core::end() noexcept {
  check_account();
  for (const auto& e : graph_.edges) { e->discard(); }
  for (const auto& p : pools_) {
    if (p != nullptr) { p->disarm(); }
  }
  over_at_ = clock::now();
  cpu_at_end_ = usage_of_process().cpu_seconds;
  {
    const std::lock_guard lock(slow_);
    ended_ = true;
    if (unattended_) { tell(); }
  }
  std::function<void()> tell_over = std::move(on_over_);
  const std::shared_ptr<run_core> last_hold =
      scheduler_->let_go(*this); // This may destroy the run, after its last touch.
  count_.end();                  // The last touch.
  if (tell_over) { tell_over(); }
}

// Its engine may go once it is over, so this says under the lock of its end that somebody is there.
void run_core::await() {
  {
    const std::lock_guard lock(slow_);
    if (ended_) { return wait_over(); }
    scheduler_->visits();
  }
  scheduler_->join(*this);
}

run run_core::start_beside(const part_list& parts, const run_options& options, std::function<void()> on_over) {
  return run(start_on(*scheduler_, parts, options, {}, std::move(on_over)));
}

void run_core::arm_timer(stage_task& stage, clock::time_point when) {
  try {
    scheduler_->wake_at(when, stage, weak_from_this());
  } catch (...) { fail(stage.what().name(), std::current_exception()); } // No thread to be had.
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
      first_error_ = cancelled();
      cancelled_only_ = true;
    }
  }
  signals_.interrupted.set(true); // First: who stops for the cancel must not look complete.
  signals_.cancelled.set(true);
  raise_stop();
  wake_all();
}

const node* run_core::find(const stage_task* stage) const noexcept {
  for (const stage_task& t : tasks_) {
    if (&t == stage) { return &t.what(); }
  }
  return nullptr;
}

void run_core::wake_all() noexcept {
  for (stage_task& t : tasks_) { t.wake(); }
}

void run_core::wake_around(const stage_task& stage) noexcept {
  if (!stage.cheap()) { return; }
  const auto has = [](std::span<edge_base* const> edges, const edge_base* e) {
    return std::find(edges.begin(), edges.end(), e) != edges.end();
  };
  const auto wake_if = [this](auto at_edge) {
    for (stage_task& t : tasks_) {
      if (at_edge(t.what())) { t.wake(); }
    }
  };
  for (const edge_base* e : stage.what().outputs()) {
    if (!e->consumer_waits() || e->items_in() == e->items_out()) { continue; }
    wake_if([&](const node& n) { return has(n.inputs(), e); });
  }
  for (const edge_base* e : stage.what().inputs()) {
    if (!e->producer_waits() || e->items_in() - e->items_out() >= e->capacity()) { continue; }
    wake_if([&](const node& n) { return has(n.outputs(), e); });
  }
}

namespace {

bool nobody_wants(const node& from) noexcept {
  const auto to = from.results();
  return !to.empty() && std::ranges::all_of(to, [](const edge_base* e) { return e->closed(); });
}

void raise(int descriptor) noexcept {
  const std::uint64_t one = 1;
  (void)!::write(descriptor, &one, sizeof one);
}

} // namespace

int run_core::stop_descriptor(const waker& of) {
  const std::lock_guard lock(slow_);
  for (const stop_descriptor_of& each : stop_descriptors_) {
    if (each.stage == &of) { return each.number; }
  }
  stop_descriptors_.reserve(stop_descriptors_.size() + 1);
  const bool raised = stop_raised_ || nobody_wants(static_cast<const stage_task&>(of).what());
  const int made = ::eventfd(raised ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) { throw std::system_error(errno, std::generic_category(), "weir: eventfd"); }
  stop_descriptors_.push_back({&of, made});
  return made;
}

// Closed before the lock is taken: a stage that asks later finds it so, one that has asked is found here.
void run_core::unwanted(const stage_task& stage) noexcept {
  const std::lock_guard lock(slow_);
  for (const stop_descriptor_of& each : stop_descriptors_) {
    if (each.stage == &stage && nobody_wants(stage.what())) { raise(each.number); }
  }
}

void run_core::raise_stop() noexcept {
  const std::lock_guard lock(slow_);
  if (std::exchange(stop_raised_, true)) { return; }
  for (const stop_descriptor_of& each : stop_descriptors_) { raise(each.number); }
}

// An outside end that has said its last word may still be about to wake the stage that is parked there.
bool run_core::waits_outside() const noexcept {
  for (const stage_task& t : tasks_) {
    if (const edge_base* e = t.where(); !t.done() && e != nullptr && e->outside()) { return true; }
    for (const edge_base* e : t.what().inputs()) { // Items from outside help only who waits for them.
      if (e->outside() && !e->finished() && !t.done() && e->consumer_waits()) { return true; }
    }
    for (const edge_base* e : t.what().outputs()) {
      if (e->outside() && !e->closed()) { return true; }
    }
  }
  return false;
}

} // namespace weir::detail
