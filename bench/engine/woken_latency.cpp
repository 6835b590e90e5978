// What the machine gives: one thread that sleeps in the kernel until it is woken for each item, and no queue at all.

#include "bench/engine/latency.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace bench::engine {

latencies woken_thread(pace how) {
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));
  arrivals sink(how.items);
  stamped item{};
  std::atomic<std::uint32_t> sent{0};
  std::atomic<std::uint32_t> taken{0};
  const auto futex = [&sent](int what, std::uint32_t value) {
    ::syscall(SYS_futex, &sent, what, value, nullptr, nullptr, 0);
  };
  std::thread sleeper([&] {
    for (std::uint32_t next = 1; next <= how.items; ++next) {
      while (sent.load() < next) { futex(FUTEX_WAIT_PRIVATE, next - 1); }
      sink.note(item);
      taken.store(next);
    }
  });
  push_paced(how, [&](const stamped& s) {
    while (taken.load() != sent.load()) { std::this_thread::yield(); } // an item apart is nearly always enough
    item = s;
    sent.fetch_add(1);
    futex(FUTEX_WAKE_PRIVATE, 1);
  });
  sleeper.join();
  return sink.all(how.items);
}

} // namespace bench::engine
