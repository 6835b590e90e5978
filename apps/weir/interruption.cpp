#include "apps/weir/interruption.hpp"

#include "apps/weir/exit_code.hpp"
#include "stages/file/temporaries.hpp"

#include <unistd.h>

namespace weir::command {

void interruption::aim_at(const run& target) {
  const std::lock_guard lock(mutex_);
  target_ = target;
}

void interruption::on_signal(int signal) noexcept {
  const std::lock_guard lock(mutex_);
  if (target_) return target_->interrupt();
  stages::unlink_temporaries();
  _exit(k_exit_signal_base + signal);
}

} // namespace weir::command
