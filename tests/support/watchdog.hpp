#pragma once
// watchdog: a test that hangs says where it hangs, then aborts.

#include <weir/run.hpp>
#include <weir/stage.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace weir::test {

/// Every stage and edge of a run as text: what a hung test leaves behind.
inline std::string state_of(const report& r) {
  constexpr const char* k_reasons[] = {"ready",    "input",   "room",   "memory", "time",
                                       "blocking", "outside", "paused", "done"};
  std::string text;
  for (const stage_report& s : r.stages) {
    text += "  stage " + s.name + ": " + k_reasons[static_cast<std::size_t>(s.state)] + ", in " +
            std::to_string(s.items_in) + ", out " + std::to_string(s.items_out) + "\n";
  }
  for (const edge_report& e : r.edges) {
    text += "  edge " + e.name + ": " + std::to_string(e.items) + " of " + std::to_string(e.capacity) + "\n";
  }
  return text;
}

/// While it lives, a limit on how long the test may take. At the limit it prints `what` and what `state`
/// returns, and aborts. Sanitizers get the same limit: choose it generously.
class watchdog {
 public:
  watchdog(std::string what, std::function<std::string()> state, std::chrono::seconds limit = std::chrono::seconds(90))
      : what_(std::move(what)), state_(std::move(state)), thread_([this, limit] { watch(limit); }) {}
  explicit watchdog(std::string what) : watchdog(std::move(what), [] { return std::string(); }) {}
  watchdog(std::string what, const run& watched)
      : watchdog(std::move(what), [watched] { return state_of(watched.snapshot()); }) {}
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog() {
    {
      const std::lock_guard lock(mutex_);
      fed_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

 private:
  void watch(std::chrono::seconds limit) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, std::chrono::steady_clock::now() + limit, [this] { return fed_; })) { return; }
    std::fprintf(stderr, "watchdog: %s does not end:\n%s", what_.c_str(), state_().c_str());
    std::fflush(stderr);
    std::abort();
  }

  std::string what_;
  std::function<std::string()> state_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool fed_ = false;
  std::thread thread_;
};

} // namespace weir::test
