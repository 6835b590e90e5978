// Builds without NDEBUG, which this file is in every preset, notice two threads at one end of an edge.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/one_at_a_time.hpp>
#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>

namespace {

using weir::test::until;
using weir::test::watchdog;

static_assert(std::is_same_v<weir::one_at_a_time, weir::checked_one_at_a_time<>>);
static_assert(std::is_empty_v<weir::unchecked_one_at_a_time>, "it costs nothing where nothing is checked");

TEST(OneAtATime, R106_TheSecondVisitorIsRefusedAndTheFirstKeepsThePlace) {
  weir::checked_one_at_a_time<> place;
  {
    const auto first = place.enter("a gate");
    for (int i = 0; i < 3; ++i) {
      try {
        (void)place.enter("a gate");
        FAIL() << "two inside";
      } catch (const std::logic_error& error) { EXPECT_STREQ(error.what(), "weir: two threads at once at a gate"); }
    }
  }
  EXPECT_NO_THROW((void)place.enter("a gate"));
}

TEST(OneAtATime, R106_TwoProducersAtAFeedAreRefused) {
  weir::feed<int> in(1);
  std::vector<int> got;
  const weir::plan p = in.source() | weir::into(got);
  ASSERT_TRUE(in.push(0));
  const watchdog dog("two producers");
  std::thread first([&] { EXPECT_TRUE(in.push(1)); }); // waits: nobody takes yet
  until([&] { return in.need_drain(); });
  EXPECT_THROW((void)in.try_push(2), std::logic_error);
  EXPECT_THROW((void)in.offer(2), std::logic_error);
  EXPECT_THROW((void)in.push(2), std::logic_error);
  EXPECT_THROW(in.cork(), std::logic_error);
  EXPECT_THROW(in.uncork(), std::logic_error);
  EXPECT_THROW(in.finish(), std::logic_error);
  weir::run run = p.start();
  first.join();
  EXPECT_TRUE(in.push(3)) << "the place is free again, and the join hands it over";
  in.finish();
  run.wait();
  EXPECT_EQ(got, (std::vector{0, 1, 3}));
}

TEST(OneAtATime, R106_TwoConsumersAtADrainAreRefused) {
  weir::feed<int> in(4);
  weir::drain_to<int> out(1);
  weir::run run = (in.source() | out.sink()).start();
  const watchdog dog("two consumers", run);
  std::optional<int> got;
  std::thread first([&] {
    for (;;) {
      try {
        got = out.pop();
        return;
      } catch (const std::logic_error&) {} // it came while the other was looking
    }
  });
  until([&] {
    try {
      (void)out.ended();
      return false;
    } catch (const std::logic_error&) { return true; }
  });
  EXPECT_THROW((void)out.try_pop(), std::logic_error);
  EXPECT_THROW((void)out.pop(), std::logic_error);
  EXPECT_THROW(out.close(), std::logic_error);
  ASSERT_TRUE(in.push(5));
  first.join();
  EXPECT_EQ(got, 5);
  out.close();
  run.wait();
}

} // namespace
