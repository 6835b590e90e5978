// bench_engine [the options of support/results.hpp]

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

int main(int count, char** words) {
  using namespace bench::engine;
  const bench::options chosen = bench::read_options(count, words);
  if (chosen.words.size() == 2 && chosen.words[0] == "first") { return first_start(chosen.words[1].c_str()); }
  if (chosen.words.size() == 1 && chosen.words[0] == "heap") { return heap_of_many(); }
  bench::report report("engine", chosen);
  ask_start(report, words[0]); // first: what other questions leave behind would be in the way
  ask_fused(report);
  ask_heavy(report);
  ask_many(report, words[0]);
  ask_latency(report);
  ask_steady(report);
  ask_features(report);
  ask_scaling(report);
  return report.done();
}
