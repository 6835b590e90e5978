// What a signal does to a run.
#pragma once

#include <weir/run.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

namespace weir::command {

/// Between the thread that learns of a signal and the run that is meant. Any thread.
class interruption {
 public:
  /// A run that was told to stop has `patience` to let out what is in flow. Then it is cancelled; and if that does not end it
  /// (a stage hangs in a call), `give_up`, which must not throw, is called and the process ends with k_exit_leftovers.
  interruption(std::chrono::nanoseconds patience, std::function<void()> give_up);

  /// From now on a signal interrupts this run, until over().
  void aim_at(const run& target);
  /// The run has ended: nobody waits for it any more.
  void over() noexcept;

  /// The first signal: the run lets out what is in flow. Returns when it is over. Without a run (opening a named pipe may
  /// wait for long) the process ends, temporary files removed.
  void on_signal(int signal) noexcept;

  /// The run was cancelled because it took too long.
  [[nodiscard]] bool ran_out_of_time() const noexcept;

 private:
  void give_up() noexcept;
  [[nodiscard]] bool ends_within(std::unique_lock<std::mutex>& lock, std::chrono::nanoseconds time);

  std::chrono::nanoseconds patience_;
  std::function<void()> give_up_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<run> target_;
  bool over_ = false;
  bool late_ = false;
};

} // namespace weir::command
