#include "stages/file/disk_patience.hpp"

#include <gtest/gtest.h>

namespace weir::stages {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(DiskPatience, IsNeverLostByWorkHoweverLongACallTakes) {
  disk_patience patience;
  for (int i = 0; i < 1000; ++i) patience.called(milliseconds(20), false);
  EXPECT_FALSE(patience.lost());
}

TEST(DiskPatience, IsLostToADiskThatSetsThePace) {
  disk_patience patience;
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(patience.lost()) << i;
    patience.called(milliseconds(11), true);
    patience.called(microseconds(60), false);
  }
  EXPECT_TRUE(patience.lost());
}

TEST(DiskPatience, ForgivesAWaitNowAndThen) {
  disk_patience patience;
  for (int i = 0; i < 1000; ++i) {
    patience.called(milliseconds(5), true);
    for (int k = 0; k < 2000; ++k) patience.called(microseconds(60), false);
  }
  EXPECT_FALSE(patience.lost());
}

TEST(DiskPatience, IsLostToOneWaitThatIsLong) {
  disk_patience patience;
  for (int k = 0; k < 2000; ++k) patience.called(microseconds(60), false);
  patience.called(milliseconds(200), true);
  EXPECT_TRUE(patience.lost());
}

} // namespace
} // namespace weir::stages
