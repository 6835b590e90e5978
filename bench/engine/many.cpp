// Many small pipelines, all open at once on one engine.

#include "bench/engine/workload.hpp"
#include "bench/support/results.hpp"

#include <cstdio>

namespace bench::engine {

namespace {

question many(const char* how_many, std::size_t pipelines, std::uint64_t n, double target) {
  const std::uint64_t want = pipelines * plain_light(n, 1);
  const std::uint64_t all = pipelines * n;
  const char* const one = "parallel_pipelines in a task_group, one a token";
  const char* const batched = "parallel_pipelines in a task_group, 256 a token";
  return {std::string("many: pipelines of 3 stages, ") + how_many,
          "M items/s",
          1e6,
          {entry("weir", all, want, [=] { return weir_many(pipelines, n); }),
           entry(one, all, want, [=] { return tbb_many(pipelines, n, 1); }),
           entry(batched, all, want, [=] { return tbb_many(pipelines, n, 256); })},
          {{"weir", one, target}, {"weir", batched}}};
}

} // namespace

int heap_of_many() {
  std::printf("%f\n", weir_bytes_a_pipeline(10'000) / 1000);
  return 0;
}

void ask_many(report& into, const char* program) {
  into.ask(many("1,000 of 1,000 items each", 1000, 1000, 5), 15);
  into.ask(many("10,000 of 100 items each", 10'000, 100, 1.5), 9);
  const std::string name = "many: heap of an open pipeline of 3 stages beside its rings";
  if (!into.wants(name)) { return; }
  std::vector<double> each;
  for (std::size_t round = 0; round < into.rounds(5); ++round) { each.push_back(in_a_fresh_process(program, "heap")); }
  into.figure(name, "weir", "KB", each, 5);
}

} // namespace bench::engine
