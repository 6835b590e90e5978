// Backpressure: who is asked for items, how far the signal reaches, and what a drain is worth.

#include "tests/edge/edge_fixture.hpp"
#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <type_traits>

namespace {

using weir::event;
using weir::outcome;
using weir::test::bench_edge;
using weir::test::numbers;
using weir::test::random_pause;
using weir::test::rounds;
using weir::test::span_pass;
using weir::test::stuck;
using weir::test::task_pass;
using weir::test::tracked;
using weir::test::until;
using weir::test::watchdog;

/// A consumer that is there at once: woken, it takes all, inside the push that woke it.
struct at_once final : weir::waker {
  weir::typed_edge<int>* from = nullptr;
  int got = 0;
  void wake() noexcept override {
    while (from->front() != nullptr) {
      from->next();
      ++got;
    }
    from->flush_in();
    from->signal_space(true);
    (void)from->arm_data();
  }
};

// As in Node 20 and not as in 18: a mark of 0 reports nothing when the item is gone before the answer.
TEST(Backpressure, R11_AConsumerThatTakesInsideThePushCausesNoDrain) {
  for (const std::size_t high : {0u, 1u, 2u}) {
    bench_edge<int> e({.capacity = 4, .high = high});
    at_once consumer;
    consumer.from = &e.items;
    e.items.consumer(&consumer);
    ASSERT_FALSE(e.items.arm_data());
    for (int i = 0; i < 10; ++i) {
      ASSERT_EQ(e.items.offer(int{i}), outcome::taken) << "mark " << high;
      ASSERT_EQ(consumer.got, i + 1);
    }
    EXPECT_FALSE(e.items.need_drain());
    EXPECT_EQ(e.items.drains(), 0u);
    EXPECT_EQ(e.producer.calls, 0);
  }
}

TEST(Backpressure, R5_R6_EachReportOfPressureIsFollowedByOneDrainAndNothingElseIs) {
  const std::uint64_t n = rounds(20'000);
  weir::feed<std::uint64_t> in({.capacity = 8, .high_water = 2, .low_water = 1});
  std::atomic<std::uint64_t> drains{0};
  in.on_drain([&] { drains.fetch_add(1); });
  random_pause slow(6, 50);
  weir::run run = (in.source() | weir::edge(2) | weir::for_each([&](std::uint64_t) { slow(); })).start();
  const watchdog dog("drains and pressure", run);
  random_pause pause(5, 50);
  std::uint64_t asked = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    const outcome answer = in.offer(std::uint64_t{i});
    ASSERT_NE(answer, outcome::refused) << "who waits for each drain never meets a full edge";
    pause();
    if (answer == outcome::taken_full) { ++asked; }
    for (int spins = 0; drains < asked; ++spins) {
      if (spins > 1000) { std::this_thread::yield(); }
    }
    ASSERT_EQ(drains, asked) << "item " << i;
  }
  in.finish();
  run.wait();
  EXPECT_EQ(drains, asked);
  EXPECT_GT(asked, 0u);
}

TEST(Backpressure, R13_AProducerThatIgnoresTheAnswerFillsTheEdgeAndNothingElse) {
  weir::feed<tracked> in(5);
  weir::run run = (in.source() | weir::edge(3) | weir::stage("stuck", stuck<tracked>{})).start();
  const watchdog dog("a producer that ignores the answer", run);
  long taken = 0;
  for (int i = 0; i < 100'000; ++i) {
    taken += in.try_push(tracked(i)) ? 1 : 0;
    ASSERT_LE(tracked::living, 5 + 3);
  }
  EXPECT_LE(taken, 5 + 3);
  run.cancel();
  EXPECT_THROW(run.wait(), weir::cancelled_error);
}

/// A source that counts how often it is asked.
struct asked_source {
  std::atomic<long>* asked;
  weir::step process(weir::outlet<tracked>& out) {
    (void)out.try_push(tracked(asked->fetch_add(1)));
    return weir::step::more;
  }
};

// Here a source is asked up to the capacity, from which an edge refuses; the mark below it is for those who push by hand.
TEST(Backpressure, R14_ASourceIsNotAskedWhileItsEdgeIsFull) {
  std::atomic<long> asked{0};
  const auto lambda = weir::generate([&]() -> std::optional<tracked> { return tracked(asked.fetch_add(1)); });
  const auto hold = [&](auto source) {
    asked = 0;
    std::atomic<int> pauses{0};
    weir::plan p = std::move(source) | weir::edge(3) | weir::stage("stuck", stuck<tracked>{});
    p.on(event::pause, [&](const weir::event_info&) { pauses.fetch_add(1); });
    weir::run run = p.start();
    const watchdog dog("a source at a full edge", run);
    for (int i = 1; i <= 20; ++i) { // each resume() gives the source a turn
      until([&] { return pauses >= i; });
      ASSERT_EQ(asked, 3);
      run.resume();
    }
    run.cancel();
    EXPECT_THROW(run.wait(), weir::cancelled_error);
  };
  hold(lambda);
  hold(weir::stage("object", asked_source{&asked}));
}

// Node's oracle, six calls for five items and the end; here the item waits in the one place that an edge must have.
TEST(Backpressure, R15_InLockStepASourceIsAskedOnceForEachItemTaken) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    int asked = 0;
    int got = 0;
    const weir::plan p = weir::generate([&]() -> std::optional<int> {
                           ++asked;
                           return asked > 5 ? std::nullopt : std::optional(asked);
                         }) |
                         weir::edge_options{.capacity = 1, .high_water = 0} | weir::for_each([&](int x) {
                           ++got;
                           EXPECT_EQ(x, got);
                           EXPECT_EQ(asked, got) << "seed " << seed;
                         });
    p.run(weir::deterministic{seed});
    ASSERT_EQ(got, 5);
    ASSERT_EQ(asked, 6) << "seed " << seed;
  }
}

TEST(Backpressure, R16_AStuckSinkStopsTheSourceAfterWhatEdgesAndHandsHold) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    long made = 0;
    const weir::plan p = weir::generate([&]() -> std::optional<tracked> { return tracked(made++); }) | weir::edge(4) |
                         weir::stage("spans", span_pass{}) | weir::edge(3) | weir::stage("task", task_pass) |
                         weir::edge(2) | weir::stage("stuck", stuck<tracked>{});
    ASSERT_THROW(p.run(weir::deterministic{seed}), weir::stall_error);
    ASSERT_EQ(made, 4 + 3 + 2 + 1) << "the coroutine holds one; seed " << seed;
    ASSERT_EQ(tracked::living, 0);
  }
}

TEST(Backpressure, R17_RoomIsAddedUpAndNeverExceeded) {
  static_assert(std::is_same_v<decltype(weir::spsc_ring<int>(1).pushed()), std::uint64_t>, "positions do not overflow");
  std::mt19937_64 random(17);
  weir::spsc_ring<int> piecemeal(7);
  weir::spsc_ring<int> at_once(7);
  const auto fill = [](weir::spsc_ring<int>& ring, std::size_t n) {
    while (n > 0) {
      const std::span<int> slots = ring.reserve(n);
      for (int& slot : slots) { slot = 1; }
      ring.commit(slots.size());
      n -= slots.size();
    }
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t room = at_once.room();
    ASSERT_EQ(piecemeal.room(), room) << "k places freed one by one are k places";
    ASSERT_EQ(room, 7 - (at_once.pushed() - at_once.popped()));
    ASSERT_LE(at_once.reserve(100).size(), room);
    const std::size_t more = random() % (room + 1);
    fill(piecemeal, more);
    fill(at_once, more);
    const std::size_t freed = at_once.peek(random() % 8).size();
    ASSERT_LE(freed, 7u);
    at_once.release(freed);
    for (std::size_t k = 0; k < freed; ++k) {
      ASSERT_EQ(piecemeal.peek(1).size(), 1u);
      piecemeal.release(1);
    }
  }
}

TEST(Backpressure, R108_OfAllWhoTakeARaisedFlagOneGetsIt) {
  const std::uint64_t n = rounds(30'000);
  weir::gate<> gate;
  std::atomic<std::uint64_t> round{0};
  std::atomic<std::uint64_t> ready{0};
  std::atomic<std::uint64_t> taken{0};
  const auto taker = [&](std::uint64_t seed) {
    random_pause pause(seed);
    for (std::uint64_t r = 1; r <= n; ++r) {
      until([&] { return round >= r; });
      pause();
      taken += gate.take() ? 1 : 0;
      ready.fetch_add(1);
    }
  };
  const watchdog dog("two takers");
  std::thread a(taker, 1);
  std::thread b(taker, 2);
  std::uint64_t wrong = 0;
  for (std::uint64_t r = 1; r <= n; ++r) {
    gate.raise(weir::wish::any);
    round = r;
    until([&] { return ready == 2 * r; });
    wrong += taken != r ? 1 : 0;
  }
  a.join();
  b.join();
  EXPECT_EQ(wrong, 0u);
}

TEST(Backpressure, R108_AWakeTooManyStartsNoEpisode) {
  bench_edge<int> e({.capacity = 2, .low = 0});
  while (e.items.offer(0) == outcome::taken) {}
  for (int i = 0; i < 10; ++i) { // woken for nothing, it looks again and parks again
    e.producer.wake();
    ASSERT_EQ(e.items.offer(1), outcome::refused);
    ASSERT_FALSE(e.items.arm_drain());
  }
  EXPECT_EQ(e.items.drains(), 0u);
  EXPECT_EQ(e.take_all(), 2u);
  EXPECT_EQ(e.items.drains(), 1u);
}

/// A producer that fills the edge again inside the drain.
struct refills final : weir::waker {
  weir::typed_edge<int>* to = nullptr;
  int calls = 0;
  void wake() noexcept override {
    ++calls;
    while (to->offer(0) == outcome::taken) {}
  }
};

TEST(Backpressure, R108_WhoRaisesTheFlagInsideTheDrainGetsAnother) {
  bench_edge<int> e({.capacity = 4, .low = 0});
  refills producer;
  producer.to = &e.items;
  e.items.producer(&producer);
  producer.wake();
  for (int episode = 1; episode <= 10; ++episode) {
    ASSERT_EQ(e.items.writable_length(), 4u);
    for (int i = 0; i < 4; ++i) { ASSERT_TRUE(e.take().has_value()); }
    ASSERT_EQ(e.items.drains(), static_cast<std::uint64_t>(episode));
    ASSERT_EQ(producer.calls, 1 + episode);
  }
}

} // namespace
