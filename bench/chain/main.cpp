// bench_chain [items-millions] [rounds] [stages…]

#include "bench/chain/workload.hpp"
#include "bench/support/rounds.hpp"

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

void compare(std::uint64_t items, std::size_t stages, std::size_t rounds) {
  const std::uint64_t want = answer(items, stages);
  const std::uint64_t few = items / 32; // the one-item form is some fifty times slower
  const std::uint64_t want_few = answer(few, stages);
  const auto check = [](auto run, std::uint64_t right, const char* who) { must_equal(run(), right, who); };
  const std::vector<competitor> all = {
      {"weir, capacity 1024", [&] { check([&] { return run_weir(items, stages, 1024); }, want, "weir"); }},
      {"parallel_pipeline, 256 a token, parallel",
       [&] { check([&] { return run_tbb_batched(items, stages); }, want, "tbb"); }},
      {"parallel_pipeline, one a token (1/32 of it)",
       [&] { check([&] { return run_tbb_one(few, stages); }, want_few, "tbb"); }},
  };
  auto seconds = run_rounds(all, rounds);
  for (double& s : seconds[2]) { s *= 32; }
  print_table("chain of " + std::to_string(stages) + " stages, u64", all, seconds, static_cast<double>(items) * 1e-6,
              "M items/s");
}

} // namespace bench::chain

int main(int count, char** words) {
  const std::uint64_t items = (count > 1 ? std::strtoull(words[1], nullptr, 10) : 20) * 1'000'000;
  const std::size_t rounds = count > 2 ? std::strtoull(words[2], nullptr, 10) : 15;
  std::vector<std::size_t> stages;
  for (int i = 3; i < count; ++i) { stages.push_back(std::strtoull(words[i], nullptr, 10)); }
  if (stages.empty()) { stages = {1, 4, 16, 64}; }
  for (const std::size_t n : stages) { bench::chain::compare(items, n, rounds); }
}
