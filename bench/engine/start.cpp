// Starting: a plan of three stages over one item, built, checked and run; the first time in a process, and again.

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

namespace bench::engine {

namespace {

double microseconds_of(void (*work)()) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begun).count();
}

} // namespace

double in_a_fresh_process(const char* program, const std::string& words) {
  FILE* const child = popen((std::string(program) + ' ' + words).c_str(), "r");
  double figure = 0;
  if (child == nullptr || std::fscanf(child, "%lf", &figure) != 1 || pclose(child) != 0) {
    throw std::runtime_error(words + ": the child failed");
  }
  return figure;
}

int first_start(const char* who) {
  std::printf("%f\n", microseconds_of(std::string(who) == "weir" ? weir_start : tbb_start));
  return 0;
}

void ask_start(report& into, const char* program) {
  constexpr int k_first = 15;
  constexpr int k_again = 300;
  struct rival {
    const char* who;
    void (*run)();
    double first_target, again_target;
    std::vector<double> first{}, again{};
  };
  if (!into.wants("plan start")) { return; }
  std::vector<rival> all = {{"weir", weir_start, 200, 24}};
  if (!into.ours()) { all.push_back({"parallel_pipeline", tbb_start, k_no_target, k_no_target}); }
  for (int i = 0; i < k_first; ++i) {
    for (rival& r : all) { r.first.push_back(in_a_fresh_process(program, std::string("first ") + r.who)); }
  }
  for (int i = 0; i < k_again; ++i) {
    for (rival& r : all) { r.again.push_back(microseconds_of(r.run)); }
  }
  for (const rival& r : all) {
    into.figure("plan start, one item, first in a process", r.who, "us", r.first, r.first_target);
    into.figure("plan start, one item, again", r.who, "us", r.again, r.again_target);
  }
}

} // namespace bench::engine
