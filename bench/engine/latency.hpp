#pragma once
// latency: items enter one at a time, far apart, through four light stages. What does a quiet pipeline cost each?

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <thread>
#include <vector>

namespace bench::engine {

using latency_clock = std::chrono::steady_clock;

/// Nanoseconds of each item: from its entry, and from the moment at which it should have entered.
struct latencies {
  std::vector<double> from_entry, from_due;
};

/// How many items, and how far apart.
struct pace {
  std::size_t items;
  std::chrono::microseconds apart;
};

struct stamped {
  latency_clock::time_point due, entered;
};
inline stamped light(stamped s) noexcept { return s; }

/// The sink of every competitor.
class arrivals {
 public:
  explicit arrivals(std::size_t items) {
    all_.from_entry.reserve(items);
    all_.from_due.reserve(items);
  }
  void note(const stamped& s) {
    const auto now = latency_clock::now();
    all_.from_entry.push_back(std::chrono::duration<double, std::nano>(now - s.entered).count());
    all_.from_due.push_back(std::chrono::duration<double, std::nano>(now - s.due).count());
  }
  /// Throws when an item was lost.
  latencies all(std::size_t items) {
    if (all_.from_entry.size() != items) { throw std::runtime_error("latency: an item was lost"); }
    return std::move(all_);
  }

 private:
  latencies all_;
};

/// The thread outside: sleeps until an item is due, pushes it, and so on.
template <class Push>
void push_paced(pace how, Push push) {
  auto due = latency_clock::now();
  for (std::size_t i = 0; i < how.items; ++i) {
    due += how.apart;
    std::this_thread::sleep_until(due);
    push(stamped{due, latency_clock::now()});
  }
}

latencies weir_in_pool(pace how);  ///< a source that waits on the engine's timers
latencies weir_outside(pace how);  ///< a feed
latencies tbb_sleeping(pace how);  ///< parallel_pipeline, the source's filter sleeps until an item is due
latencies tbb_spinning(pace how);  ///< the same, spins
latencies graph_outside(pace how); ///< flow graph, try_put
latencies woken_thread(pace how);  ///< a thread that sleeps until it is woken, no queue and no stages

} // namespace bench::engine
