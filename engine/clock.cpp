// The tick's rate, from what has passed on both clocks since the process began.

#include <weir/clock.hpp>

#include <weir/atomics.hpp>

#include <algorithm>

namespace weir {

#if defined(__x86_64__)

namespace {

struct moment {
  clock::time_point at;
  std::uint64_t tick;
};

// Both clocks at one moment: of a few looks the one that nothing came into.
moment look() noexcept {
  moment best{};
  std::uint64_t least = ~std::uint64_t{0};
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t before = ticks();
    const auto at = clock::now();
    const std::uint64_t took = ticks() - before;
    if (took < least) {
      least = took;
      best = {at, before + took / 2};
    }
  }
  return best;
}

const moment& anchor() noexcept {
  static const moment begun = look();
  return begun;
}

// Before main(): whoever asks for the rate finds that time has passed, and need not wait for it.
[[maybe_unused]] const moment& k_early = anchor();

constexpr auto k_enough = std::chrono::microseconds(100); // a look is some 20 ns wide: wrong by less than 1 in 2000
constexpr auto k_long = std::chrono::milliseconds(2);     // good for ever

hint<double> g_rate{0};

} // namespace

double ticks_per_second() noexcept {
  if (const double known = g_rate.get(); known != 0) { return known; }
  const moment& first = anchor();
  moment now = look();
  while (now.at - first.at < k_enough) { now = look(); }
  const auto passed = now.at - first.at;
  const double rate = static_cast<double>(now.tick - first.tick) / std::chrono::duration<double>(passed).count();
  if (passed >= k_long) { g_rate.set(rate); }
  return rate;
}

#else

double ticks_per_second() noexcept {
  return static_cast<double>(clock::period::den) / static_cast<double>(clock::period::num);
}

#endif

} // namespace weir
