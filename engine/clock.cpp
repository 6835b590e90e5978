// The tick's rate, measured once.

#include <weir/clock.hpp>

namespace weir {

double ticks_per_second() noexcept {
  static const double rate = [] {
#if defined(__x86_64__)
    const auto start = clock::now();
    const std::uint64_t first = ticks();
    auto now = start;
    while (now - start < std::chrono::milliseconds(2)) { now = clock::now(); }
    const std::uint64_t last = ticks();
    return static_cast<double>(last - first) / std::chrono::duration<double>(now - start).count();
#else
    return static_cast<double>(clock::period::den) / static_cast<double>(clock::period::num);
#endif
  }();
  return rate;
}

} // namespace weir
