// What a signal does to a run.
#pragma once

#include <weir/run.hpp>

#include <mutex>
#include <optional>

namespace weir::command {

/// Between the thread that learns of a signal and the run that is meant. Any thread.
class interruption {
 public:
  /// From now on a signal interrupts this run, which must outlive the process's last signal or be forgotten.
  void aim_at(const run& target);

  /// The first signal: the run lets out what is in flow. Without a run (opening a named pipe may wait for
  /// long) the process ends, temporary files removed.
  void on_signal(int signal) noexcept;

 private:
  std::mutex mutex_;
  std::optional<run> target_;
};

} // namespace weir::command
