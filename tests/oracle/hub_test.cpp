// What random graphs hit too seldom: branches of a hub that come and go at the very moment at which an item does.

#include "tests/support/random_pause.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <vector>

namespace {

/// Runs 0, 1, … through a hub; at every fifth item `change` is called with the number of the branch whose turn it is.
template <class Change>
void run_and_change(weir::hub<int>& hub, weir::engine& engine, Change change) {
  constexpr int k_branches = 20;
  const auto at_fifths = [change](int x) {
    if (x % 5 == 0) { change(x / 5); }
  };
  weir::run run =
      (weir::iota(0, 5 * k_branches) | weir::inspect(at_fifths) | weir::edge(1) | hub.sink()).start({}, engine);
  const weir::test::watchdog dog("branches that come and go", run);
  run.wait();
}

TEST(HubChanges, ABranchGetsEveryItemThatIsMadeAfterItWasAttached) {
  weir::engine engine(2);
  for (std::uint64_t round = 0; round < weir::test::rounds(400); ++round) {
    weir::hub<int> hub;
    std::deque<std::vector<int>> got(20);
    (void)hub.attach(weir::for_each([](int) {}));
    run_and_change(hub, engine, [&](int b) { (void)hub.attach(weir::into(got[static_cast<std::size_t>(b)])); });
    for (std::size_t b = 0; b < got.size(); ++b) {
      ASSERT_FALSE(got[b].empty()) << "round " << round << ", branch " << b;
      ASSERT_LE(got[b].front(), 5 * static_cast<int>(b)) << "round " << round;
    }
  }
}

TEST(HubChanges, ABranchGetsNoItemThatIsMadeAfterItWasDetached) {
  weir::engine engine(2);
  for (std::uint64_t round = 0; round < weir::test::rounds(400); ++round) {
    weir::hub<int> hub;
    std::deque<std::vector<int>> got(20);
    std::vector<weir::branch_handle> branches;
    (void)hub.attach(weir::for_each([](int) {}));
    for (auto& to : got) { branches.push_back(hub.attach(weir::into(to))); }
    run_and_change(hub, engine, [&](int b) { branches[static_cast<std::size_t>(b)].detach(); });
    for (std::size_t b = 0; b < got.size(); ++b) {
      if (!got[b].empty()) { ASSERT_LT(got[b].back(), 5 * static_cast<int>(b)) << "round " << round; }
    }
  }
}

} // namespace
