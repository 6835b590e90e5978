// Who stands beside a stress run: ends it when its time is over, looks at the process's memory, and notices when
// nothing moves any more.
#pragma once

#include <weir/run.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace weir::command {

/// The process's resident memory at a time of the run.
struct memory_look {
  double seconds = 0;
  std::uint64_t bytes = 0;
};

/// The look that the end of a run of this length is compared with: the one at minute 1 where the run went on after it,
/// else the latest in the run's first half, if there is one.
[[nodiscard]] std::optional<memory_look> warmed_up(const std::vector<memory_look>& looks, double seconds);

class stress_attendant {
 public:
  /// `duration` 0: the run ends by itself. When no item has moved for `patience`, the run is cancelled.
  stress_attendant(run watched, std::chrono::nanoseconds duration,
                   std::chrono::nanoseconds patience = std::chrono::minutes(1));
  /// Ends its watch.
  ~stress_attendant();
  stress_attendant(const stress_attendant&) = delete;
  stress_attendant& operator=(const stress_attendant&) = delete;

  struct account {
    std::vector<memory_look> looks; // in the order of time
    std::string stuck;              // what every stage waited for when nothing moved; empty as a rule
  };
  /// Ends the watch.
  [[nodiscard]] account leave();

 private:
  using time = std::chrono::steady_clock::time_point;

  void watch();
  void look_at_memory();
  void look_for_progress();

  run run_;
  std::chrono::nanoseconds patience_;
  time begun_;
  time end_;
  time next_look_;
  time next_question_;
  std::uint64_t moved_ = 0; // when it was last asked
  account account_;
  std::mutex mutex_;
  std::condition_variable left_;
  bool leaves_ = false;
  std::thread thread_;
};

} // namespace weir::command
