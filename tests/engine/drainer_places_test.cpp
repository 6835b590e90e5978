// The places of drainers, and where one sleeps before it goes home: who ends its nap, and what it is told.

#include "engine/drainer_places.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <future>
#include <optional>
#include <thread>

namespace weir::detail {
namespace {

/// A nap on a thread of its own, begun when this returns.
std::future<bool> napping(drainer_places& place, bool beats = true) {
  auto called = std::async(std::launch::async,
                           [&place, beats] { return place.nap([beats] { return beats; }) == nap_end::called; });
  while (beats && !place.somebody_naps()) { std::this_thread::yield(); }
  return called;
}

TEST(DrainerPlaces, WhoIsCalledDrainsAgain) {
  drainer_places place(1);
  EXPECT_EQ(place.start(), 0) << "nobody naps";
  std::future<bool> called = napping(place);
  EXPECT_EQ(place.start(), std::nullopt);
  EXPECT_TRUE(called.get());
}

TEST(DrainerPlaces, ThePlaceThatWasLeftLastIsTheNext) {
  drainer_places place(3);
  for (std::size_t i = 0; i < 3; ++i) { EXPECT_EQ(place.start(), i); }
  EXPECT_TRUE(place.leave(0));
  EXPECT_TRUE(place.leave(2));
  EXPECT_EQ(place.start(), 2);
  EXPECT_EQ(place.start(), 0);
}

TEST(DrainerPlaces, WhileAllAreHeldWhoLeavesOrNapsIsTheOneThatIsWanted) {
  drainer_places place(2);
  EXPECT_EQ(place.start(), 0);
  EXPECT_EQ(place.start(), 1);
  EXPECT_EQ(place.start(), std::nullopt);
  EXPECT_EQ(place.start(), std::nullopt);
  EXPECT_FALSE(place.leave(0));
  EXPECT_EQ(place.nap([] { return true; }), nap_end::called);
  EXPECT_TRUE(place.leave(0)) << "each is wanted once";
  EXPECT_EQ(place.start(), 0);
}

TEST(DrainerPlaces, WhoseNapHasEndedIsNoLongerCalled) {
  drainer_places place(1);
  EXPECT_EQ(place.start(), 0);
  std::future<bool> called = napping(place);
  place.end();
  EXPECT_EQ(place.start(), std::nullopt);
  EXPECT_FALSE(called.get());
  EXPECT_FALSE(place.leave(0)) << "but it is wanted";
}

TEST(DrainerPlaces, TheSecondBeatOfANapEndsIt) {
  drainer_places place(1);
  std::future<bool> called = napping(place);
  EXPECT_TRUE(place.end_long()) << "it is seen for the first time, and wants a further beat";
  EXPECT_FALSE(place.end_long());
  EXPECT_FALSE(called.get());
  EXPECT_FALSE(place.somebody_naps());
  EXPECT_FALSE(place.end_long()) << "nobody wants a further beat";
}

TEST(DrainerPlaces, ABeatThatSawANapSaysNothingOfTheNextOne) {
  drainer_places place(1);
  std::future<bool> first = napping(place);
  EXPECT_TRUE(place.end_long());
  EXPECT_EQ(place.start(), std::nullopt);
  EXPECT_TRUE(first.get());
  std::future<bool> second = napping(place);
  EXPECT_TRUE(place.end_long()) << "the second nap is new";
  EXPECT_EQ(place.start(), std::nullopt);
  EXPECT_TRUE(second.get());
}

TEST(DrainerPlaces, WithoutABeatANapEndsByItself) {
  drainer_places place(1);
  EXPECT_FALSE(napping(place, false).get());
}

TEST(DrainerPlaces, ATimeThatHasComeEndsANap) {
  drainer_places place(1);
  const auto until = clock::now() + std::chrono::milliseconds(2);
  EXPECT_EQ(place.nap([] { return true; }, until), nap_end::due);
  EXPECT_GE(clock::now(), until);
  EXPECT_FALSE(place.somebody_naps());
}

TEST(DrainerPlaces, WhoIsCalledBeforeTheTimeHasComeIsCalled) {
  drainer_places place(1);
  auto end = std::async(std::launch::async,
                        [&] { return place.nap([] { return true; }, clock::now() + std::chrono::hours(1)); });
  while (!place.somebody_naps()) { std::this_thread::yield(); }
  EXPECT_EQ(place.start(), std::nullopt);
  EXPECT_EQ(end.get(), nap_end::called);
}

TEST(DrainerPlaces, AtTheEnginesEndNobodyNaps) {
  drainer_places place(1);
  std::future<bool> called = napping(place);
  place.close();
  EXPECT_FALSE(called.get());
  EXPECT_EQ(place.nap([] { return true; }), nap_end::over);
}

} // namespace
} // namespace weir::detail
