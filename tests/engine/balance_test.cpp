// Where a run is cut between two workers, and when it is not. Work and time are numbers of the test's own.

#include "engine/balance.hpp"

#include "engine/run_core.hpp"
#include "engine/task_row.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace {

using weir::detail::balance;
using weir::detail::cut_trials;
using weir::detail::run_core;
using weir::detail::scheduler;
using weir::detail::stage_task;

/// An edge that only says how many items went in.
struct counted_edge final : weir::edge_base {
  counted_edge() : edge_base(weir::edge_options{}.resolved(1)) {}
  std::uint64_t items = 0;
  [[nodiscard]] std::size_t footprint() const noexcept override { return 0; }
  [[nodiscard]] std::uint64_t items_in() const noexcept override { return items; }
  [[nodiscard]] std::uint64_t items_out() const noexcept override { return items; }
  void flush_out() noexcept override {}
  [[nodiscard]] bool has_room() noexcept override { return true; }
  void flush_in() noexcept override {}
  [[nodiscard]] bool has_items() noexcept override { return false; }
  void discard() noexcept override {}

 protected:
  void uncork_all() noexcept override {}
  void drop_reserved() noexcept override {}
  void republish_tail() noexcept override {}
  void republish_head() noexcept override {}
  [[nodiscard]] std::size_t size_after_flag() noexcept override { return 0; }
  [[nodiscard]] bool grew_after_flag() noexcept override { return false; }
};

struct still_node final : weir::node {
  still_node() : node("still") {}
  void to(weir::edge_base& e) { add_output(e); }
  weir::step body(const weir::turn_budget&) override { return weir::step::done; }
};

/// Nobody runs anything here.
struct no_scheduler final : scheduler {
  void ready(stage_task&) noexcept override {}
  void again(stage_task&) noexcept override {}
  void blocking(stage_task&) override {}
  void wake_at(weir::clock::time_point, weir::waker&, std::weak_ptr<void>) override {}
  [[nodiscard]] weir::clock::time_point now() noexcept override { return {}; }
  [[nodiscard]] weir::turn_budget budget(std::uint64_t begun) noexcept override { return {begun, begun, 1, false}; }
  [[nodiscard]] std::size_t threads() const noexcept override { return 2; }
  void start(std::shared_ptr<run_core>, bool) override {}
  [[nodiscard]] std::shared_ptr<run_core> let_go(const run_core&) noexcept override { return nullptr; }
  void join(run_core&) override {}
};

using work = std::vector<std::uint64_t>;

/// Stages of which a test says what they did between two reviews.
struct run_on_paper {
  explicit run_on_paper(std::size_t n) : nodes(n), stages(n) {
    nodes.front().to(edge);
    for (still_node& node : nodes) { stages.emplace_back(run, node).expect(1'000); }
  }

  bool look(std::uint64_t items, const work& done, bool pressed = true, bool several = false) {
    now += balance::k_period;
    edge.items += items;
    for (std::size_t i = 0; i < done.size(); ++i) { stages[i].account.busy.add(done[i]); }
    return balancing.review({&me, now, pressed, several}, *trials);
  }
  /// Reviews until it is cut; how many that took, 0 if none of so many did it.
  int looks_to_cut(std::uint64_t items, const work& done, int most = 1'000) {
    for (int i = 1; i <= most; ++i) {
      if (look(items, done)) { return i; }
    }
    return 0;
  }
  /// The first stage behind the cut; 0: there is none.
  [[nodiscard]] std::size_t cut() {
    for (std::size_t i = 1; i < stages.size(); ++i) {
      if (stages[i].belongs_to() != stages[0].belongs_to()) { return i; }
    }
    return 0;
  }

  no_scheduler nobody;
  run_core run{nobody, weir::graph(), weir::plan_facts(), {}, {}, {}};
  counted_edge edge;
  std::deque<still_node> nodes;
  weir::detail::task_row stages;
  balance balancing{stages};
  std::uint64_t now = 1'000'000;
  int me = 0;
  cut_trials own;
  cut_trials* trials = &own; // of the run's engine
};

const work k_even = {250'000, 250'000, 250'000, 250'000, 250'000, 250'000};

TEST(Balance, TheCutFallsWhereBothSidesHaveTheSameWork) {
  run_on_paper even(6);
  ASSERT_NE(even.looks_to_cut(1'000, k_even), 0);
  EXPECT_EQ(even.cut(), 3u);
  run_on_paper uneven(6);
  ASSERT_NE(uneven.looks_to_cut(1'000, {100'000, 100'000, 100'000, 200'000, 200'000, 700'000}), 0);
  EXPECT_EQ(uneven.cut(), 5u);
  EXPECT_EQ(uneven.stages[0].belongs_to()->home.get(), &uneven.me) << "the front stays with who asked";
  EXPECT_EQ(uneven.stages[5].belongs_to()->home.get(), nullptr) << "and the rest is for anybody";
  EXPECT_EQ(uneven.stages[5].belongs_to()->not_for.get(), &uneven.me) << "but them";
}

TEST(Balance, WhatIsNotWorthItIsNotCut) {
  run_on_paper small(2);
  EXPECT_EQ(small.looks_to_cut(1'000, {750'000, 750'000}, 100), 0) << "two stages";
  run_on_paper idle(6);
  EXPECT_EQ(idle.looks_to_cut(1'000, {1'000, 1'000, 1'000, 1'000, 1'000, 1'000}, 100), 0) << "hardly any work";
  run_on_paper one(6);
  EXPECT_EQ(one.looks_to_cut(1'000, {1'000, 1'000, 1'400'000, 1'000, 1'000, 1'000}, 100), 0) << "one does it all";
  run_on_paper alone(6);
  for (int i = 0; i < 100; ++i) { EXPECT_FALSE(alone.look(1'000, k_even, false)) << "nobody is free"; }
}

TEST(Balance, ARunWithAHeavyStageIsNotCut) {
  run_on_paper run(6);
  run.stages[4].expect(100'000);
  EXPECT_EQ(run.looks_to_cut(1'000, k_even, 100), 0);
  run.stages[4].expect(1'000);
  EXPECT_NE(run.looks_to_cut(1'000, k_even, 100), 0);
}

TEST(Balance, AWorkerWithSeveralRunsGivesAWholeOneAway) {
  for (const std::size_t stages : {2u, 6u}) { // two are too few to be cut
    run_on_paper run(stages);
    const work done(stages, 1'500'000 / stages);
    EXPECT_FALSE(run.look(1'000, done, true, true)) << "it may be over soon";
    EXPECT_FALSE(run.look(1'000, done, false, true)) << "nobody is free";
    EXPECT_TRUE(run.look(1'000, done, true, true));
    EXPECT_EQ(run.cut(), 0u);
    ASSERT_NE(run.stages[0].belongs_to(), nullptr);
    EXPECT_EQ(run.stages[0].belongs_to()->home.get(), nullptr) << "it is for anybody";
    EXPECT_EQ(run.stages[0].belongs_to()->not_for.get(), &run.me) << "but them";
  }
  run_on_paper heavy(6);
  heavy.stages[4].expect(100'000);
  for (int i = 0; i < 100; ++i) { EXPECT_FALSE(heavy.look(1'000, k_even, true, true)) << "it is taken without that"; }
}

TEST(Balance, ATrialThatBringsTooLittleIsTakenBackAndTheNextComesLater) {
  run_on_paper run(6);
  ASSERT_NE(run.looks_to_cut(1'000, k_even), 0);
  int before = 0;
  for (int trial = 0; trial < 4; ++trial) {
    for (int i = 0; i < 10 && run.cut() != 0; ++i) { (void)run.look(1'100, k_even, false); }
    ASSERT_EQ(run.cut(), 0u) << "a tenth more is too little for a core";
    const int looks = run.looks_to_cut(1'000, k_even);
    EXPECT_GE(looks, before * 3 / 2);
    EXPECT_GE(looks, 10);
    before = looks;
  }
}

TEST(Balance, ATrialThatIsALossEndsEarly) {
  run_on_paper run(6);
  ASSERT_NE(run.looks_to_cut(1'000, k_even), 0);
  int looks = 0;
  for (; run.cut() != 0 && looks < 10; ++looks) { (void)run.look(700, k_even, false); }
  EXPECT_EQ(looks, 3) << "one for the cut to settle, two that tell";
}

TEST(Balance, ATrialThatFailsHoldsBackTheEnginesOtherRunsAndOneThatStandsDoesNot) {
  cut_trials trials;
  auto next_run = [&trials, now = std::uint64_t{1'000'000}](std::uint64_t items_when_cut) mutable {
    run_on_paper run(6);
    run.trials = &trials;
    run.now = now;
    const int looks = run.looks_to_cut(1'000, k_even);
    for (int i = 0; i < 6; ++i) { (void)run.look(items_when_cut, k_even, false); }
    now = run.now;
    return looks;
  };
  const int at_once = next_run(900);
  EXPECT_LT(at_once, 10);
  const int after_one = next_run(900);
  EXPECT_GT(after_one, 2 * at_once);
  const int after_two = next_run(2'000);
  EXPECT_GT(after_two, after_one * 3 / 2);
  EXPECT_EQ(next_run(2'000), at_once);
}

TEST(Balance, ACutThatStandsWandersToWhereBothSidesHaveTheSameWork) {
  run_on_paper run(6);
  ASSERT_NE(run.looks_to_cut(1'000, k_even), 0);
  for (int i = 0; i < 10; ++i) { (void)run.look(2'000, k_even, false); }
  EXPECT_EQ(run.cut(), 3u);
  const work front_heavy = {500'000, 500'000, 500'000, 100'000, 100'000, 100'000};
  for (int i = 0; i < 10; ++i) { (void)run.look(2'000, front_heavy, false); }
  EXPECT_EQ(run.cut(), 2u);
  const work behind_heavy = {50'000, 50'000, 50'000, 50'000, 50'000, 1'000'000};
  for (int i = 0; i < 10; ++i) { (void)run.look(2'000, behind_heavy, false); }
  EXPECT_EQ(run.cut(), 5u);
}

TEST(Balance, ACutThatBecomesALossIsTakenBack) {
  run_on_paper run(6);
  ASSERT_NE(run.looks_to_cut(1'000, k_even), 0);
  for (int i = 0; i < 10; ++i) { (void)run.look(2'000, k_even, false); }
  ASSERT_NE(run.cut(), 0u);
  for (int i = 0; i < 40 && run.cut() != 0; ++i) { (void)run.look(500, k_even, false); }
  EXPECT_EQ(run.cut(), 0u);
}

TEST(Balance, OfTwoReviewersAtOnceOneDoesIt) {
  for (int round = 0; round < 100; ++round) {
    run_on_paper run(6);
    for (int i = 0; i < 10; ++i) { (void)run.look(1'000, k_even, false); }
    for (stage_task& s : run.stages) { s.account.busy.add(250'000); }
    run.now += balance::k_period;
    std::atomic<int> arrived{0};
    std::atomic<int> cuts{0};
    const auto review = [&] {
      arrived.fetch_add(1);
      while (arrived.load() < 2) { std::this_thread::yield(); }
      if (run.balancing.review({&run.me, run.now, true, false}, *run.trials)) { cuts.fetch_add(1); }
    };
    std::thread other(review);
    review();
    other.join();
    ASSERT_EQ(cuts.load(), 1);
    ASSERT_EQ(run.cut(), 3u);
  }
}

} // namespace
