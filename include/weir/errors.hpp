#pragma once
// The exceptions of plans and runs.

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir {

struct report;

/// A plan that cannot run: open ends, a memory limit too small, a single-use part used twice.
class plan_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A run that failed: `stage(): what the stage said`. The stage's own exception is nested: std::rethrow_if_nested.
class run_error : public std::runtime_error, public std::nested_exception {
 public:
  run_error(std::string stage, const std::string& what, std::exception_ptr cause)
      : std::runtime_error(stage + ": " + what), stage_(std::move(stage)), cause_(std::move(cause)) {}
  run_error(const run_error& first, std::vector<std::exception_ptr> later) : run_error(first) {
    later_ = std::move(later);
  }

  /// The name of the stage that failed first.
  [[nodiscard]] const std::string& stage() const noexcept { return stage_; }
  /// What it threw.
  [[nodiscard]] const std::exception_ptr& cause() const noexcept { return cause_; }
  /// What other stages threw after it, in order: run_errors too.
  [[nodiscard]] const std::vector<std::exception_ptr>& later() const noexcept { return later_; }

 private:
  std::string stage_;
  std::exception_ptr cause_;
  std::vector<std::exception_ptr> later_;
};

/// No stage of the run can ever go on. The text names the cycle of waits.
class stall_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  stall_error(const std::string& text, std::shared_ptr<const report> state)
      : std::runtime_error(text), state_(std::move(state)) {}

  /// The run at that moment, for to_dot() and to_mermaid(); null on the deterministic backend's own complaints.
  [[nodiscard]] const std::shared_ptr<const report>& state() const noexcept { return state_; }

 private:
  std::shared_ptr<const report> state_;
};

/// A stage's account of its items does not balance: a fault of the engine, or of a node of your own.
class balance_error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// The run was cancelled.
class cancelled_error : public std::runtime_error {
 public:
  cancelled_error() : std::runtime_error("weir: the run was cancelled") {}
};

} // namespace weir
