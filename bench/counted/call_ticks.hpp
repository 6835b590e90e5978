#pragma once
// Included before anything else: a tick is a call, not a moment. What the engine decides by its clock (how long a turn lasts, whose
// wakes wait for its end) then does not depend on how slow callgrind is, and two runs execute the same instructions.

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>

namespace bench::counted {

constexpr std::uint64_t k_call = 1000; // two make the turn of a cheap stage

inline constinit thread_local std::uint64_t t_now = 0;

inline std::uint64_t tick() noexcept { return t_now += k_call; }

} // namespace bench::counted

#define __rdtsc bench::counted::tick
#endif
