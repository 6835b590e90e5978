#pragma once
// scheduler: what a run needs from whoever carries it out. The pool (pool.hpp) and the deterministic backend
// (seeded.hpp) stand behind it; stage_task and run_core are the same for both.

#include <weir/clock.hpp>
#include <weir/stage.hpp>

#include <cstddef>
#include <memory>

namespace weir::detail {

class run_core;
class stage_task;

class scheduler {
 public:
  /// The stage has become ready: list it. Any thread. Never waits.
  virtual void ready(stage_task& stage) noexcept = 0;
  /// The stage has used up its turn and could go on: list it behind the others, or go on with it where it may block. Its own
  /// worker only. Never waits.
  virtual void again(stage_task& stage) noexcept = 0;
  /// The stage's next turn must be on a thread that may block; it is running and stays so.
  virtual void blocking(stage_task& stage) = 0;
  /// Wakes the stage at `when`. `alive`: while it is there.
  virtual void wake_at(clock::time_point when, waker& stage, std::weak_ptr<void> alive) = 0;
  [[nodiscard]] virtual clock::time_point now() noexcept = 0;
  /// For a turn that began at this tick.
  [[nodiscard]] virtual turn_budget budget(std::uint64_t begun) noexcept = 0;
  [[nodiscard]] virtual std::size_t threads() const noexcept = 0;
  /// Opens and begins a run. `joining`: the caller is about to join() it.
  virtual void start(std::shared_ptr<run_core> run, bool joining) = 0;
  /// The run is about to be over: the caller is the one to hold it now.
  [[nodiscard]] virtual std::shared_ptr<run_core> let_go(const run_core& run) noexcept = 0;
  /// Before join(): the scheduler stays until that has come back, though the run may be over before. While the run is not over.
  virtual void visits() noexcept {}
  /// Works for the run on the calling thread until it is over. Throws std::logic_error where that cannot be.
  virtual void join(run_core& run) = 0;

 protected:
  ~scheduler() = default;
};

} // namespace weir::detail
