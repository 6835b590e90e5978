#pragma once
// random_pause: seeded delays that shift two threads against each other: none, a few cycles, or a switch.

#include <cstdint>
#include <random>
#include <thread>

namespace weir::test {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool k_under_tsan = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool k_under_tsan = true;
#else
inline constexpr bool k_under_tsan = false;
#endif
#else
inline constexpr bool k_under_tsan = false;
#endif

/// `n` rounds on bare hardware, a twentieth under ThreadSanitizer.
constexpr std::uint64_t rounds(std::uint64_t n) { return k_under_tsan ? n / 20 : n; }

class random_pause {
 public:
  explicit random_pause(std::uint64_t seed, unsigned most_cycles = 200) : random_(seed), most_(most_cycles) {}

  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return random_() % n; }
  void operator()() {
    const std::uint64_t dice = random_();
    if (dice % 1024 == 0) { return std::this_thread::yield(); }
    if (dice % 4 != 0) { return; }
    for (std::uint64_t i = (dice >> 32) % most_; i > 0; --i) { __asm__ volatile(""); }
  }

 private:
  std::mt19937_64 random_;
  unsigned most_;
};

} // namespace weir::test
