#pragma once
// engine: what running stages costs beside the work that they do. The questions stand in fused.cpp, heavy.cpp, many.cpp, start.cpp,
// latency.cpp, steady.cpp, features.cpp and scaling.cpp; a competitor's programs in weir_*.cpp, tbb_*.cpp and plain.cpp.

#include "bench/support/rounds.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir {
class engine;
}

namespace bench {
class report;
}

namespace bench::engine {

inline const char* const k_loop = "hand-written loop";

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

/// What the stages of a chain do to an item, one after the other.
struct chain_work {
  std::vector<std::uint64_t> turns; ///< of heavy(), a stage each
  std::size_t farmed = k_none;      ///< the stage that has a replica for each core, results in order
  static constexpr std::size_t k_none = ~std::size_t{0};
};

// The sum of what a program made of 0 … items-1: the answers.
std::uint64_t plain_light(std::uint64_t items, std::size_t stages);
std::uint64_t plain_mixed(std::uint64_t items); ///< four maps
std::uint64_t plain_filtered(std::uint64_t items);
std::uint64_t plain_heavy(std::uint64_t items, const chain_work& work);
/// The same on bare threads, a part of the items each: the most that the machine gives.
std::uint64_t plain_heavy_on(std::size_t threads, std::uint64_t items, const chain_work& work);
/// A chain on each of so many bare threads, in batches from array to array.
std::uint64_t plain_chains_on(std::size_t threads, std::uint64_t items, std::size_t stages);

// One function a form; each returns that sum. Those that keep order throw when it is lost.
std::uint64_t weir_fused(std::uint64_t items);                          ///< four maps
std::uint64_t weir_filtered(std::uint64_t items);                       ///< map, filter, map, filter
std::uint64_t weir_stages(std::uint64_t items, std::size_t stages);     ///< one thread, a queue before each
std::uint64_t weir_coroutines(std::uint64_t items, std::size_t stages); ///< the same as coroutines
std::uint64_t weir_heavy(std::uint64_t items, const chain_work& work, weir::engine& where);
std::uint64_t weir_heavy(std::uint64_t items, const chain_work& work); ///< on the shared engine
std::uint64_t weir_light(std::uint64_t items, std::size_t stages, weir::engine& where);
std::uint64_t weir_many(std::size_t pipelines, std::uint64_t items, std::size_t stages, weir::engine& where);
std::uint64_t weir_many(std::size_t pipelines, std::uint64_t items); ///< of three stages, on the shared engine
std::uint64_t weir_tee_and_zip(std::uint64_t items);                 ///< a step in each branch; the sum of one of them
void weir_blocks(std::uint64_t blocks); ///< generated log lines, found and counted; throws when one is lost
/// Bytes of heap that a pipeline of three stages takes, beside its rings, while `pipelines` of them are open.
double weir_bytes_a_pipeline(std::size_t pipelines);

std::uint64_t tbb_heavy(std::uint64_t items, const chain_work& work, bool parallel);
std::uint64_t tbb_heavy_on(std::size_t threads, std::uint64_t items, const chain_work& work);
std::uint64_t tbb_graph_heavy(std::uint64_t items, const chain_work& work);
std::uint64_t tbb_light(std::uint64_t items, std::size_t stages);
std::uint64_t tbb_many(std::size_t pipelines, std::uint64_t items, std::size_t batch);

/// A plan of a source, a stage and a sink over one item, built, checked and run.
void weir_start();
void tbb_start();

/// A competitor that returns an answer.
template <class Run>
competitor entry(std::string name, std::uint64_t items, std::uint64_t want, Run run) {
  const auto checked = [=] { must_equal(run(), want, name.c_str()); };
  return whole(name, static_cast<double>(items), checked);
}

void ask_fused(report& into);
void ask_heavy(report& into);
void ask_many(report& into, const char* program);
void ask_latency(report& into);
void ask_steady(report& into);
void ask_features(report& into);
void ask_scaling(report& into);
void ask_start(report& into, const char* program);
/// The part of this program that measures in a fresh process; prints one number.
int first_start(const char* who);
int heap_of_many();
/// The figure that this program prints with these words, in a process that has run nothing else: none has left memory behind.
double in_a_fresh_process(const char* program, const std::string& words);

} // namespace bench::engine
