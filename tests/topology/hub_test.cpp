// hub: branches come and go while the run is under way, and nothing is lost or doubled.

#include "tests/support/stages.hpp"
#include "tests/support/tracked.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <vector>

namespace {

using weir::test::until;
using weir::test::watchdog;

bool consecutive(const std::vector<int>& items) {
  for (std::size_t i = 1; i < items.size(); ++i) {
    if (items[i] != items[i - 1] + 1) { return false; }
  }
  return true;
}

TEST(Hub, R72_EveryBranchAttachedBeforeTheStartGetsEverything) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    weir::hub<int> hub;
    std::vector<int> a;
    std::vector<int> b;
    const auto first = hub.attach(weir::edge(2) | weir::into(a));
    const auto second = hub.attach(weir::map([](int x) { return x; }) | weir::edge(1) | weir::into(b));
    (weir::iota(0, 100) | weir::edge(3) | hub.sink()).run(weir::deterministic{seed});
    ASSERT_EQ(a.size(), 100u) << "seed " << seed;
    ASSERT_TRUE(consecutive(a));
    ASSERT_EQ(a, b);
    ASSERT_TRUE(first.over() && second.over());
  }
}

// A counting stage says which items the hub took before the change and which after: what was before goes to the old
// branches, what is after to the new.
TEST(Hub, R78_WhatWasBeforeGoesToTheOldBranchAndWhatIsAfterToTheNew) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    weir::hub<int> hub;
    std::vector<int> before;
    std::vector<int> after;
    weir::branch_handle old = hub.attach(weir::edge(2) | weir::into(before));
    std::optional<weir::branch_handle> young;
    (weir::iota(0, 200) | weir::inspect([&](int x) {
       if (x == 70) {
         old.detach();
         young = hub.attach(weir::edge(1) | weir::into(after));
       }
     }) |
     weir::edge(2) | hub.sink())
        .run(weir::deterministic{seed});
    ASSERT_TRUE(consecutive(before) && consecutive(after)) << "seed " << seed;
    ASSERT_FALSE(before.empty());
    ASSERT_EQ(before.front(), 0);
    ASSERT_EQ(after.back(), 199);
    ASSERT_EQ(before.back() + 1, after.front()) << "an item was lost or came twice, seed " << seed;
  }
}

TEST(Hub, R78_WithoutABranchTheSourceStopsAndTheNextBranchGoesOnWhereTheLastOneStopped) {
  const watchdog dog("hub without branches");
  std::atomic<int> made{0};
  std::atomic<int> taken{0};
  std::atomic<int> last{std::numeric_limits<int>::max()}; // The stream may not end before the second branch is there.
  std::vector<int> before;
  std::vector<int> after;
  weir::hub<int> hub;
  weir::branch_handle old = hub.attach(weir::for_each([&](int x) {
    before.push_back(x);
    ++taken;
  }));
  weir::run run = (weir::generate([&]() -> std::optional<int> {
                     if (made >= last) { return std::nullopt; }
                     return made++;
                   }) |
                   weir::edge(8) | hub.sink())
                      .start();
  until([&] { return taken > 10; });
  old.detach();
  old.wait();
  until([&] { return hub.branches() == 0; });
  weir::test::let_others_run();
  const int stopped = made;
  EXPECT_LE(stopped - static_cast<int>(before.size()), 8 + 1024 + 1) << "only the queue and a stage's hands hold items";
  hub.attach(weir::into(after));
  last = stopped + 10'000;
  run.wait();
  EXPECT_EQ(before.back() + 1, after.front());
  EXPECT_EQ(before.size() + after.size(), static_cast<std::size_t>(made));
  EXPECT_GE(made, stopped + 10'000);
}

TEST(Hub, R75_DetachingTheBranchThatIsWaitedForLetsTheOthersGoOn) {
  const watchdog dog("detach of a stuck branch");
  struct stuck {
    weir::step process(weir::inlet<int>&) { return weir::step::outside; }
  };
  std::atomic<int> got{0};
  weir::hub<int> hub;
  weir::branch_handle bad = hub.attach(weir::edge(2) | weir::stage("stuck", stuck{}));
  weir::branch_handle good = hub.attach(weir::for_each([&](int) { ++got; }));
  weir::run run = (weir::iota(0, 5000) | weir::edge(2) | hub.sink()).start();
  until([&] { return got >= 1; });
  weir::test::let_others_run();
  EXPECT_LT(got, 5000) << "the stuck branch held nobody up";
  bad.detach();
  good.wait();
  EXPECT_EQ(got, 5000);
  run.cancel(); // The stuck branch never ends by itself.
  EXPECT_THROW(run.wait(), weir::cancelled_error);
}

// A branch whose own queue is full from its first item on is part of the wait set at once, and comes out of it again.
TEST(Hub, R76_ABranchThatIsFullAtOnceStillGetsEverything) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    weir::hub<int> hub;
    std::vector<int> got;
    const auto slow = weir::stage("slow", [&](weir::inlet<int> in) -> weir::task {
      while (auto x = co_await in.pop()) { got.push_back(*x); }
    });
    (weir::iota(0, 50) | weir::inspect([&](int x) {
       if (x == 49) { hub.attach(weir::edge(1) | slow); } // the source has all but ended
     }) |
     weir::edge(64) | hub.sink())
        .run(weir::deterministic{seed});
    ASSERT_FALSE(got.empty());
    ASSERT_TRUE(consecutive(got));
    ASSERT_EQ(got.back(), 49) << "seed " << seed;
  }
}

TEST(Hub, R77_AttachingToAnEndedSourceIsRefused) {
  weir::hub<int> hub;
  (weir::iota(0, 0) | hub.sink()).run();
  EXPECT_THROW(hub.attach(weir::for_each([](int) {})), std::logic_error);
}

TEST(Hub, R79_DetachingTwiceOrAfterTheEndIsHarmless) {
  weir::hub<int> hub;
  std::vector<int> got;
  weir::branch_handle branch = hub.attach(weir::into(got));
  weir::branch_handle copy = branch;
  (weir::iota(0, 10) | hub.sink()).run();
  branch.detach();
  copy.detach();
  EXPECT_EQ(branch.wait().stages.back().items_consumed, 10u);
  EXPECT_EQ(copy.wait().stages.back().items_consumed, 10u) << "each handle has the one result";
}

TEST(Hub, R80_TheSamePipeAttachedTwiceIsTwoBranches) {
  weir::hub<int> hub;
  std::atomic<int> got{0};
  const auto piece = weir::for_each([&](int) { ++got; });
  weir::branch_handle first = hub.attach(piece);
  weir::branch_handle second = hub.attach(piece);
  first.detach(); // before the start: it gets nothing, the other everything
  (weir::iota(0, 100) | hub.sink()).run();
  EXPECT_EQ(got, 100);
}

TEST(Hub, R81_ManyBranchesLeaveNothingBehind) {
  const watchdog dog("many branches");
  std::weak_ptr<int> residue;
  {
    weir::hub<int> hub;
    const auto probe = std::make_shared<int>(0);
    residue = probe;
    std::atomic<bool> enough{false};
    weir::run run = (weir::generate([&]() -> std::optional<int> {
                       if (enough) { return std::nullopt; }
                       return 1;
                     }) |
                     weir::edge(4) | hub.sink())
                        .start();
    for (int i = 0; i < 100; ++i) {
      auto seen = std::make_shared<std::atomic<int>>(0);
      weir::branch_handle branch = hub.attach(weir::for_each([seen, probe](int) { ++*seen; }));
      until([&] { return *seen > 0; });
      branch.detach();
      branch.wait();
    }
    until([&] { return hub.branches() == 0; });
    hub.attach(weir::for_each([](int) {}));
    enough = true;
    run.wait();
  }
  until([&] { return residue.expired(); });
}

TEST(Hub, R82_AFailingBranchFailsTheRunUnlessItIsToBeDetached) {
  const auto bad = weir::for_each([](int x) {
    if (x == 20) { throw std::runtime_error("branch"); }
  });
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    weir::hub<int> all;
    int got = 0;
    weir::branch_handle good = all.attach(weir::for_each([&](int) { ++got; }));
    weir::branch_handle first = all.attach(bad);
    EXPECT_THROW((weir::iota(0, 100'000) | weir::edge(2) | all.sink()).run(weir::deterministic{seed}), weir::run_error);
    EXPECT_LT(got, 100'000);
    EXPECT_THROW(first.wait(), weir::run_error);
    EXPECT_THROW(good.wait(), weir::cancelled_error) << "it was released with the run";

    weir::hub<int> others(weir::on_branch_failure::detach);
    got = 0;
    others.attach(weir::for_each([&](int) { ++got; }));
    weir::branch_handle second = others.attach(bad);
    EXPECT_NO_THROW((weir::iota(0, 1000) | weir::edge(2) | others.sink()).run(weir::deterministic{seed}));
    EXPECT_EQ(got, 1000);
    EXPECT_THROW(second.wait(), weir::run_error) << "its handle has the error";
  }
}

TEST(Hub, ABranchThatWantsNoMoreLeavesByItself) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    weir::hub<int> hub;
    std::vector<int> few;
    int all = 0;
    weir::branch_handle branch = hub.attach(weir::take(5) | weir::into(few));
    hub.attach(weir::for_each([&](int) { ++all; }));
    (weir::iota(0, 500) | weir::edge(2) | hub.sink()).run(weir::deterministic{seed});
    ASSERT_EQ(few.size(), 5u);
    ASSERT_EQ(all, 500);
  }
}

TEST(Hub, CancelEndsEveryBranchAndReleasesEveryItem) {
  for (int i = 0; i < 30; ++i) {
    weir::hub<std::shared_ptr<weir::test::tracked>> hub;
    std::atomic<int> got{0};
    using item = std::shared_ptr<weir::test::tracked>;
    weir::branch_handle branch = hub.attach(weir::edge(4) | weir::for_each([&](const item&) { ++got; }));
    weir::run run = (weir::generate([] { return std::optional<item>(std::make_shared<weir::test::tracked>(1)); }) |
                     weir::edge(4) | hub.sink())
                        .start();
    const watchdog dog("cancel of a hub", run);
    until([&] { return got > i; });
    run.cancel();
    EXPECT_THROW(run.wait(), weir::cancelled_error);
    EXPECT_THROW(branch.wait(), weir::cancelled_error);
  }
  const watchdog dog("items of cancelled branches");
  until([] { return weir::test::tracked::living == 0; }); // the last queue goes with the last branch's run
}

TEST(Hub, SendsABranchThatCannotRunBackAtOnce) {
  weir::hub<int> hub;
  EXPECT_THROW(hub.attach(weir::edge(1 << 20) | weir::for_each([](int) {}), {.memory = 1000}), weir::plan_error);
  EXPECT_EQ(hub.branches(), 0u);
}

TEST(Hub, ABranchOfAHubThatNeverRunsIsTold) {
  std::optional<weir::branch_handle> branch;
  {
    weir::hub<int> hub;
    branch = hub.attach(weir::for_each([](int) {}));
  }
  EXPECT_THROW(branch->wait(), weir::cancelled_error);
}

TEST(Hub, ServesOneRun) {
  weir::hub<int> hub;
  hub.attach(weir::for_each([](int) {}));
  const weir::plan plan = weir::iota(0, 10) | hub.sink();
  plan.run();
  EXPECT_THROW(plan.run(), weir::plan_error);
}

} // namespace
