#pragma once
// own_timers: what a worker's stages wait for, while it stays with the worker: who naps until the next of them needs no other thread
// for it. The beat takes them from a worker that is held up in a turn.
//
//   function                  who                 waits
//   add                       the worker          a short lock
//   take_due, take_any, next  anyone              a short lock
//   size_hint                 anyone              no

#include "engine/timer_thread.hpp"

#include <weir/atomics.hpp>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

class own_timers {
 public:
  void add(timer t) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(t));
    size_.set(all_.size());
  }
  /// One that is due at `now`.
  [[nodiscard]] std::optional<timer> take_due(clock::time_point now) noexcept {
    const std::lock_guard lock(mutex_);
    return take(std::find_if(all_.begin(), all_.end(), [now](const timer& t) { return t.when <= now; }));
  }
  [[nodiscard]] std::optional<timer> take_any() noexcept {
    const std::lock_guard lock(mutex_);
    return take(all_.begin());
  }
  /// When the first of them is due; time_point::max() without any.
  [[nodiscard]] clock::time_point next() noexcept {
    const std::lock_guard lock(mutex_);
    clock::time_point first = clock::time_point::max();
    for (const timer& t : all_) { first = std::min(first, t.when); }
    return first;
  }
  /// Exact for the worker, as long as it is not held up.
  [[nodiscard]] std::size_t size_hint() const noexcept { return size_.get(); }

 private:
  std::optional<timer> take(std::vector<timer>::iterator at) noexcept {
    if (at == all_.end()) { return std::nullopt; }
    std::swap(*at, all_.back());
    std::optional<timer> taken(std::move(all_.back()));
    all_.pop_back();
    size_.set(all_.size());
    return taken;
  }

  std::mutex mutex_; // once a timer, never an item
  std::vector<timer> all_;
  hint<std::size_t> size_{0}; // written under the lock
};

} // namespace weir::detail
