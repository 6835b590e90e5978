#pragma once
// hub_roll: who is attached to a hub, and the hub's stage while it lives. Threads that attach and detach change the roll and
// wake the stage, which takes the changes between two items.
//
//   function                  who               waits         progress
//   add wake gone size        anyone            a short lock  –
//   begins attached ends      the hub's stage   a short lock  –
//   news                      the hub's stage   no            wait-free
//
// Invariants
//   I1  news() is raised before the wake that follows a change, and lowered before the roll is read: a change is seen by the
//       turn that it woke, or by the one that runs
//   I2  what was added is in what attached() gives, or in what ends() does, which is the last to give anything

#include <weir/atomics.hpp>
#include <weir/waker.hpp>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::detail {

template <class Link, class Atomics = std_atomics>
class hub_roll {
 public:
  /// False: the hub's run is over, and nothing was added.
  [[nodiscard]] bool add(const Link& link) {
    const std::lock_guard lock(mutex_);
    if (over_) { return false; }
    links_.push_back(link);
    tell();
    return true;
  }
  /// Something about a link has changed.
  void wake() {
    const std::lock_guard lock(mutex_);
    tell();
  }
  void gone(const Link& link) {
    const std::lock_guard lock(mutex_);
    std::erase(links_, link);
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return links_.size();
  }

  // ---- the hub's stage ----
  void begins(waker& stage) {
    const std::lock_guard lock(mutex_);
    stage_ = &stage;
  }
  /// From now on nothing is added and nobody is woken. What was still attached.
  [[nodiscard]] std::vector<Link> ends() {
    const std::lock_guard lock(mutex_);
    stage_ = nullptr;
    over_ = true;
    return std::exchange(links_, {});
  }
  [[nodiscard]] bool news() const noexcept { return news_.get(); }
  [[nodiscard]] std::vector<Link> attached() {
    const std::lock_guard lock(mutex_);
    news_.set(false);
    return links_;
  }

 private:
  void tell() {
    news_.set(true);
    if (stage_ != nullptr) { stage_->wake(); }
  }

  mutable typename Atomics::mutex mutex_; // attaching, detaching, and the end: never between two items
  std::vector<Link> links_;
  waker* stage_ = nullptr;
  bool over_ = false;
  hint<bool> news_{false}; // set before a wake, so the turn that follows sees it
};

} // namespace weir::detail
