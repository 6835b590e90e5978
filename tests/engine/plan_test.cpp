// Plans from end to end, on real threads and on the deterministic backend.

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct doubler {
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    std::size_t done = 0;
    for (int x : in.peek()) {
      if (!out.try_push(2 * x)) { break; }
      ++done;
    }
    in.release(done);
    return weir::step::more;
  }
};

weir::task triple(weir::inlet<int> in, weir::outlet<int> out) {
  while (auto x = co_await in.pop()) {
    if (!co_await out.push(*x * 3)) { co_return; }
  }
}

weir::generator<int> count(int n) {
  for (int i = 0; i < n; ++i) { co_yield i; }
}

std::vector<int> expected(int n, int factor) {
  std::vector<int> all(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) { all[static_cast<std::size_t>(i)] = i * factor; }
  return all;
}

TEST(Plan, OperatorsObjectsAndCoroutinesMakeOneStream) {
  std::vector<int> got;
  const weir::plan p = weir::stage("count", [] { return count(100'000); }) | weir::stage("double", doubler{}) |
                       weir::edge(7) | weir::stage("triple", triple) | weir::into(got);
  p.run();
  EXPECT_EQ(got, expected(100'000, 6));
  got.clear();
  p.run();
  EXPECT_EQ(got, expected(100'000, 6));
}

TEST(Plan, TheSameOnTheDeterministicBackend) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    std::vector<int> got;
    const weir::plan p = weir::iota(0, 1000) | weir::edge(3) | weir::stage("double", doubler{}) | weir::edge(1) |
                         weir::parallel(3, weir::stage("triple", triple)) | weir::edge(2) | weir::into(got);
    p.run(weir::deterministic{seed});
    ASSERT_EQ(got, expected(1000, 6)) << "seed " << seed;
  }
}

TEST(Plan, AFullyFusedPipelineHasNoEdge) {
  std::uint64_t sum = 0;
  const weir::plan p = weir::iota<std::uint64_t>(0, 1'000'000) | weir::map([](std::uint64_t x) { return x * 3 + 1; }) |
                       weir::filter([](std::uint64_t x) { return x % 2 == 0; }) |
                       weir::for_each([&](std::uint64_t x) { sum += x; });
  const weir::report r = p.run();
  EXPECT_EQ(r.stages.size(), 1u);
  std::uint64_t want = 0;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) { want += (i * 3 + 1) % 2 == 0 ? i * 3 + 1 : 0; }
  EXPECT_EQ(sum, want);
}

TEST(Plan, R23_FlatMapStopsInTheMiddleOfAnItemAndOverflowsNothing) {
  std::vector<int> got;
  const weir::plan p = weir::iota(0, 200) | weir::flat_map([](int x) { return std::vector<int>(50, x); }) |
                       weir::flat_map([](int x) { return std::vector<int>(2, x); }) | weir::edge(3) | weir::into(got);
  p.run();
  ASSERT_EQ(got.size(), 20'000u);
  for (std::size_t i = 0; i < got.size(); ++i) { ASSERT_EQ(got[i], static_cast<int>(i / 100)); }
}

TEST(Plan, R25_TakeEndsAtItsLastItemAndCancelsUpstream) {
  std::vector<int> got;
  int made = 0;
  const weir::plan p = weir::generate([&]() -> std::optional<int> { return made++; }) | weir::edge(4) | weir::take(10) |
                       weir::edge(4) | weir::into(got);
  p.run();
  EXPECT_EQ(got, expected(10, 1));
}

TEST(Plan, R41_AnErrorEndsTheRunAndNamesItsStage) {
  const weir::plan p =
      weir::iota(0, 1'000'000) | weir::edge(8) | weir::stage("thrower", [](weir::inlet<int> in) -> weir::task {
        while (auto x = co_await in.pop()) {
          if (*x == 1234) { throw std::runtime_error("item 1234"); }
        }
      });
  try {
    p.run();
    FAIL() << "no error";
  } catch (const weir::run_error& error) {
    EXPECT_EQ(error.stage(), "thrower");
    EXPECT_STREQ(error.what(), "thrower: item 1234");
  }
}

TEST(Plan, ParallelKeepsOrderWhenReplicasDropAndMultiply) {
  std::vector<int> got;
  const weir::plan p =
      weir::iota(0, 20'000) |
      weir::parallel(3, weir::flat_map([](int x) { return std::vector<int>(static_cast<std::size_t>(x % 4), x); })) |
      weir::into(got);
  p.run();
  std::vector<int> want;
  for (int i = 0; i < 20'000; ++i) { want.insert(want.end(), static_cast<std::size_t>(i % 4), i); }
  EXPECT_EQ(got, want);
}

TEST(Outside, ThreadsFeedAndDrain) {
  weir::feed<int> in(16);
  weir::drain_to<int> out(16);
  auto run = (in.source() | weir::stage("double", doubler{}) | out.sink()).start();
  std::thread feeder([&] {
    for (int i = 0; i < 100'000; ++i) { ASSERT_TRUE(in.push(i)); }
    in.finish();
  });
  std::vector<int> got;
  for (int x : out) { got.push_back(x); }
  feeder.join();
  run.wait();
  EXPECT_EQ(got, expected(100'000, 2));
}

/// Adds a number to each item; two of them that meet become one that adds the sum.
class adding_part final : public weir::detail::typed_part<int> {
 public:
  explicit adding_part(int what) : typed_part("add" + std::to_string(what)), what_(what) {}
  void build(weir::graph_builder& builder, weir::edge_base* in, weir::edge_base* out) const override {
    (weir::items<int>() | weir::map([by = what_](int x) { return x + by; })).close().parts().build(builder, in, out);
  }
  std::shared_ptr<const weir::part> joined_with(const weir::part& next) const override {
    const auto* const other = dynamic_cast<const adding_part*>(&next);
    return other == nullptr ? nullptr : std::make_shared<adding_part>(what_ + other->what_);
  }

 private:
  int what_;
};
weir::pipe<int, int> add(int what) { return weir::pipe<int, int>(std::make_shared<adding_part>(what)); }

TEST(Plan, PartsThatJoinBecomeOneUnlessAQueueWasAskedForBetweenThem) {
  std::vector<int> got;
  const weir::plan joined = weir::iota(0, 3) | add(1) | add(10) | add(100) | weir::into(got);
  EXPECT_EQ(joined.parts().entries().size(), 3u);
  joined.run();
  EXPECT_EQ(got, (std::vector{111, 112, 113}));
  got.clear();
  const weir::plan apart = weir::iota(0, 3) | add(1) | weir::edge(2) | add(10) | weir::into(got);
  EXPECT_EQ(apart.parts().entries().size(), 4u);
  apart.run();
  EXPECT_EQ(got, (std::vector{11, 12, 13}));
}

TEST(Plan, AnEdgeWithoutAStageInFrontOfItIsRefused) {
  EXPECT_THROW((void)(weir::items<int>() | weir::edge(2)), std::invalid_argument);
  EXPECT_THROW((void)(weir::items<int>() | weir::lag(2)), std::invalid_argument);
}

} // namespace
