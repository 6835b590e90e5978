#pragma once
// run_core: one run's life, from opening its stages to the last of them closing.

#include "engine/balance.hpp"
#include "engine/run_count.hpp"
#include "engine/scheduler.hpp"
#include "engine/stage_task.hpp"
#include "engine/task_row.hpp"

#include <weir/errors.hpp>
#include <weir/graph.hpp>
#include <weir/plan.hpp>
#include <weir/report.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace weir::detail {

class run_core final : public run_services, public std::enable_shared_from_this<run_core> {
 public:
  run_core(scheduler& where, graph what, plan_facts granted, const std::vector<observation>& observers,
           std::stop_token stop, std::function<void()> on_over);
  ~run_core();

  // ---- whoever starts it ----
  /// Opens every stage, sources before sinks; throws the first that fails, with its name.
  void open();
  /// Makes every stage ready that has not begun parked.
  void begin();

  // ---- stages and their wakers ----
  void stirs(std::uint32_t times = 1) noexcept { count_.stirs(times); }
  void rests() noexcept;
  /// A stage has closed; it still holds its count.
  void retired_one() noexcept { count_.one_closed(); }
  void fail(const std::string& stage, std::exception_ptr error) noexcept;
  /// An edge that the stage writes to was closed.
  void unwanted(const stage_task& stage) noexcept;
  void arm_timer(stage_task& stage, clock::time_point when);
  [[nodiscard]] scheduler& scheduling() const noexcept { return *scheduler_; }
  [[nodiscard]] const run_signals& signals() const noexcept { return signals_; }

  [[nodiscard]] balance& balancing() noexcept { return balance_; }
  [[nodiscard]] std::size_t stages() const noexcept { return tasks_.size(); }
  std::size_t place = 0; ///< among the runs of its engine; under the engine's lock
  /// The stage that this is, or null: it is compared, not looked at.
  [[nodiscard]] const node* find(const stage_task* stage) const noexcept;

  /// Wakes the neighbours of a stage of this run that have something to do, if the stage was to tell them at its turn's
  /// end only. Any thread that holds the run.
  void wake_around(const stage_task& stage) noexcept;

  // ---- the handle ----
  void pause() noexcept;
  void resume() noexcept;
  void finish(bool interrupted) noexcept;
  void cancel() noexcept;
  [[nodiscard]] bool over() const noexcept { return count_.over(); }
  void wait_over() const noexcept { count_.wait(); }
  /// Works for it until it is over, if its engine is still there. Throws std::logic_error inside a stage.
  void await();
  /// The final report, or throws the run's error. Only when over.
  [[nodiscard]] report outcome() const;
  /// Prints an error that outcome() was never asked for. Only when over.
  void tell_unasked() noexcept;
  /// No handle will ask for the outcome.
  void leave_alone() noexcept;
  [[nodiscard]] bool unattended() const noexcept;
  [[nodiscard]] report snapshot() const;

  // ---- run_services ----
  [[nodiscard]] clock::time_point now() noexcept override { return scheduler_->now(); }
  [[nodiscard]] int stop_descriptor(const waker& of) override;
  [[nodiscard]] std::size_t threads() const noexcept override { return scheduler_->threads(); }
  [[nodiscard]] std::shared_ptr<void> alive() override { return shared_from_this(); }
  [[nodiscard]] run start_beside(const part_list& parts, const run_options& options,
                                 std::function<void()> on_over) override;

 private:
  void stalled() noexcept;
  void check_account() noexcept;
  /// An error with the name of its stage in front.
  [[nodiscard]] static std::exception_ptr named(const std::string& stage, const std::exception_ptr& error);
  void tell() noexcept;
  void end() noexcept;
  void wake_all() noexcept;
  void raise_stop() noexcept;
  [[nodiscard]] bool waits_outside() const noexcept;
  [[nodiscard]] std::string describe_stall() const;
  void fill_stages(report& r) const;
  void fill_memory(report& r) const;
  void prefetch() const noexcept;

  scheduler* scheduler_;
  plan_facts granted_;
  std::vector<std::unique_ptr<block_pool>> pools_; // outlive the graph, whose edges hold blocks
  graph graph_;
  task_row tasks_;
  balance balance_{tasks_};
  run_signals signals_;
  std::function<void()> on_over_;
  std::stop_token stop_;

  [[no_unique_address]] run_count<> count_; // what follows lies in its padding, on a line that is written at ends only

  mutable std::mutex slow_; // errors and the stop descriptors: never on the data path
  std::exception_ptr first_error_;
  bool cancelled_only_ = false; // the first error is no more than cancel()
  std::vector<std::exception_ptr> later_errors_;
  mutable hint<bool> asked_{false};
  bool unattended_ = false;
  bool ended_ = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
  struct stop_descriptor_of {
    const waker* stage;
    int number;
  };
  std::vector<stop_descriptor_of> stop_descriptors_; // of the stages that have asked
  bool stop_raised_ = false;

  clock::time_point begun_at_;
  clock::time_point over_at_{};
  double cpu_at_begin_ = 0;
  double cpu_at_end_ = 0;
};

/// What the process has used, as this thread last asked, at most 50 us ago: asking costs as much as a whole small run.
struct process_usage {
  double cpu_seconds = 0;
  std::uint64_t rss_peak_bytes = 0;
};
[[nodiscard]] process_usage usage_of_process() noexcept;

} // namespace weir::detail
