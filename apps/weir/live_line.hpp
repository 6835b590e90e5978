// The thread that draws the live line.
#pragma once

#include "apps/weir/progress_line.hpp"

#include <weir/run.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace weir::command {

/// Reads a run's account ten times a second and makes of it what progress_line() shows. One thread.
class progress_meter {
 public:
  using clock = std::chrono::steady_clock;

  explicit progress_meter(std::uint64_t memory_limit) : memory_limit_(memory_limit) {}

  /// `at` must not go back. Rates are those of the last second or so.
  [[nodiscard]] progress_snapshot read(const report& from, clock::time_point at);

 private:
  /// Bytes a second, smoothed.
  class speed {
   public:
    double update(std::uint64_t total, clock::time_point at);

   private:
    std::uint64_t total_ = 0;
    clock::time_point at_{};
    double per_second_ = 0;
    bool begun_ = false;
    bool measured_ = false;
  };

  std::uint64_t memory_limit_;
  speed in_;
  speed out_;
};

/// Draws on standard error from construction to destruction, which wipes the line.
class live_line {
 public:
  /// `stopping` is asked whether a signal has come; any thread may call it.
  live_line(const run& of, std::uint64_t memory_limit, std::function<bool()> stopping);
  ~live_line();
  live_line(const live_line&) = delete;
  live_line& operator=(const live_line&) = delete;

 private:
  run run_;
  progress_meter meter_;
  std::function<bool()> stopping_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;

  void draw_until_over();
  void draw();
};

} // namespace weir::command
