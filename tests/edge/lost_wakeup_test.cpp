// No wake-up is lost: two real threads that park at both ends of an edge, with random delays. One lost wake
// hangs the test; the watchdog says so.

#include "tests/support/random_pause.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/edge.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace {

using weir::outcome;
using weir::parker;
using weir::typed_edge;
using weir::test::random_pause;
using weir::test::rounds;

struct two_threads {
  explicit two_threads(weir::edge_options options) : items(options.resolved(1)) {
    items.producer(&producer);
    items.consumer(&consumer);
  }
  [[nodiscard]] std::string state() const {
    return "  in " + std::to_string(items.items_in()) + ", out " + std::to_string(items.items_out()) + ", need_drain " +
           std::to_string(items.need_drain()) + "\n";
  }
  parker producer;
  parker consumer;
  typed_edge<std::uint64_t> items;
};

/// Parks at a full edge, as a stage does: publish, tell, raise, look again, park.
void push_parking(two_threads& t, std::uint64_t n, std::uint64_t seed) {
  random_pause pause(seed);
  for (std::uint64_t i = 0; i < n;) {
    const std::uint32_t ticket = t.producer.ticket();
    if (t.items.try_push(std::uint64_t{i})) {
      ++i;
      pause();
      continue;
    }
    t.items.flush_out();
    t.items.signal_data();
    pause();
    if (!t.items.arm_drain()) { t.producer.wait(ticket); }
  }
  t.items.finish();
}

/// Offers, and waits for the drain after each report of pressure, as Node's loop does.
void push_drained(two_threads& t, std::uint64_t n, std::uint64_t seed) {
  random_pause pause(seed);
  for (std::uint64_t i = 0; i < n;) {
    const outcome answer = t.items.offer(std::uint64_t{i});
    t.items.signal_data();
    if (answer == outcome::taken || answer == outcome::taken_full) { ++i; }
    if (answer == outcome::taken) { continue; }
    for (;;) {
      const std::uint32_t ticket = t.producer.ticket();
      pause();
      if (!t.items.need_drain()) { break; }
      t.producer.wait(ticket);
    }
  }
  t.items.finish();
}

/// True when every number came, in order.
bool pop_parking(two_threads& t, std::uint64_t n, std::uint64_t seed) {
  random_pause pause(seed);
  std::uint64_t next = 0;
  for (;;) {
    const std::uint32_t ticket = t.consumer.ticket();
    bool some = false;
    while (const std::uint64_t* const x = t.items.front()) {
      if (*x != next) { return false; }
      ++next;
      t.items.next();
      some = true;
      pause();
      if (pause.below(4) == 0) { break; }
    }
    t.items.flush_in();
    if (some) {
      t.items.signal_space(false);
      continue;
    }
    if (t.items.ended()) { return next == n; }
    t.items.signal_space(true);
    pause();
    if (!t.items.arm_data()) { t.consumer.wait(ticket); }
  }
}

void exchange(weir::edge_options options, void (*produce)(two_threads&, std::uint64_t, std::uint64_t), std::uint64_t n,
              std::uint64_t seed) {
  two_threads t(options);
  const weir::test::watchdog dog(
      "an edge of " + std::to_string(options.capacity), [&] { return t.state(); }, std::chrono::seconds(100));
  std::thread producer([&] { produce(t, n, seed); });
  const bool whole = pop_parking(t, n, seed + 77);
  t.items.close(); // lets the producer go if it was not
  producer.join();
  EXPECT_TRUE(whole);
}

TEST(LostWakeup, R107_AParkedProducerIsAlwaysWoken) {
  std::uint64_t seed = 1;
  for (const std::size_t capacity : {1u, 2u, 3u, 16u}) {
    exchange({.capacity = capacity}, &push_parking, rounds(300'000), ++seed);
    exchange({.capacity = capacity, .low_water = 0}, &push_parking, rounds(300'000), ++seed);
  }
}

TEST(LostWakeup, R107_ADrainFollowsEveryReportOfPressure) {
  std::uint64_t seed = 100;
  for (const std::size_t capacity : {1u, 2u, 5u}) {
    exchange({.capacity = capacity, .low_water = 0}, &push_drained, rounds(300'000), ++seed);
    exchange({.capacity = capacity + 3, .high_water = capacity}, &push_drained, rounds(300'000), ++seed);
  }
}

TEST(LostWakeup, R109_TheEndNeverOvertakesTheLastItem) {
  const weir::test::watchdog dog("streams of no, one and two items");
  const std::uint64_t n = rounds(100'000);
  two_threads* now = nullptr;
  std::atomic<std::uint64_t> begun{0};
  std::atomic<std::uint64_t> done{0};
  std::thread producer([&] {
    for (std::uint64_t i = 1; i <= n; ++i) {
      while (begun.load() != i) { std::this_thread::yield(); }
      push_parking(*now, i % 3, i);
      done.store(i);
    }
  });
  std::uint64_t whole = 0;
  for (std::uint64_t i = 1; i <= n; ++i) {
    two_threads t({.capacity = 1});
    now = &t;
    begun.store(i);
    whole += pop_parking(t, i % 3, n + i) ? 1 : 0;
    while (done.load() != i) { std::this_thread::yield(); }
  }
  producer.join();
  EXPECT_EQ(whole, n);
}

} // namespace
