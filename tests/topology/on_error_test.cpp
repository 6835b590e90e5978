// on_error: skip, retry, dead letters; what cannot be done is refused before the start.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weir::dead;
using weir::dead_letter;
using weir::on_error;
using weir::retry;
using weir::skip;

int picky(int x) {
  if (x % 5 == 3) { throw std::runtime_error("bad " + std::to_string(x)); }
  return x;
}

const weir::stage_report& named(const weir::report& r, const std::string& name) {
  for (const auto& s : r.stages) {
    if (s.name == name) { return s; }
  }
  throw std::out_of_range(name);
}

TEST(OnError, SkipLeavesTheItemOutAndCountsIt) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> got;
    const weir::report r =
        (weir::iota(0, 100) | weir::edge(3) | weir::map(picky) | on_error(skip()) | weir::edge(2) | weir::into(got))
            .run(weir::deterministic{seed});
    ASSERT_EQ(got.size(), 80u);
    ASSERT_EQ(named(r, "map").items_skipped, 20u);
    ASSERT_EQ(named(r, "map").items_in, 100u);
    ASSERT_EQ(named(r, "map").items_out, 80u);
  }
}

TEST(OnError, SkipOfWhatAFunctionSourceMade) {
  std::vector<int> got;
  const weir::report r = (weir::iota(0, 100) | weir::map(picky) | on_error(skip()) | weir::into(got)).run();
  EXPECT_EQ(got.size(), 80u);
  EXPECT_EQ(r.stages.front().items_made, 100u);
  EXPECT_EQ(r.stages.front().items_skipped, 20u);
}

TEST(OnError, SkipOfMoveOnlyItems) {
  int got = 0;
  (weir::test::numbers(100) | weir::edge(2) |
   weir::inspect([](const weir::test::tracked& x) { picky(static_cast<int>(x.value())); }) | on_error(skip()) |
   weir::for_each([&](const weir::test::tracked&) {
     ++got;
   })).run();
  EXPECT_EQ(got, 80);
  EXPECT_EQ(weir::test::tracked::living, 0);
}

TEST(OnError, RetryTriesTheSameItemAgainInOrder) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::map<int, int> tries;
    std::vector<int> got;
    const auto flaky = [&](int x) {
      if (x % 4 == 0 && ++tries[x] < 4) { throw std::runtime_error("not yet"); }
      return x;
    };
    (weir::iota(0, 20) | weir::edge(2) | weir::map(flaky) | on_error(retry(3)) | weir::edge(1) | weir::into(got))
        .run(weir::deterministic{seed});
    ASSERT_EQ(got.size(), 20u);
    for (int x = 0; x < 20; ++x) { ASSERT_EQ(got[static_cast<std::size_t>(x)], x) << "seed " << seed; }
  }
}

TEST(OnError, RetryWaitsTwiceAsLongEachTime) {
  std::vector<weir::clock::time_point> at;
  struct flaky {
    std::vector<weir::clock::time_point>* at;
    weir::stage_context* context = nullptr;
    void start(weir::stage_context& c) { context = &c; }
    weir::step process(weir::inlet<int>& in) {
      at->push_back(context->now());
      if (at->size() < 5) { throw std::runtime_error("not yet"); }
      in.release(1);
      return weir::step::more;
    }
  };
  (weir::iota(0, 1) | weir::stage("flaky", flaky{&at}) | on_error(retry(4, 10ms))).run(weir::deterministic{1});
  ASSERT_EQ(at.size(), 5u);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(at[i] - at[i - 1], 10ms * (1 << (i - 1))) << "virtual time is exact";
  }
}

TEST(OnError, AfterTheLastRetryTheErrorIsTheRuns) {
  int tries = 0;
  try {
    (weir::iota(0, 10) | weir::edge(2) | weir::map([&](int x) {
       if (x == 4) {
         ++tries;
         throw std::runtime_error("never");
       }
       return x;
     }) |
     on_error(retry(2)) | weir::for_each([](int) {
     })).run();
    FAIL() << "the error was lost";
  } catch (const weir::run_error& error) { EXPECT_STREQ(error.what(), "map: never"); }
  EXPECT_EQ(tries, 3);
}

TEST(OnError, DeadLettersCarryTheItemAndItsError) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> good;
    std::vector<dead<int>> bad;
    const weir::report r =
        (weir::iota(0, 100) | weir::edge(2) | weir::map(picky) |
         on_error(retry(1).then(dead_letter<int>(weir::edge(1) | weir::into(bad)))) | weir::edge(1) | weir::into(good))
            .run(weir::deterministic{seed});
    ASSERT_EQ(good.size(), 80u) << "seed " << seed;
    ASSERT_EQ(bad.size(), 20u);
    ASSERT_EQ(named(r, "map").items_dead_lettered, 20u);
    for (std::size_t i = 0; i < bad.size(); ++i) {
      ASSERT_EQ(bad[i].item, static_cast<int>(5 * i + 3));
      try {
        std::rethrow_exception(bad[i].error);
      } catch (const std::runtime_error& e) { ASSERT_EQ(e.what(), "bad " + std::to_string(bad[i].item)); }
    }
  }
}

TEST(OnError, ObjectStagesBlameTheItemAtTheFront) {
  struct strict {
    weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
      while (!in.empty() && out.room() > 0) {
        (void)out.try_push(picky(in.front()));
        in.release(1);
      }
      return weir::step::more;
    }
  };
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> good;
    std::vector<dead<int>> bad;
    (weir::iota(0, 100) | weir::edge(4) | weir::stage("strict", strict{}) |
     on_error(dead_letter<int>(weir::into(bad))) | weir::edge(2) | weir::into(good))
        .run(weir::deterministic{seed});
    ASSERT_EQ(good.size(), 80u);
    ASSERT_EQ(bad.size(), 20u);
  }
}

TEST(OnError, AnItemThatWasPartlyPassedOnCanOnlyBeSkipped) {
  const auto halves = weir::flat_map([](int x) {
                        return std::vector<int>{x, -x};
                      }) |
                      weir::map([](int x) {
                        if (x == -7) { throw std::runtime_error("second half"); }
                        return x;
                      });
  std::vector<int> got;
  (weir::iota(1, 11) | weir::edge(2) | halves | on_error(skip()) | weir::into(got)).run();
  EXPECT_EQ(got.size(), 19u) << "the half that had gone on stays";
  got.clear();
  EXPECT_THROW((weir::iota(1, 11) | weir::edge(2) | halves | on_error(retry(3)) | weir::into(got)).run(),
               weir::run_error)
      << "a retry would pass the first half on twice";
}

TEST(OnError, InsideAFarmEveryReplicaHasThePolicy) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<int> got;
    (weir::iota(0, 100) | weir::edge(2) | weir::parallel(3, weir::items<int>() | weir::map(picky) | on_error(skip())) |
     weir::into(got))
        .run(weir::deterministic{seed});
    ASSERT_EQ(got.size(), 80u);
    ASSERT_TRUE(std::is_sorted(got.begin(), got.end()));
  }
}

std::string refusal(const weir::plan& plan) {
  try {
    (void)plan.check();
  } catch (const weir::plan_error& error) { return error.what(); }
  return {};
}

TEST(OnError, RefusesWhatItCannotDoBeforeTheStart) {
  const auto sink = weir::for_each([](const auto&) {});
  EXPECT_NE(refusal(weir::iota(0, 1) |
                    weir::stage("task",
                                [](weir::inlet<int> in, weir::outlet<int> out) -> weir::task {
                                  while (auto x = co_await in.pop()) { (void)co_await out.push(*x); }
                                }) |
                    on_error(skip()) | sink),
            "");
  EXPECT_NE(
      refusal(weir::test::numbers(1) | weir::edge(1) | weir::inspect([](const auto&) {}) | on_error(retry(1)) | sink),
      "")
      << "a move-only item cannot be tried again";
  EXPECT_NE(refusal(weir::iota(0, 1) | weir::edge(1) | weir::map(picky) | on_error(dead_letter<long>(sink)) | sink), "")
      << "letters of another type";
  EXPECT_NE(refusal(weir::iota(0, 1) |
                    weir::balance(2, weir::items<int>() | weir::map(picky) | on_error(dead_letter<int>(sink))) |
                    weir::merge() | sink),
            "")
      << "one sink of letters for two replicas";
}

TEST(OnError, FinishLetsAnItemThatWaitsForItsRetryOut) {
  const weir::test::watchdog dog("finish during a retry");
  std::atomic<int> tries{0};
  std::vector<int> got;
  weir::run run = (weir::generate([n = 0]() mutable { return std::optional<int>(n++); }) | weir::map([&](int x) {
                     if (x == 5 && ++tries < 3) { throw std::runtime_error("not yet"); }
                     return x;
                   }) |
                   on_error(retry(5, 1ms)) | weir::into(got))
                      .start();
  weir::test::until([&] { return tries >= 1; });
  run.finish();
  run.wait();
  ASSERT_GE(got.size(), 6u);
  EXPECT_EQ(got[5], 5);
}

} // namespace
