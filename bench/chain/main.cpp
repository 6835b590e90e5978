// bench_chain [items-millions [stages…]] and the options of support/results.hpp

#include "bench/chain/workload.hpp"
#include "bench/support/results.hpp"

#include <cstdlib>

namespace bench::chain {

std::uint64_t answer(std::uint64_t items, std::size_t stages) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    std::uint64_t x = i;
    for (std::size_t s = 0; s < stages; ++s) { x = step(x); }
    sum += x;
  }
  return sum;
}

// What weir is to be, times each form of parallel_pipeline, by stages.
struct targets {
  double batched, one;
};
targets targets_of(std::size_t stages) {
  switch (stages) {
  case 1:
    return {1.5, 75};
  case 4:
    return {1.5, 95};
  case 16:
    return {1.3, 90};
  case 64:
    return {1.0, 75};
  default:
    return {0, 0};
  }
}

question by_stages(std::uint64_t items, std::size_t stages) {
  const std::uint64_t few = items / 32; // the one-item form is some fifty times slower
  const std::uint64_t want = answer(items, stages);
  const std::uint64_t want_few = answer(few, stages);
  const auto entry = [](const char* name, std::uint64_t n, std::uint64_t right, auto run) {
    return whole(name, static_cast<double>(n), [=] { must_equal(run(), right, name); });
  };
  const char* const batched = "parallel_pipeline, 256 a token, parallel";
  const char* const one = "parallel_pipeline, one a token";
  return {"chain of " + std::to_string(stages) + " stages, u64",
          "M items/s",
          1e6,
          {entry("weir, capacity 1024", items, want, [=] { return run_weir(items, stages, 1024); }),
           entry(batched, items, want, [=] { return run_tbb_batched(items, stages); }),
           entry(one, few, want_few, [=] { return run_tbb_one(few, stages); })},
          {{"weir, capacity 1024", batched, targets_of(stages).batched},
           {"weir, capacity 1024", one, targets_of(stages).one}}};
}

question by_capacity(std::uint64_t items, std::size_t stages) {
  question q{"chain by capacity, " + std::to_string(stages) + " stages", "M items/s", 1e6, {}, {}};
  const std::uint64_t want = answer(items, stages);
  for (const std::size_t capacity : {16u, 64u, 256u, 1024u, 4096u, 16384u}) {
    q.all.push_back(whole("weir, capacity " + std::to_string(capacity), static_cast<double>(items),
                          [=] { must_equal(run_weir(items, stages, capacity), want, "weir"); }));
  }
  return q;
}

} // namespace bench::chain

int main(int count, char** words) {
  const bench::options chosen = bench::read_options(count, words);
  const auto& own = chosen.words;
  const std::uint64_t items = (own.empty() ? 20 : std::stoull(own[0])) * 1'000'000;
  std::vector<std::size_t> stages;
  for (std::size_t i = 1; i < own.size(); ++i) { stages.push_back(std::stoull(own[i])); }
  if (stages.empty()) { stages = {1, 4, 16, 64}; }
  bench::report report("chain", chosen);
  for (const std::size_t n : stages) { report.ask(bench::chain::by_stages(items, n), 15); }
  report.ask(bench::chain::by_capacity(items / 4, 4), 15);
  return report.done();
}
