// What random graphs have found, each as small as it gets.

#include "tests/oracle/item.hpp"
#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace {

using weir::oracle::item;
using namespace std::chrono_literals;

auto numbered(std::uint64_t n) {
  return weir::generate([n, next = std::uint64_t{0}]() mutable -> std::optional<item> {
    if (next == n) { return std::nullopt; }
    ++next;
    return item(next, next);
  });
}

TEST(Found, AnItemThatWaitsToBeTriedAgainGoesBeforeTheEndOfTheRunIsTold) {
  std::atomic<bool> failed{false};
  const weir::plan p = numbered(1) | weir::edge(1) | weir::map([&](const item& x) -> item {
                         failed.store(true);
                         if (x.id == 1) { throw std::runtime_error("no"); }
                         return x;
                       }) |
                       weir::on_error(weir::retry(1, 1h)) | weir::for_each([](const item&) {});
  weir::run run = p.start();
  const weir::test::watchdog dog("a run that waits for an hour", run);
  weir::test::until([&] { return failed.load(); });
  run.cancel();
  EXPECT_THROW(run.wait(), weir::cancelled_error);
  EXPECT_EQ(item::living, 0);
}

TEST(Found, AnItemThatWaitsToBeTriedAgainWhenNobodyWantsMoreIsNotMissing) {
  const weir::plan p = numbered(2) | weir::edge(1) | weir::map([](const item& x) {
                         if (x.id == 2) { throw std::runtime_error("no"); }
                         return x;
                       }) |
                       weir::on_error(weir::retry(1, 1h)) | weir::edge(1) | weir::take(1) |
                       weir::for_each([](const item&) {});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    ASSERT_NO_THROW(p.run(weir::deterministic{seed})) << "seed " << seed;
  }
}

TEST(Found, ASnapshotShowsNoMoreItemsInAnEdgeThanItCanHold) {
  weir::engine engine(2);
  const auto n = static_cast<long>(weir::test::rounds(500'000));
  weir::run run =
      (weir::iota(0L, n) | weir::edge(2) | weir::inspect([](long) {}) | weir::edge(3) | weir::for_each([](long) {
       })).start({}, engine);
  const weir::test::watchdog dog("a run that is looked at", run);
  while (!run.over()) {
    for (const weir::edge_report& e : run.snapshot().edges) { ASSERT_LE(e.items, e.capacity) << e.name; }
  }
  run.wait();
}

} // namespace
