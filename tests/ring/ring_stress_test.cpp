// The ring between two real threads: values and order, under random pauses and every form of push and pop.

#include "tests/support/random_pause.hpp"
#include "tests/support/tracked.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/cursor.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace {

using weir::spsc_ring;
using weir::test::random_pause;
using weir::test::tracked;

/// An item that holds its number in every part of it.
template <class T>
struct codec;
template <>
struct codec<std::uint8_t> {
  static std::uint8_t make(std::uint64_t n) { return static_cast<std::uint8_t>(n); }
  static bool is(const std::uint8_t& x, std::uint64_t n) { return x == static_cast<std::uint8_t>(n); }
};
template <std::size_t N>
struct codec<std::array<std::uint64_t, N>> {
  static std::array<std::uint64_t, N> make(std::uint64_t n) {
    std::array<std::uint64_t, N> x;
    x.fill(n);
    return x;
  }
  static bool is(const std::array<std::uint64_t, N>& x, std::uint64_t n) { return x == make(n); }
};
template <>
struct codec<std::unique_ptr<std::uint64_t>> {
  static auto make(std::uint64_t n) { return std::make_unique<std::uint64_t>(n); }
  static bool is(const std::unique_ptr<std::uint64_t>& x, std::uint64_t n) { return x && *x == n; }
};
template <>
struct codec<std::string> {
  static std::string make(std::uint64_t n) { return std::string(n % 40, 'x') + std::to_string(n); }
  static bool is(const std::string& x, std::uint64_t n) { return x == make(n); }
};
template <>
struct codec<tracked> {
  static tracked make(std::uint64_t n) { return tracked(static_cast<long>(n)); }
  static bool is(const tracked& x, std::uint64_t n) { return x.value() == static_cast<long>(n); }
};

template <class T>
class RingStress : public testing::Test {};
using items = testing::Types<std::uint8_t, std::array<std::uint64_t, 1>, std::array<std::uint64_t, 3>,
                             std::array<std::uint64_t, 13>, std::unique_ptr<std::uint64_t>, std::string, tracked>;
TYPED_TEST_SUITE(RingStress, items);

template <class T>
void produce(spsc_ring<T>& ring, std::uint64_t n, std::uint64_t seed) {
  random_pause pause(seed);
  std::uint64_t next = 0;
  while (next < n) {
    pause();
    switch (pause.below(3)) {
    case 0: {
      T item = codec<T>::make(next);
      while (!ring.try_push(std::move(item))) { std::this_thread::yield(); }
      ++next;
      break;
    }
    case 1: {
      const std::span<T> span = ring.reserve(std::min<std::uint64_t>(1 + pause.below(70), n - next));
      for (T& slot : span) { std::construct_at(&slot, codec<T>::make(next++)); }
      ring.commit(span.size());
      if (span.empty()) { std::this_thread::yield(); }
      break;
    }
    default: {
      weir::push_cursor cursor(ring);
      for (std::uint64_t i = 1 + pause.below(70); i > 0 && next < n && cursor.try_push(codec<T>::make(next)); --i) {
        ++next;
      }
    }
    }
  }
}

/// The first item that is not the one expected, or n.
template <class T>
std::uint64_t consume(spsc_ring<T>& ring, std::uint64_t n, std::uint64_t seed) {
  random_pause pause(seed);
  std::uint64_t next = 0;
  while (next < n) {
    pause();
    const std::uint64_t before = next;
    switch (pause.below(3)) {
    case 0:
      if (auto x = ring.try_pop()) {
        if (!codec<T>::is(*x, next++)) { return before; }
      }
      break;
    case 1: {
      const std::span<T> span = ring.peek(1 + pause.below(70));
      const std::size_t some = span.empty() ? 0 : 1 + pause.below(span.size());
      for (const T& x : span.first(some)) {
        if (!codec<T>::is(x, next++)) { return next - 1; }
      }
      ring.release(some);
      break;
    }
    default: {
      weir::pop_cursor cursor(ring);
      for (std::uint64_t i = 1 + pause.below(70); i > 0; --i) {
        const T* const x = cursor.next();
        if (x == nullptr) { break; }
        if (!codec<T>::is(*x, next++)) { return next - 1; }
      }
    }
    }
    if (next == before) { std::this_thread::yield(); }
  }
  return next;
}

TYPED_TEST(RingStress, R18_R104_EveryItemArrivesOnceWholeAndInOrder) {
  const weir::test::watchdog dog("ring stress");
  const std::uint64_t n = weir::test::rounds(150'000);
  std::uint64_t seed = 1;
  for (const std::size_t capacity : {1u, 2u, 7u, 64u, 1000u}) {
    for (const bool touch : {true, false}) {
      spsc_ring<TypeParam> ring(capacity, touch);
      std::thread producer([&] { produce(ring, capacity < 7 ? n / 10 : n, seed); });
      const std::uint64_t want = capacity < 7 ? n / 10 : n;
      const std::uint64_t got = consume(ring, want, seed + 1000);
      if (got != want) {
        std::fprintf(stderr, "item %llu of a ring of %zu is wrong\n", static_cast<unsigned long long>(got), capacity);
        std::abort(); // the producer would wait for ever
      }
      producer.join();
      EXPECT_EQ(ring.size_hint(), 0u);
      ++seed;
    }
  }
  EXPECT_EQ(tracked::living, 0);
}

} // namespace
