#include "engine/blocking_threads.hpp"

#include "engine/stage_task.hpp"

#include <utility>

namespace weir::detail {

constinit thread_local blocking_threads::place blocking_threads::t_place;

blocking_threads::~blocking_threads() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  more_.notify_all();
  for (std::thread& t : threads_) { t.join(); }
}

void blocking_threads::submit(stage_task& stage, bool claimed) {
  {
    const std::lock_guard lock(mutex_);
    // A job must never wait for another job's blocking call: each has a thread of its own.
    if (idle_ <= jobs_.size()) {
      threads_.reserve(threads_.size() + 1);
      threads_.emplace_back([this] { work(); });
      ++idle_;
    }
    jobs_.push_back({&stage, claimed});
  }
  more_.notify_one();
}

bool blocking_threads::goes_on(const stage_task& stage) noexcept {
  if (t_place.whose != this || t_place.stage != &stage) { return false; }
  t_place.again = true;
  return true;
}

void blocking_threads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    more_.wait(lock, [this] { return !jobs_.empty() || closing_; });
    if (jobs_.empty()) { return; }
    const job next = jobs_.back(); // in any order: no job waits, each has a thread
    jobs_.pop_back();
    --idle_;
    lock.unlock();
    t_place = {this, next.stage, false};
    if (next.claimed) {
      next.stage->execute_blocking();
    } else {
      (void)next.stage->execute(true, ticks());
    }
    while (std::exchange(t_place.again, false)) { (void)next.stage->execute(true, ticks()); }
    t_place.stage = nullptr; // It may be gone.
    lock.lock();
    ++idle_;
  }
}

} // namespace weir::detail
