// merge, zip and concat, of branches and of sources; and the check that branches cannot lock each other up.

#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

namespace {

const auto same = [](int x) { return x; };

TEST(Merge, R83_EndsAfterAllOfItsInputs) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<int> got;
    (weir::merge(weir::iota(0, 3), weir::iota(100, 160) | weir::edge(2), weir::iota(1000, 1000)) | weir::edge(2) |
     weir::into(got))
        .run(weir::deterministic{seed});
    ASSERT_EQ(got.size(), 63u) << "seed " << seed;
    std::vector<int> second;
    std::copy_if(got.begin(), got.end(), std::back_inserter(second), [](int x) { return x >= 100; });
    ASSERT_TRUE(std::is_sorted(second.begin(), second.end())) << "order holds for each input";
  }
}

// Both inputs always have items: while both last, neither gets more than its share of a turn ahead, by the count of what
// has come out.
TEST(Merge, R115_IsFairToInputsThatAlwaysHaveItems) {
  std::size_t of[2] = {0, 0};
  std::size_t worst = 0;
  (weir::merge(weir::iota(0, 20'000), weir::iota(100'000, 120'000)) | weir::for_each([&](int x) {
     ++of[x >= 100'000 ? 1 : 0];
     if (of[0] < 20'000 && of[1] < 20'000) { worst = std::max(worst, of[0] > of[1] ? of[0] - of[1] : of[1] - of[0]); }
   })).run(weir::deterministic{7});
  EXPECT_EQ(of[0], 20'000u);
  EXPECT_EQ(of[1], 20'000u);
  EXPECT_LT(worst, 5000u) << "one input had to wait until the other was nearly done";
}

TEST(Merge, TellsItsInputsWhenNobodyWantsMore) {
  const weir::test::watchdog dog("merge with a satisfied consumer");
  std::vector<int> got;
  const auto endless = [] { return weir::generate([n = 0]() mutable { return std::optional<int>(n++); }); };
  (weir::merge(endless(), endless()) | weir::take(10) | weir::into(got)).run();
  EXPECT_EQ(got.size(), 10u);
}

TEST(Zip, PairsItemsOfTwoSourcesAndEndsWithTheShorter) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<std::tuple<int, std::string>> got;
    (weir::zip(weir::iota(0, 1'000'000), weir::from(std::vector<std::string>{"a", "b", "c"})) | weir::into(got))
        .run(weir::deterministic{seed});
    ASSERT_EQ(got, (std::vector<std::tuple<int, std::string>>{{0, "a"}, {1, "b"}, {2, "c"}}));
  }
}

TEST(Zip, PutsTheResultsOfATeeTogether) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<std::tuple<int, int, int>> got;
    (weir::iota(0, 100) | weir::edge(2) |
     weir::tee(weir::items<int>(), weir::edge(1) | weir::map([](int x) { return 2 * x; }),
               weir::edge(3) | weir::map(same) | weir::edge(1) | weir::map([](int x) { return x * x; })) |
     weir::zip() | weir::into(got))
        .run(weir::deterministic{seed});
    ASSERT_EQ(got.size(), 100u) << "seed " << seed;
    for (int i = 0; i < 100; ++i) { ASSERT_EQ(got[static_cast<std::size_t>(i)], std::make_tuple(i, 2 * i, i * i)); }
  }
}

TEST(Concat, TakesOneSourceAfterTheOther) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> got;
    (weir::concat(weir::iota(0, 50) | weir::edge(2), weir::iota(50, 50), weir::iota(50, 120) | weir::edge(1)) |
     weir::edge(3) | weir::into(got))
        .run(weir::deterministic{seed});
    std::vector<int> all(120);
    std::iota(all.begin(), all.end(), 0);
    ASSERT_EQ(got, all) << "seed " << seed;
  }
}

TEST(Fans, OfANumberKnownAtRunTime) {
  std::vector<std::vector<int>> got(5);
  std::vector<weir::pipe<int, void>> sinks;
  for (auto& g : got) { sinks.push_back(weir::items<int>() | weir::into(g)); }
  std::vector<weir::pipe<void, int>> sources;
  for (int i = 0; i < 3; ++i) { sources.push_back(weir::iota(10 * i, 10 * i + 10) | weir::edge(4)); }
  (weir::concat(sources) | weir::tee(sinks)).run();
  for (const auto& g : got) {
    EXPECT_EQ(g.size(), 30u);
    EXPECT_TRUE(std::is_sorted(g.begin(), g.end()));
  }
  EXPECT_THROW((void)weir::tee(std::vector<weir::pipe<int, void>>{}), weir::plan_error);
}

// ---- the check of joins ----

std::string refusal(const weir::plan& plan) {
  try {
    (void)plan.check();
  } catch (const weir::plan_error& error) { return error.what(); }
  return {};
}

const auto sink = weir::for_each([](const auto&) {});

TEST(JoinCheck, RefusesABranchOfUnknownLagAndNamesTheEdge) {
  const std::string text = refusal(
      weir::iota(0, 10) | weir::tee(weir::filter([](int x) { return x > 3; }), weir::map(same)) | weir::zip() | sink);
  EXPECT_NE(text.find("'tee -> filter'"), std::string::npos) << text;
  EXPECT_NE(text.find("'tee -> map'"), std::string::npos) << text;
}

// The window swallows 5 items before its first; the other branch needs room for 6.
struct window {
  [[nodiscard]] std::size_t lag() const { return 5; }
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    if (held.size() == 5) {
      if (!out.try_push(held.front())) { return weir::step::room; }
      held.erase(held.begin());
    }
    held.push_back(in.front());
    in.release(1);
    return weir::step::more;
  }
  std::vector<int> held;
};

weir::plan windowed(std::size_t before, std::size_t after) {
  return weir::iota(0, 1000) |
         weir::tee(weir::edge(1) | weir::stage("window", window{}) | weir::edge(1),
                   weir::edge(before) | weir::map(same) | weir::edge(after)) |
         weir::zip() | sink;
}

TEST(JoinCheck, SaysWhichSizeWouldDoAndThatSizeDoes) {
  const std::string text = refusal(windowed(2, 2));
  EXPECT_NE(text.find("'tee -> map'"), std::string::npos) << text;
  EXPECT_NE(text.find("an edge of 6"), std::string::npos) << text;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_NO_THROW(windowed(6, 1).run(weir::deterministic{seed})) << seed;
    EXPECT_NO_THROW(windowed(3, 3).run(weir::deterministic{seed})) << "what both queues hold counts, seed " << seed;
  }
}

TEST(JoinCheck, AgreesWithTheRunThatItWouldHaveRefused) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_THROW(windowed(2, 2).run(weir::deterministic{seed}, {.check_joins = false}), weir::stall_error) << seed;
  }
}

TEST(JoinCheck, BelievesADeclaredLag) {
  const auto every = weir::filter([](int) { return true; });
  EXPECT_NE(refusal(weir::iota(0, 10) | weir::tee(every, weir::map(same)) | weir::zip() | sink), "");
  EXPECT_EQ(refusal(weir::iota(0, 10) | weir::tee(every | weir::lag(0), weir::map(same)) | weir::zip() | sink), "");
}

TEST(JoinCheck, RefusesConcatBehindATee) {
  const std::string text =
      refusal(weir::iota(0, 10) | weir::tee(weir::map(same), weir::map(same)) | weir::concat() | sink);
  EXPECT_NE(text.find("whole stream"), std::string::npos) << text;
}

TEST(JoinCheck, LetsMergePassWhateverTheBranchesDo) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    int got = 0;
    (weir::iota(0, 100) |
     weir::tee(weir::edge(1) | weir::filter([](int x) { return x == 50; }) | weir::edge(1),
               weir::edge(1) | weir::map(same)) |
     weir::merge() | weir::edge(1) | weir::for_each([&](int) {
       ++got;
     })).run(weir::deterministic{seed});
    ASSERT_EQ(got, 101);
  }
}

TEST(Stall, NamesTheCycleOfWaitsAndHasAPicture) {
  const weir::plan plan = weir::iota(0, 1000) | weir::edge(2) |
                          weir::tee(weir::edge(2) | weir::filter([](int) { return false; }),
                                    weir::edge(4) | weir::map(same) | weir::edge(4)) |
                          weir::zip() | sink;
  try {
    plan.run({.check_joins = false});
    FAIL() << "a deadlock was not noticed";
  } catch (const weir::stall_error& stall) {
    const std::string text = stall.what();
    EXPECT_NE(text.find("cycle of waits: tee -> [tee -> map (4 of 4)] -> map -> [map -> zip (4 of 4)] -> zip"),
              std::string::npos)
        << text;
    ASSERT_NE(stall.state(), nullptr);
    const std::string dot = weir::to_dot(*stall.state());
    EXPECT_NE(dot.find("label=\"4 of 4\", color=red"), std::string::npos) << dot;
    EXPECT_NE(weir::to_mermaid(*stall.state()).find("==>|\"4 of 4\"|"), std::string::npos);
  }
}

} // namespace
