#include "engine/timer_thread.hpp"

#include <algorithm>
#include <utility>

namespace weir::detail {

void timer_thread::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) { thread_.join(); }
}

void timer_thread::add(timer t) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) { return; }
    if (!thread_.joinable()) { // First: a timer of which the caller is told that it was not set must not go off.
      thread_ = std::thread([this] { work(); });
    }
    heap_.push_back(std::move(t));
    std::push_heap(heap_.begin(), heap_.end());
  }
  changed_.notify_one();
}

void timer_thread::work() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    if (heap_.empty()) {
      changed_.wait(lock);
    } else if (heap_.front().when > clock::now()) {
      const clock::time_point due = heap_.front().when; // A copy: a timer that is added meanwhile moves the others.
      changed_.wait_until(lock, due);
    } else {
      std::pop_heap(heap_.begin(), heap_.end());
      timer due = std::move(heap_.back());
      heap_.pop_back();
      lock.unlock();
      if (auto alive = due.alive.lock()) {
        due.whom->wake();
        alive.reset(); // It may be the last to hold the run.
      }
      lock.lock();
    }
  }
}

} // namespace weir::detail
