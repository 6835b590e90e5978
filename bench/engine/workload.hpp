#pragma once
// engine: what running stages costs beside the work that they do. A competitor a file: weir_engine.cpp, tbb_engine.cpp,
// plain loops in main.cpp; latency.cpp, start.cpp and main.cpp ask.

#include "bench/support/rounds.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {
class report;
}

namespace bench::engine {

/// A stage's light work.
inline std::uint64_t step(std::uint64_t x) noexcept { return x * 3 + 1; }

/// The light work of fused operators: a sum of step()s has a closed form, which compilers find.
inline std::uint64_t mix(std::uint64_t x) noexcept { return (x ^ x >> 7) * 3 + 1; }

/// A stage's heavy work: `turns` of a chain of dependent operations that no compiler shortens.
inline std::uint64_t heavy(std::uint64_t x, std::uint64_t turns) noexcept {
  for (; turns > 0; --turns) { x = x * 6364136223846793005u + 1442695040888963407u; }
  return x;
}
/// How many turns take so long on this machine.
std::uint64_t turns_of(std::chrono::nanoseconds wanted);

/// The sum of what a program made of 0 … items-1: the answers.
std::uint64_t plain_light(std::uint64_t items, std::size_t stages);
std::uint64_t plain_mixed(std::uint64_t items); ///< four maps
std::uint64_t plain_filtered(std::uint64_t items);
std::uint64_t plain_heavy(std::uint64_t items, std::size_t stages, std::uint64_t turns);

// One function a form; each returns that sum.
std::uint64_t weir_fused(std::uint64_t items);                          ///< four maps
std::uint64_t weir_filtered(std::uint64_t items);                       ///< map, filter, map, filter
std::uint64_t weir_stages(std::uint64_t items, std::size_t stages);     ///< one thread, a queue before each
std::uint64_t weir_coroutines(std::uint64_t items, std::size_t stages); ///< the same as coroutines
std::uint64_t weir_heavy(std::uint64_t items, std::size_t stages, std::uint64_t turns);
std::uint64_t weir_farm(std::uint64_t items, std::uint64_t turns); ///< throws when out of order
std::uint64_t weir_many(std::size_t pipelines, std::uint64_t items);

std::uint64_t tbb_heavy(std::uint64_t items, std::size_t stages, std::uint64_t turns, bool parallel);
std::uint64_t tbb_farm(std::uint64_t items, std::uint64_t turns);
std::uint64_t tbb_graph_farm(std::uint64_t items, std::uint64_t turns);
std::uint64_t tbb_many(std::size_t pipelines, std::uint64_t items, std::size_t batch);

/// A plan of a source, a stage and a sink over one item, built, checked and run.
void weir_start();
void tbb_start();

/// Nanoseconds from push to sink of items that enter one each `apart`, through four stages.
std::vector<double> weir_latency(std::size_t items, std::chrono::microseconds apart);
std::vector<double> tbb_latency(std::size_t items, std::chrono::microseconds apart);

void ask_latency(report& into);
void ask_start(report& into, const char* program);
/// The part of this program that measures in a fresh process; prints one number.
int first_start(const char* who);

} // namespace bench::engine
