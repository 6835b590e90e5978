// Where a drainer sleeps before it goes home: who ends its nap, and what it is told.

#include "engine/nap_place.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace weir::detail {
namespace {

/// A nap on a thread of its own, begun when this returns.
std::future<bool> napping(nap_place& place, bool beats = true) {
  auto called = std::async(std::launch::async,
                           [&place, beats] { return place.nap([beats] { return beats; }) == nap_end::called; });
  while (beats && !place.taken()) { std::this_thread::yield(); }
  return called;
}

TEST(NapPlace, WhoIsCalledDrainsAgain) {
  nap_place place;
  EXPECT_FALSE(place.call()) << "nobody naps";
  place.came();
  std::future<bool> called = napping(place);
  EXPECT_TRUE(place.call());
  EXPECT_TRUE(called.get());
}

// The place in the arena that the started one needs may be the napper's.
TEST(NapPlace, WhileADrainerIsOnItsWayNobodyNaps) {
  nap_place place;
  EXPECT_FALSE(place.call());
  EXPECT_EQ(place.nap([] { return true; }), nap_end::over);
  place.came();
  std::future<bool> called = napping(place);
  EXPECT_TRUE(place.call());
  EXPECT_TRUE(called.get());
}

TEST(NapPlace, TheSecondBeatOfANapEndsIt) {
  nap_place place;
  std::future<bool> called = napping(place);
  EXPECT_TRUE(place.end_long()) << "it is seen for the first time, and wants a further beat";
  EXPECT_FALSE(place.end_long());
  EXPECT_FALSE(called.get());
  EXPECT_FALSE(place.taken());
  EXPECT_FALSE(place.end_long()) << "nobody wants a further beat";
}

TEST(NapPlace, ABeatThatSawANapSaysNothingOfTheNextOne) {
  nap_place place;
  std::future<bool> first = napping(place);
  EXPECT_TRUE(place.end_long());
  EXPECT_TRUE(place.call());
  EXPECT_TRUE(first.get());
  std::future<bool> second = napping(place);
  EXPECT_TRUE(place.end_long()) << "the second nap is new";
  EXPECT_TRUE(place.call());
  EXPECT_TRUE(second.get());
}

TEST(NapPlace, WithoutABeatANapEndsByItself) {
  nap_place place;
  EXPECT_FALSE(napping(place, false).get());
}

TEST(NapPlace, ATimeThatHasComeEndsANap) {
  nap_place place;
  const auto until = clock::now() + std::chrono::milliseconds(2);
  EXPECT_EQ(place.nap([] { return true; }, until), nap_end::due);
  EXPECT_GE(clock::now(), until);
  EXPECT_FALSE(place.taken());
}

TEST(NapPlace, WhoIsCalledBeforeTheTimeHasComeIsCalled) {
  nap_place place;
  auto end = std::async(std::launch::async,
                        [&] { return place.nap([] { return true; }, clock::now() + std::chrono::hours(1)); });
  while (!place.taken()) { std::this_thread::yield(); }
  EXPECT_TRUE(place.call());
  EXPECT_EQ(end.get(), nap_end::called);
}

TEST(NapPlace, AtTheEnginesEndNobodyNaps) {
  nap_place place;
  std::future<bool> called = napping(place);
  place.close();
  EXPECT_FALSE(called.get());
  EXPECT_EQ(place.nap([] { return true; }), nap_end::over);
}

} // namespace
} // namespace weir::detail
