// What random graphs have found, each as small as it gets.

#include "tests/oracle/item.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include "engine/edge_ends.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
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
  const weir::plan p = numbered(2) | weir::edge(2) | weir::map([](const item& x) {
                         if (x.id == 2) { throw std::runtime_error("no"); }
                         return x;
                       }) |
                       weir::on_error(weir::retry(1, 1h)) | weir::edge(2) | weir::take(1) |
                       weir::for_each([](const item&) {});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    ASSERT_NO_THROW(p.run(weir::deterministic{seed})) << "seed " << seed;
  }
}

/// An edge that is always full and through which items pass whenever somebody looks.
class flowing final : public weir::edge_base {
 public:
  flowing() : edge_base(weir::edge(2).resolved(2)) {}
  [[nodiscard]] std::uint64_t items_in() const noexcept override { return passed() + 2; }
  [[nodiscard]] std::uint64_t items_out() const noexcept override { return passed(); }
  [[nodiscard]] std::size_t footprint() const noexcept override { return sizeof *this; }
  void flush_out() noexcept override {}
  [[nodiscard]] bool has_room() noexcept override { return false; }
  void flush_in() noexcept override {}
  [[nodiscard]] bool has_items() noexcept override { return true; }
  void discard() noexcept override {}

 protected:
  void uncork_all() noexcept override {}
  void drop_reserved() noexcept override {}
  void republish_tail() noexcept override {}
  void republish_head() noexcept override {}
  [[nodiscard]] std::size_t size_after_flag() noexcept override { return 2; }
  [[nodiscard]] bool grew_after_flag() noexcept override { return true; }

 private:
  [[nodiscard]] std::uint64_t passed() const noexcept { return passed_ += 5; }
  mutable std::uint64_t passed_ = 0;
};

TEST(Found, ASnapshotShowsNoMoreItemsInAnEdgeThanItCanHold) {
  weir::graph g;
  g.edges.push_back(weir::detail::make_stored<flowing>());
  g.nodes.push_back(
      weir::detail::make_stored<weir::described_node>("from", weir::stage_needs{}, nullptr, g.edges.front().get()));
  const auto reports = weir::detail::edges_of(g);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_LE(reports.front().items, reports.front().capacity);
}

} // namespace
