#pragma once
// Small runs of every shape, each of which knows its right result: what faults are injected into.

#include "tests/support/stages.hpp"
#include "tests/support/tracked.hpp"

#include <weir/weir.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace weir::test {

/// Builds a plan, checks it, runs it on that engine and lets it go. False: it succeeded with a wrong result. Fails as
/// the run fails, or as its building does.
using small_run = std::function<bool(engine&)>;

struct named_run {
  std::string name;
  small_run what;
  /// What must hold when it is over, whether it succeeded or failed. Takes away what the run has left.
  std::function<bool(bool succeeded)> afterwards = [](bool) { return true; };

  /// For GoogleTest, whose names of tests would show its bytes.
  friend void PrintTo(const named_run& run, std::ostream* to) { *to << run.name; }
};

[[nodiscard]] std::vector<named_run> small_runs();

/// A run without any fault that succeeds and has the right result.
[[nodiscard]] bool clean_run(engine& where);

} // namespace weir::test
