// dry_wait: when it lets a producer work, and when it leaves it at that.

#include <weir/dry_wait.hpp>

#include <gtest/gtest.h>

namespace {

using weir::dry_wait;

/// How often of `batches` of as many items it waited, for a producer that adds `growth` meanwhile.
int waits(dry_wait& wait, int batches, std::size_t there, std::size_t growth) {
  int looks = 0;
  for (int i = 0; i < batches; ++i) {
    wait.before(there, [&] {
      ++looks;
      return there + growth;
    });
  }
  return looks;
}

TEST(DryWait, AFewItemsAreTakenAtOnce) {
  dry_wait wait;
  for (std::size_t there = 0; there < dry_wait::k_worth_waiting; ++there) { EXPECT_EQ(waits(wait, 10, there, 1), 0); }
}

TEST(DryWait, AProducerInFullFlowIsWaitedForEachTime) {
  dry_wait wait;
  EXPECT_EQ(waits(wait, 10, 4, 1), 10);
  EXPECT_EQ(waits(wait, 10, 200, 50), 10);
}

TEST(DryWait, AfterAWaitInVainManyBatchesAreTakenAtOnce) {
  dry_wait wait;
  const int batches = 10 * (1 + static_cast<int>(dry_wait::k_rest));
  EXPECT_EQ(waits(wait, batches, 100, 0), 10);
  EXPECT_EQ(waits(wait, 1, 100, 0), 1);
  EXPECT_EQ(waits(wait, static_cast<int>(dry_wait::k_rest), 100, 1), 0);
  EXPECT_EQ(waits(wait, 10, 100, 1), 10) << "and then it tries again";
}

} // namespace
