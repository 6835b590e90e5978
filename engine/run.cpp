// The public handles: engine and run.

#include <weir/run.hpp>

#include "engine/pool.hpp"

namespace weir {

engine::engine(std::size_t threads) : core_(std::make_unique<detail::engine_core>(threads)) {}
engine::~engine() = default;
std::size_t engine::threads() const noexcept { return core_->threads(); }

engine& engine::shared() {
  static engine one;
  return one;
}

void run::pause() noexcept { core_->pause(); }
void run::resume() noexcept { core_->resume(); }
void run::finish() noexcept { core_->finish(false); }
void run::interrupt() noexcept { core_->finish(true); }
void run::cancel() noexcept { core_->cancel(); }
bool run::over() const noexcept { return core_->over(); }
report run::snapshot() const { return core_->snapshot(); }

report run::wait() {
  static_cast<detail::engine_core&>(core_->scheduling()).join(*core_);
  return core_->outcome();
}

} // namespace weir
