#include "tests/model/models/models.hpp"

namespace weir::model {

std::vector<named_model> all_models() {
  std::vector<named_model> all;
  for (const auto& group : {ring_models(), edge_models(), flag_models(), scheduler_models(), run_models(),
                            pool_models(), temporary_models()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

} // namespace weir::model
