#pragma once
// random_graphs: graphs made and shrunk by RapidCheck. Only random_graphs.cpp names that library.
//
//   WEIR_GRAPHS=20000             that many graphs, from a new seed each time, which is printed
//   RC_PARAMS="seed=1"            the graphs of that seed
//   RC_PARAMS="reproduce=…"       one failing graph, shrunk; a failure prints the words to use

#include "tests/oracle/graph.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace weir::oracle {

/// How many graphs: `usual`, fewer under a sanitizer, or what WEIR_GRAPHS says.
[[nodiscard]] std::size_t graphs_wanted(std::size_t usual);
/// WEIR_GRAPHS is set: figures are wanted too.
[[nodiscard]] bool many_graphs() noexcept;

/// Calls `judge` for `n` graphs; what it throws is a failure, and the graph is shrunk. Returns the failure as text, or
/// nothing. `threads`: the graphs say on how many threads of the engine they run; else on none.
[[nodiscard]] std::string for_random_graphs(const std::string& name, std::size_t n, bool threads,
                                            const std::function<void(const graph&)>& judge);

} // namespace weir::oracle
