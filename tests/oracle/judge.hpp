#pragma once
// judge: runs a graph and compares with what the interpreter says.

#include "tests/oracle/graph.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace weir::oracle {

/// What was seen so far; for the figures.
struct tally {
  std::size_t graphs = 0;
  std::size_t runs = 0;
  std::size_t refused = 0;                  ///< graphs whose joins check() refuses
  std::size_t refused_stalled = 0;          ///< … and whose run stalled
  std::map<std::string, std::size_t> with;  ///< graphs with that form, end or action
  std::map<std::string, std::size_t> acted; ///< runs in which the action came about

  void count(const graph& g);
  [[nodiscard]] std::string text() const;
};

/// Runs the graph on the deterministic backend, twice, with different seeds. Throws std::runtime_error that says what is wrong.
void judge_seeded(const graph& g, tally& seen);
/// Runs the graph on an engine of g.threads threads.
void judge_on_threads(const graph& g, tally& seen);

} // namespace weir::oracle
