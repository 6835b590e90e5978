// balance, partition and parallel farms.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <vector>

namespace {

using weir::test::until;
using weir::test::watchdog;

TEST(Balance, GivesEachItemToOneReplica) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> got;
    (weir::iota(0, 100) | weir::balance(3, weir::edge(1) | weir::map([](int x) { return x; })) | weir::merge() |
     weir::edge(1) | weir::into(got))
        .run(weir::deterministic{seed});
    std::sort(got.begin(), got.end());
    ASSERT_EQ(got.size(), 100u);
    for (int i = 0; i < 100; ++i) { ASSERT_EQ(got[static_cast<std::size_t>(i)], i) << "seed " << seed; }
  }
}

// One branch never takes more than its queue: the other gets the rest.
TEST(Balance, GoesAroundABranchThatStandsStill) {
  const watchdog dog("balance around a stuck branch");
  std::atomic<int> got{0};
  struct stuck {
    weir::step process(weir::inlet<int>&) { return weir::step::outside; }
  };
  weir::run run = (weir::iota(0, 1000) |
                   weir::balance(weir::edge(2) | weir::stage("stuck", stuck{}), weir::for_each([&](int) { ++got; })))
                      .start();
  until([&] { return got >= 998; });
  EXPECT_EQ(got, 998);
  run.cancel();
  EXPECT_THROW(run.wait(), weir::cancelled_error);
}

TEST(Partition, KeepsOneKeyAtOneReplicaAndInOrder) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    struct keyed {
      int key;
      int n;
    };
    std::vector<std::map<int, std::vector<int>>> by_replica;
    std::atomic<int> made{0};
    const auto replica = weir::make_stage("replica", [&] {
      struct noting {
        weir::step process(weir::inlet<keyed>& in, weir::outlet<std::pair<int, keyed>>& out) {
          while (!in.empty() && out.try_push(std::pair{me, in.front()})) { in.release(1); }
          return weir::step::more;
        }
        int me;
      };
      return noting{made++};
    });
    std::map<int, std::set<int>> replicas_of;
    std::map<int, int> last;
    (weir::iota(0, 300) | weir::map([](int n) {
       return keyed{n % 7, n};
     }) |
     weir::partition(
         3, [](const keyed& k) { return k.key; }, weir::edge(2) | replica) |
     weir::for_each([&](const std::pair<int, keyed>& got) {
       replicas_of[got.second.key].insert(got.first);
       EXPECT_TRUE(last.find(got.second.key) == last.end() || last[got.second.key] < got.second.n) << "seed " << seed;
       last[got.second.key] = got.second.n;
     })).run(weir::deterministic{seed});
    ASSERT_EQ(replicas_of.size(), 7u);
    for (const auto& [key, replicas] : replicas_of) { ASSERT_EQ(replicas.size(), 1u) << "key " << key; }
  }
}

TEST(Partition, OfSinksNeedsNoJoinAndCountsWhatAClosedReplicaMissed) {
  std::atomic<int> taken{0};
  const auto first_only = weir::take(1) | weir::for_each([&](int) { ++taken; });
  const weir::report r = (weir::iota(0, 1000) | weir::edge(2) |
                          weir::partition(
                              4, [](int x) { return x; }, weir::edge(1) | first_only))
                             .run(weir::deterministic{1});
  EXPECT_EQ(taken, 4);
  EXPECT_EQ(r.stages[1].name, "partition");
  EXPECT_EQ(r.stages[1].items_in, r.stages[1].items_out + r.stages[1].items_filtered);
}

// No more calls in flight than replicas; results in the order of the inputs although later items are done sooner.
TEST(Parallel, R24_AtMostNCallsAreInFlightAndOrderHolds) {
  weir::engine four(4);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::vector<int> got;
  const auto work = weir::map([&](int x) {
    const int now = ++inside;
    int seen = most.load();
    while (seen < now && !most.compare_exchange_weak(seen, now)) {}
    for (int i = 0; i < (x % 7) * 50; ++i) { std::this_thread::yield(); }
    --inside;
    return x;
  });
  (weir::iota(0, 500) | weir::parallel(3, work) | weir::into(got)).run({}, four);
  EXPECT_LE(most, 3);
  EXPECT_EQ(got.size(), 500u);
  EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
}

TEST(Parallel, ReplicasThatDropAndMultiplyItemsKeepOrder) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<int> got;
    const auto body = weir::flat_map([](int x) { return std::vector<int>(static_cast<std::size_t>(x % 4), x); });
    (weir::iota(0, 80) | weir::edge(2) | weir::parallel(3, body) | weir::edge(1) | weir::into(got))
        .run(weir::deterministic{seed});
    std::vector<int> expected;
    for (int x = 0; x < 80; ++x) { expected.insert(expected.end(), static_cast<std::size_t>(x % 4), x); }
    ASSERT_EQ(got, expected) << "seed " << seed;
  }
}

TEST(Parallel, UnorderedLetsLaterItemsPassAStuckOne) {
  const watchdog dog("unordered farm");
  weir::engine four(4);
  std::atomic<int> out{0};
  std::atomic<bool> go{false};
  const auto work = weir::map([&](int x) {
    if (x == 0) {
      until([&] { return out >= 40 || go; });
    }
    return x;
  });
  std::vector<int> got;
  (weir::iota(0, 100) | weir::edge(4) | weir::parallel(2, weir::edge(1) | work, weir::unordered) |
   weir::for_each([&](int x) {
     got.push_back(x);
     ++out;
   })).run({}, four);
  EXPECT_EQ(got.size(), 100u);
  EXPECT_NE(got.front(), 0) << "item 0 waited until others had passed";
}

TEST(Parallel, AnErrorInTheMiddleOfTheWindowEndsTheRunOnce) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<int> got;
    const weir::plan plan = weir::iota(0, 100) | weir::edge(3) | weir::parallel(3, weir::map([](int x) {
                                                                                  if (x == 40) {
                                                                                    throw std::runtime_error("forty");
                                                                                  }
                                                                                  return x;
                                                                                })) |
                            weir::into(got);
    try {
      plan.run(weir::deterministic{seed});
      FAIL() << "the error was lost";
    } catch (const weir::run_error& error) { EXPECT_NE(std::string(error.what()).find("forty"), std::string::npos); }
    ASSERT_LE(got.size(), 40u) << "nothing may pass the item that failed, seed " << seed;
    for (std::size_t i = 0; i < got.size(); ++i) { ASSERT_EQ(got[i], static_cast<int>(i)); }
  }
}

TEST(Parallel, CancelInTheMiddleOfTheWindowReleasesEveryItem) {
  for (int i = 0; i < 50; ++i) {
    std::atomic<int> passed{0};
    weir::run run = (weir::test::numbers() | weir::parallel(2, weir::stage("pass", weir::test::task_pass)) |
                     weir::for_each([&](const weir::test::tracked&) {
                       ++passed;
                     })).start();
    const watchdog dog("cancel of a farm", run);
    until([&] { return passed > i; });
    run.cancel();
    EXPECT_THROW(run.wait(), weir::cancelled_error);
  }
  EXPECT_EQ(weir::test::tracked::living, 0);
}

} // namespace
