#include "apps/weir/interruption.hpp"

#include "apps/weir/exit_code.hpp"
#include "stages/file/temporaries.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include <unistd.h>

namespace weir::command {

namespace {

/// For stages to look up from what they do; one that waits in the kernel never does.
constexpr std::chrono::seconds k_to_cancel{2};
/// For the disk, while the last positions and the report are written.
constexpr std::chrono::seconds k_to_tell{5};
/// Clocks overflow on "for ever".
constexpr std::chrono::hours k_longest{24 * 365};

} // namespace

interruption::interruption(std::chrono::nanoseconds patience, std::function<void()> give_up)
    : patience_(patience), give_up_(std::move(give_up)) {}

void interruption::aim_at(const run& target) {
  const std::lock_guard lock(mutex_);
  target_ = target;
}

void interruption::over() noexcept {
  const std::lock_guard lock(mutex_);
  over_ = true;
  changed_.notify_all();
}

void interruption::on_signal(int signal) noexcept {
  std::unique_lock lock(mutex_);
  if (!target_) {
    stages::unlink_temporaries();
    _exit(k_exit_signal_base + signal);
  }
  if (over_) return;
  target_->interrupt();
  if (ends_within(lock, patience_)) return;
  late_ = true;
  target_->cancel();
  if (ends_within(lock, k_to_cancel)) return;
  give_up();
  stages::unlink_temporaries();
  _exit(k_exit_leftovers);
}

/// On a thread of its own: what it needs may be held by the stage that hangs.
void interruption::give_up() noexcept {
  try {
    const auto told = std::make_shared<std::promise<void>>();
    std::thread([this, told] {
      give_up_();
      told->set_value();
    }).detach();
    told->get_future().wait_for(k_to_tell);
  } catch (...) {} // no thread: the process ends all the same
}

bool interruption::ends_within(std::unique_lock<std::mutex>& lock, std::chrono::nanoseconds time) {
  return changed_.wait_for(lock, std::min<std::chrono::nanoseconds>(time, k_longest), [this] { return over_; });
}

bool interruption::ran_out_of_time() const noexcept {
  const std::lock_guard lock(mutex_);
  return late_;
}

} // namespace weir::command
