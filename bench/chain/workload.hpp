#pragma once
// chain: source -> N trivial stages, each behind a queue -> sum. What does crossing a stage boundary cost?

#include <cstddef>
#include <cstdint>

namespace bench::chain {

/// A stage's work: one multiply-add, which a compiler must not lift over the queue.
inline std::uint64_t step(std::uint64_t x) noexcept { return x * 3 + 1; }

/// The right sum of 0 … items-1 after `stages` steps, by a plain loop.
std::uint64_t answer(std::uint64_t items, std::size_t stages);

std::uint64_t run_weir(std::uint64_t items, std::size_t stages, std::size_t capacity);
std::uint64_t run_tbb_one(std::uint64_t items, std::size_t stages);
std::uint64_t run_tbb_batched(std::uint64_t items, std::size_t stages);

} // namespace bench::chain
