// Runs the models of one group (-DWEIR_MODELS=edge_models) and exits with 1 at the first that is wrong, naming it: what
// scripts/mutants builds over a changed header.

#include "tests/model/models/models.hpp"

#include <cstdio>

int main() {
  for (const weir::model::named_model& m : weir::model::WEIR_MODELS()) {
    const weir::model::verdict v = weir::model::explore(m.run);
    if (v.right()) { continue; }
    std::printf("%s: %s\n", m.name.c_str(), v.wrong.empty() ? "not finished" : v.wrong.c_str());
    return 1;
  }
  return 0;
}
