#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace weir::stages {

/// Waits for the first of several descriptors, on a thread that may block. Its room is kept from one wait to the next.
class waiting {
 public:
  enum class end { ready, stopped, timeout };

  void clear() { polls_.clear(); }
  /// Returns the number to ask was_ready() with.
  std::size_t readable(int number) { return add(number, POLLIN); }
  std::size_t writable(int number) { return add(number, POLLOUT); }

  /// Until one is ready, `stop` (or -1) is readable, or the time is over. What failed or was closed counts as ready: the next
  /// call on it reports that.
  end wait(int stop, std::optional<std::chrono::milliseconds> limit = {});
  /// Whether the last wait() found it so.
  bool was_ready(std::size_t which) const { return polls_[which].revents != 0; }

 private:
  std::size_t add(int number, short what) {
    polls_.push_back({number, what, 0});
    return polls_.size() - 1;
  }

  std::vector<pollfd> polls_;
};

} // namespace weir::stages
