// One stress run: a cell's pipeline carried out, verified and measured.
#pragma once

#include "apps/weir/stress_attendant.hpp"
#include "apps/weir/stress_cell.hpp"

#include <weir/run.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::command {

struct stress_result {
  stress_cell of;
  std::vector<std::size_t> capacities; // of every edge, those inside of farms too
  std::uint64_t items = 0;             // made by the sources
  double seconds = 0;
  std::uint64_t wakes = 0;           // voluntary context switches of the process
  std::optional<memory_look> warm;   // the process's memory when the run had warmed up
  std::uint64_t memory_bytes = 0;    // at the end
  std::vector<std::string> findings; // what is wrong; empty: all is verified

  [[nodiscard]] double items_per_second() const noexcept;
  [[nodiscard]] double wakes_per_million() const noexcept;
  /// At the end, less than when it had warmed up.
  [[nodiscard]] std::optional<std::int64_t> memory_growth() const noexcept;
};

/// Runs the pipeline on an engine of its own. `on_start` is called with the run under way.
[[nodiscard]] stress_result run_stress(const stress_cell& cell, stress_pipeline& pipeline,
                                       const std::function<void(run&)>& on_start = {});
[[nodiscard]] stress_result run_stress(const stress_cell& cell, const std::function<void(run&)>& on_start = {});

} // namespace weir::command
