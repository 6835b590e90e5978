#pragma once
// slow: a fast source and a sink a thousand times slower: items of 4 KiB, a millisecond each. What does the waiting cost, and where
// does what the source makes go? A competitor runs in a process of its own, so that its memory is its own.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <thread>

namespace bench::slow {

inline constexpr std::size_t k_held = 64; ///< items on the way, for those that have a limit
inline constexpr std::chrono::milliseconds k_each{1};

struct payload {
  std::uint64_t number;
  std::array<std::byte, 4096 - sizeof(std::uint64_t)> rest;
};
using item = std::unique_ptr<payload>;

/// The source: numbered items until the time is over.
class maker {
 public:
  explicit maker(std::chrono::milliseconds lasting) : until_(std::chrono::steady_clock::now() + lasting) {}
  /// Null at the end.
  item next() {
    if (std::chrono::steady_clock::now() >= until_) { return nullptr; }
    auto made = std::make_unique<payload>(); // all of it is written: it counts as resident
    made->number = next_++;
    return made;
  }

 private:
  std::chrono::steady_clock::time_point until_;
  std::uint64_t next_ = 0;
};

/// The sink's look at an item; throws when one is missing or late.
class taker {
 public:
  void take(const payload& p) {
    if (p.number != next_++) { throw std::runtime_error("slow: an item is missing"); }
  }
  /// A body that blocks.
  void take_slowly(const payload& p) {
    take(p);
    std::this_thread::sleep_for(k_each);
  }

 private:
  std::uint64_t next_ = 0;
};

using lasting = std::chrono::milliseconds;
void one_thread(lasting t);       ///< makes an item, takes it slowly, and so on: what sleeping costs by itself
void weir_blocking(lasting t);    ///< a sink that blocks, on a thread for that
void weir_throttled(lasting t);   ///< throttle(1000): the engine's timers
void tbb_pipeline(lasting t);     ///< k_held tokens
void graph_limited(lasting t);    ///< flow graph with a limiter
void graph_default(lasting t);    ///< flow graph as it is: no limit
void concurrent_queue(lasting t); ///< moodycamel::ConcurrentQueue and two threads: no limit

} // namespace bench::slow
