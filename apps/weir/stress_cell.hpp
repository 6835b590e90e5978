// One cell of a stress run: a shape with its threads, its capacities and its delays; and the pipeline it stands for.
#pragma once

#include "apps/weir/stress_stages.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace weir::command {

enum class stress_shape {
  chain,          // a source, three stages of three forms, a sink
  farm,           // three replicas whose results keep the order
  farm_unordered, // three replicas, results as they come
  tee,            // three branches, each with a sink of its own
  merge           // three sources
};

/// As the command line has it: "farm-unordered".
[[nodiscard]] std::string to_string(stress_shape shape);
[[nodiscard]] const std::vector<stress_shape>& all_stress_shapes();

struct stress_cell {
  stress_shape shape = stress_shape::chain;
  unsigned threads = 2;
  std::optional<std::size_t> capacity{}; ///< of every edge; else the seed draws each of them
  bool delays = false;
  std::uint64_t seed = 1;
  std::uint64_t items = 0;             ///< 0: no end of their own
  std::chrono::nanoseconds duration{}; ///< 0: no end of its own
};

/// The command line that runs this cell alone again: "weir stress --shape chain …".
[[nodiscard]] std::string to_repeat(const stress_cell& cell);

/// The pipeline of a cell and what its sources and sinks know. The plan serves one run.
struct stress_pipeline {
  explicit stress_pipeline(const stress_cell& cell);
  stress_pipeline(const stress_pipeline&) = delete;
  stress_pipeline& operator=(const stress_pipeline&) = delete;

  std::deque<stream_account> made; // by each source
  std::deque<stream_check> seen;   // by each sink: all of them see all that was made
  plan what;

  /// All that the sources have made.
  [[nodiscard]] stream_account all_made() const;
  /// What is wrong, sink by sink, once the run is over; empty when nothing is.
  [[nodiscard]] std::vector<std::string> findings() const;

 private:
  class maker;
};

} // namespace weir::command
