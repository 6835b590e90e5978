// The public handles: engine and run.

#include <weir/run.hpp>

#include "engine/pool.hpp"

#include <utility>

namespace weir {

engine::engine(std::size_t threads, slow_turn_watch watch)
    : core_(std::make_unique<detail::engine_core>(threads, std::move(watch))) {}
engine::~engine() = default;
std::size_t engine::threads() const noexcept { return core_->threads(); }

engine& engine::shared() {
  static engine one;
  return one;
}

namespace detail {

/// What the copies of a handle share.
class run_handle {
 public:
  explicit run_handle(std::shared_ptr<run_core> core) : core_(std::move(core)) {}
  run_handle(const run_handle&) = delete;
  run_handle& operator=(const run_handle&) = delete;
  ~run_handle() {
    if (core_->unattended()) { return; }
    if (core_->over()) {
      core_->tell_unasked();
      return;
    }
    core_->cancel();
    if (!stage_task::on_this_thread()) { join(); }
  }

  void join() {
    if (!core_->over()) { core_->await(); }
  }
  [[nodiscard]] run_core& core() const noexcept { return *core_; }

 private:
  std::shared_ptr<run_core> core_;
};

} // namespace detail

// Without a handle nobody could stop it, and the caller is told that nothing runs.
run::run(std::shared_ptr<detail::run_core> core) {
  try {
    handle_ = std::make_shared<detail::run_handle>(core);
  } catch (...) {
    core->cancel();
    if (!detail::stage_task::on_this_thread()) { core->await(); }
    throw;
  }
}

void run::pause() noexcept { handle_->core().pause(); }
void run::resume() noexcept { handle_->core().resume(); }
void run::finish() noexcept { handle_->core().finish(false); }
void run::interrupt() noexcept { handle_->core().finish(true); }
void run::cancel() noexcept { handle_->core().cancel(); }
bool run::over() const noexcept { return handle_->core().over(); }
report run::snapshot() const { return handle_->core().snapshot(); }
void run::detach() noexcept { handle_->core().leave_alone(); }

report run::wait() {
  handle_->join();
  return handle_->core().outcome();
}

} // namespace weir
