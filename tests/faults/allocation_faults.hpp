#pragma once
// allocation_faults: operator new of the whole program, libraries included, counted, and failing when it is told to.
//
// With WEIR_FAILS_MALLOC (glibc, no sanitizer) malloc and its kin can fail too: that is what oneTBB and moodycamel call.

#include <cstdint>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__) || !defined(__GLIBC__)
#define WEIR_FAILS_MALLOC 0
#else
#define WEIR_FAILS_MALLOC 1
#endif

namespace weir::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool k_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool k_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool k_sanitized = false;
#endif

/// Which allocations fail.
struct allocation_fault {
  enum class of : std::uint8_t { operator_new, any_malloc };

  of what = of::operator_new;
  std::uint64_t first = 0; ///< the n-th from now on, 1 is the next; 0: none
  bool and_after = false;  ///< and every one after it
};

/// From now on, in every thread, until disarm().
void arm(const allocation_fault& fault) noexcept;

struct allocation_count {
  std::uint64_t asked = 0;  ///< allocations since arm()
  std::uint64_t failed = 0; ///< of these, how many were refused
};
allocation_count disarm() noexcept;

/// What operator new has given and nobody has deleted.
[[nodiscard]] std::int64_t living_allocations() noexcept;

/// Prints where the last allocation failed, as addresses: for who finds the process hanging or terminated.
void tell_last_fault() noexcept;

} // namespace weir::test
