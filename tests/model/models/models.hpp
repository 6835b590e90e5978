#pragma once
// The models: small programs over the real headers, each run in every execution that the memory model allows.

#include "tests/model/checker/explorer.hpp"

#include <string>
#include <vector>

namespace weir::model {

struct named_model {
  std::string name; ///< file.what
  std::string what; ///< what holds in every execution, as a sentence
  program run;
};

[[nodiscard]] std::vector<named_model> ring_models();
[[nodiscard]] std::vector<named_model> edge_models();
[[nodiscard]] std::vector<named_model> flag_models();
[[nodiscard]] std::vector<named_model> scheduler_models();
[[nodiscard]] std::vector<named_model> run_models();
[[nodiscard]] std::vector<named_model> hub_models();
[[nodiscard]] std::vector<named_model> pool_models();
[[nodiscard]] std::vector<named_model> temporary_models();

/// All of them, in a fixed order.
[[nodiscard]] std::vector<named_model> all_models();

} // namespace weir::model
