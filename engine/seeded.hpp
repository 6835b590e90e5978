#pragma once
// seeded: the deterministic backend. One thread, a virtual clock; which ready stage runs next, how long its turn is and
// which stages are woken for nothing is chosen by the seed. Same stage_task, same run_core: same seed, same schedule.

#include "engine/run_core.hpp"
#include "engine/scheduler.hpp"
#include "engine/timer_thread.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace weir::detail {

class seeded_scheduler final : public scheduler {
 public:
  explicit seeded_scheduler(std::uint64_t seed) : random_(seed) {}

  /// Works until the run, and every run that was started beside it, is over.
  void drain();

  // ---- scheduler ----
  void ready(stage_task& stage) noexcept override { ready_.push_back(&stage); }
  void again(stage_task& stage) noexcept override { ready_.push_back(&stage); }
  void blocking(stage_task& stage) override { stage.execute_blocking(); }
  void wake_at(clock::time_point when, waker& stage, std::weak_ptr<void> alive) override;
  [[nodiscard]] clock::time_point now() noexcept override { return now_; }
  [[nodiscard]] turn_budget budget(std::uint64_t begun) noexcept override;
  [[nodiscard]] std::size_t threads() const noexcept override { return 2; } // farms have two replicas
  void start(std::shared_ptr<run_core> run, bool joining) override;
  [[nodiscard]] std::shared_ptr<run_core> let_go(const run_core&) noexcept override { return nullptr; }
  void join(run_core& run) override;

 private:
  [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  bool next_timer();
  [[nodiscard]] bool all_over() const noexcept;

  std::mt19937_64 random_;
  std::vector<std::shared_ptr<run_core>> runs_;
  std::vector<stage_task*> ready_;
  std::size_t stages_ = 0; // of all runs
  std::vector<timer> timers_;
  clock::time_point now_{};
};

} // namespace weir::detail
