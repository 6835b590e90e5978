// mutation_gate [--table | --models]: weakens every memory order that a model meets by one step, one at a time, and runs
// the models that meet it until one of them fails. --table prints a line for each: what was weakened, who caught it, with
// what words. Exits with 1 if a weakened order fails no model: then nothing shows that it is needed.
// --models only runs the models as they are, and prints a line for each: its name, its executions, what it shows.

#include "tests/model/models/models.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace weir::model; // NOLINT(google-build-using-namespace): a program of one file

using place = std::tuple<std::string, int, int, std::memory_order>; // file, line, which, order

struct met {
  order_use use;
  std::vector<const named_model*> by;
};

std::string in_tree(const std::string& file) {
  for (const char* floor : {"include/weir/", "engine/", "stages/", "tests/"}) {
    if (const auto at = file.find(floor); at != std::string::npos) { return file.substr(at); }
  }
  return file;
}

std::vector<std::memory_order> one_step_weaker(const order_use& use) {
  switch (use.order) {
  case std::memory_order_seq_cst:
    switch (use.what) {
    case order_use::operation::load:
      return {std::memory_order_acquire};
    case order_use::operation::store:
      return {std::memory_order_release};
    case order_use::operation::update:
      return {std::memory_order_acq_rel};
    }
    return {};
  case std::memory_order_acq_rel:
    return {std::memory_order_acquire, std::memory_order_release};
  case std::memory_order_acquire:
  case std::memory_order_release:
    return {std::memory_order_relaxed};
  default:
    return {};
  }
}

// What every model meets, with the orders as they stand.
std::map<place, met> all_met(const std::vector<named_model>& models) {
  std::map<place, met> found;
  for (const named_model& m : models) {
    const verdict v = explore(m.run);
    if (!v.right()) {
      std::printf("%s is wrong with all orders as they stand: %s\n", m.name.c_str(), v.text().c_str());
      std::exit(1);
    }
    for (const order_use& use : v.uses) {
      const std::string file = in_tree(use.where.file);
      if (file.rfind("tests/", 0) == 0) { continue; }
      met& at = found.try_emplace({file, use.where.line, use.which, use.order}, met{use, {}}).first->second;
      if (at.by.empty() || at.by.back() != &m) { at.by.push_back(&m); }
    }
  }
  return found;
}

int print_models(const std::vector<named_model>& models) {
  for (const named_model& m : models) {
    const verdict v = explore(m.run);
    std::printf("%s\t%llu\t%s\n", m.name.c_str(), static_cast<unsigned long long>(v.executions), m.what.c_str());
    if (!v.right()) { return 1; }
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--models") == 0) { return print_models(all_models()); }
  const bool table = argc > 1 && std::strcmp(argv[1], "--table") == 0;
  const std::vector<named_model> models = all_models();
  int mutants = 0;
  int survivors = 0;
  for (const auto& [where, at] : all_met(models)) {
    for (const std::memory_order weaker : one_step_weaker(at.use)) {
      const weakening w{at.use.where, at.use.which, at.use.order, weaker};
      std::string by;
      std::string words;
      for (const named_model* m : at.by) {
        options how;
        how.weaker = &w;
        const verdict v = explore(m->run, how);
        if (!v.wrong.empty()) {
          by = m->name;
          words = v.wrong;
          break;
        }
      }
      ++mutants;
      survivors += by.empty() ? 1 : 0;
      if (!table && !by.empty()) { continue; }
      std::printf("%s:%d\t%d\t%s\t%s\t%s\t%s\n", std::get<0>(where).c_str(), std::get<1>(where), std::get<2>(where),
                  name_of(at.use.order), name_of(weaker), by.empty() ? "SURVIVES" : by.c_str(), words.c_str());
    }
  }
  std::fprintf(stderr, "%d weakened orders, %d survive\n", mutants, survivors);
  return survivors == 0 && mutants > 0 ? 0 : 1;
}
