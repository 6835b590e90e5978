#include "apps/weir/stress_command.hpp"

#include "apps/weir/exit_code.hpp"
#include "apps/weir/json_file.hpp"
#include "apps/weir/signals.hpp"
#include "apps/weir/stress_report.hpp"
#include "apps/weir/terminal.hpp"
#include "stages/file/temporaries.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace weir::command {

namespace {

/// The run that is under way, for the thread that learns of a signal.
class current_run {
 public:
  void is(const run& now) {
    const std::lock_guard lock(mutex_);
    run_ = now;
  }
  void interrupt() {
    const std::lock_guard lock(mutex_);
    if (run_) run_->interrupt();
  }

 private:
  std::mutex mutex_;
  std::optional<run> run_;
};

/// Runs cell after cell until a signal comes.
class stress_rows {
 public:
  stress_rows(current_run& current, const signal_watch& signals, bool table_aside)
      : current_(current), signals_(signals), table_aside_(table_aside) {}

  void run_all(const stress_options& with) {
    show(stress_table_head(with));
    for (const stress_cell& cell : with.cells()) {
      if (signals_.received() != 0) return;
      const stress_result& result = results_.emplace_back(run_stress(cell, [this](run& started) { aim_at(started); }));
      show(stress_table_row(result));
      if (!result.findings.empty()) complain(stress_complaint(result));
    }
  }
  [[nodiscard]] const std::vector<stress_result>& results() const noexcept { return results_; }
  [[nodiscard]] bool all_printed() const noexcept { return all_printed_; }

 private:
  void show(const std::string& text) {
    if (table_aside_) return print_aside(text);
    all_printed_ = print_or_fail(text) == k_exit_success && all_printed_;
  }
  // A signal that came between two runs has met none, or the one before.
  void aim_at(run& started) {
    current_.is(started);
    if (signals_.received() != 0) started.interrupt();
  }

  current_run& current_;
  const signal_watch& signals_;
  bool table_aside_;
  bool all_printed_ = true;
  std::vector<stress_result> results_;
};

} // namespace

int stress_command(const stress_options& with) {
  current_run current;
  const signal_watch signals([&current](int) { current.interrupt(); }, stages::unlink_temporaries);
  json_file figures("json", with.json);
  stress_rows rows(current, signals, with.json == "-");
  rows.run_all(with);
  const int signal = signals.received();
  figures.write(stress_json(with, rows.results(), signal != 0));
  const bool verified =
      std::ranges::all_of(rows.results(), [](const stress_result& each) { return each.findings.empty(); });
  if (!verified || !rows.all_printed()) return k_exit_failure;
  return signal == 0 ? k_exit_success : k_exit_signal_base + signal;
}

} // namespace weir::command
