#pragma once
// timer_thread: wakes stages at a time. One thread, made when the first timer is set; a heap behind a lock, since a
// timer is no part of the data path.

#include <weir/clock.hpp>
#include <weir/waker.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::detail {

/// A wake to come.
struct timer {
  clock::time_point when;
  waker* whom;
  std::weak_ptr<void> alive; ///< while it is there, `whom` is

  /// The earliest on top of a std heap.
  friend bool operator<(const timer& a, const timer& b) noexcept { return a.when > b.when; }
};

class timer_thread {
 public:
  timer_thread() = default;
  timer_thread(const timer_thread&) = delete;
  timer_thread& operator=(const timer_thread&) = delete;
  ~timer_thread() { stop(); }

  /// Any thread. Throws std::system_error when the thread cannot be made. Does nothing once it is stopped.
  void add(timer t);
  /// Timers go off no more; waits for one that does.
  void stop() noexcept;

 private:
  void work();

  std::mutex mutex_; // once a timer, never an item
  std::condition_variable changed_;
  std::vector<timer> heap_;
  bool closing_ = false;
  std::thread thread_;
};

} // namespace weir::detail
