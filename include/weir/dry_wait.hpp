#pragma once
// dry_wait: how long a consumer that has read a ring dry lets the producer work before it takes what has come.
//
// A consumer that is faster than its producer looks at the tail whenever it runs dry. Each look takes the tail's line, and
// the line that is being filled, out of the producer's hands, so the producer gets slower, the next batch smaller and the
// looks more frequent: at the end a few items cross for the price of several line transfers. Waiting as long as a fast
// producer needs to double the batch ends that, and costs a slow producer's items nothing: a batch of one to three is
// taken at once, and nothing is ever waited for when nothing is there.

#include <algorithm>
#include <cstddef>

namespace weir {

/// Tells the core that a loop waits for another core: some 25 ns on Zen 4. Nothing where the machine has no such word.
inline void pause_core() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

/// The patience of one consumer. Bounded: at most `k_longest` pauses before a batch, less than a microsecond on Zen 4.
class dry_wait {
 public:
  static constexpr std::size_t k_worth_waiting = 4; ///< items: fewer show no producer in full flow
  static constexpr std::size_t k_longest = 32;      ///< pauses
  static constexpr unsigned k_rest = 64;            ///< batches taken at once after a wait that was in vain

  /// Pauses for a batch of `there` items. `look` is then asked how many there are, so that a producer that does not run
  /// beside us (it sleeps, or this very thread is the producer) is not waited for again soon.
  template <class Look>
  void before(std::size_t there, Look look) noexcept {
    if (there < k_worth_waiting) { return; }
    if (rest_ > 0) {
      --rest_;
      return;
    }
    for (std::size_t i = std::min(there / 2, k_longest); i > 0; --i) { pause_core(); }
    if (look() == there) { rest_ = k_rest; }
  }

 private:
  unsigned rest_ = 0;
};

} // namespace weir
