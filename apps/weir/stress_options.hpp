// The command line of `weir stress`.
#pragma once

#include "apps/weir/stress_cell.hpp"
#include "apps/weir/word.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::command {

struct stress_options {
  std::vector<stress_shape> shapes = all_stress_shapes();
  std::vector<unsigned> threads = {1, 2, 8};
  std::vector<std::optional<std::size_t>> capacities = {std::nullopt}; ///< an empty one is drawn by the seed
  bool delays = false;
  std::uint64_t seed = 0;
  std::uint64_t items = 0;             ///< of each cell; 0: as many as there is time for
  std::chrono::nanoseconds duration{}; ///< of all cells together; 0: until the items are through
  std::string json;                    ///< the file; empty: none

  /// One for each shape, each number of threads and each capacity.
  [[nodiscard]] std::vector<stress_cell> cells() const;
};

/// Reads the words behind `stress`, which is `name`. Throws usage_error, and help_request for --help.
[[nodiscard]] stress_options parse_stress_options(const word& name, std::span<const word> given);

} // namespace weir::command
