// Plain loops: the answers, and what there is to lose.

#include "bench/engine/workload.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <thread>

namespace bench::engine {

namespace {

std::uint64_t one_heavy(std::uint64_t x, const chain_work& work) {
  for (const std::uint64_t turns : work.turns) { x = heavy(x, turns); }
  return x;
}

std::uint64_t heavy_between(std::uint64_t begin, std::uint64_t end, const chain_work& work) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = begin; i < end; ++i) { sum += one_heavy(i, work); }
  return sum;
}

// What each of so many threads, this one among them, comes to.
template <class Part>
std::uint64_t sum_of(std::size_t threads, Part part) {
  std::vector<std::uint64_t> sums(threads, 0);
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < threads; ++t) {
    others.emplace_back([&sums, &part, t] { sums[t] = part(t); });
  }
  sums[0] = part(0);
  for (std::thread& t : others) { t.join(); }
  return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

// A batch goes from array to array, a loop each, as it goes from queue to queue.
[[gnu::noinline]] std::uint64_t batched(std::uint64_t items, std::size_t stages) {
  constexpr std::uint64_t k_batch = 1024;
  std::vector<std::array<std::uint64_t, k_batch>> queues(stages + 1);
  std::uint64_t sum = 0;
  for (std::uint64_t begin = 0; begin < items; begin += k_batch) {
    const auto n = static_cast<std::ptrdiff_t>(std::min(k_batch, items - begin));
    std::iota(queues[0].begin(), queues[0].begin() + n, begin);
    for (std::size_t s = 0; s < stages; ++s) {
      std::transform(queues[s].begin(), queues[s].begin() + n, queues[s + 1].begin(), step);
    }
    sum = std::accumulate(queues[stages].begin(), queues[stages].begin() + n, sum);
  }
  return sum;
}

} // namespace

std::uint64_t turns_of(std::chrono::nanoseconds wanted) {
  constexpr std::uint64_t k_turns = 20'000;
  double best = 1e9;
  for (int i = 0; i < 50; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    volatile std::uint64_t kept = heavy(static_cast<std::uint64_t>(i), k_turns);
    static_cast<void>(kept);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
    best = std::min(best, took.count());
  }
  return static_cast<std::uint64_t>(static_cast<double>(wanted.count()) * k_turns / best) + 1;
}

std::uint64_t plain_light(std::uint64_t items, std::size_t stages) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    std::uint64_t x = i;
    for (std::size_t s = 0; s < stages; ++s) { x = step(x); }
    sum += x;
  }
  return sum;
}

[[gnu::noinline]] std::uint64_t plain_mixed(std::uint64_t items) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) { sum += mix(mix(mix(mix(i)))); }
  return sum;
}

[[gnu::noinline]] std::uint64_t plain_filtered(std::uint64_t items) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    const std::uint64_t x = mix(i);
    if (x % 2 != 0) { continue; }
    const std::uint64_t y = mix(x);
    if (y % 3 == 1) { sum += y; }
  }
  return sum;
}

std::uint64_t plain_heavy(std::uint64_t items, const chain_work& work) { return heavy_between(0, items, work); }

std::uint64_t plain_heavy_on(std::size_t threads, std::uint64_t items, const chain_work& work) {
  return sum_of(threads,
                [&](std::size_t t) { return heavy_between(items * t / threads, items * (t + 1) / threads, work); });
}

std::uint64_t plain_chains_on(std::size_t threads, std::uint64_t items, std::size_t stages) {
  return sum_of(threads, [&](std::size_t) { return batched(items, stages); });
}

} // namespace bench::engine
