#pragma once
// Time: a cheap tick for accounting and quanta, and the clock that stages and timers share.

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace weir {

/// The clock of timers. The deterministic backend keeps a virtual one of the same type.
using clock = std::chrono::steady_clock;

/// A monotonic tick of about a nanosecond or less; see ticks_per_second().
[[nodiscard]] inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return static_cast<std::uint64_t>(clock::now().time_since_epoch().count());
#endif
}

/// Measured against the steady clock since the process began. Thread-safe; waits only in a process's first 100 us.
[[nodiscard]] double ticks_per_second() noexcept;

} // namespace weir
