#pragma once

#include <algorithm>
#include <chrono>

namespace weir::stages {

/// How long a compute thread was held by calls that should only copy into the page cache, and when that is too much.
/// A disk that is waited for now and then (a commit of its journal) is forgiven; one that sets the pace is not.
/// One thread at a time.
class disk_patience {
 public:
  using duration = std::chrono::nanoseconds;

  /// After a call: how long it took, and whether the thread was put to sleep in it.
  void called(duration took, bool slept) {
    waited_ = slept ? waited_ + took : std::max(duration::zero(), waited_ - took / k_work_for_wait);
  }
  /// For good, since then nothing is counted any more.
  bool lost() const { return waited_ > k_most; }

 private:
  static constexpr duration k_most = std::chrono::milliseconds(50);
  static constexpr int k_work_for_wait = 16; ///< time at work that makes up for one of waiting

  duration waited_{0};
};

} // namespace weir::stages
