// tee: the same items to every branch, the slowest governs, blocks are shared.

#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/own_block.hpp>
#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <numeric>
#include <vector>

namespace {

using weir::test::until;
using weir::test::watchdog;

std::vector<int> numbers_to(int n) {
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

TEST(Tee, R72_EveryBranchGetsTheSameSequence) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<int> a;
    std::vector<int> b;
    std::vector<int> c;
    const weir::plan plan =
        weir::iota(0, 100) | weir::edge(3) |
        weir::tee(weir::into(a), weir::edge(1) | weir::map([](int x) { return x; }) | weir::edge(2) | weir::into(b),
                  weir::filter([](int x) { return x % 3 == 0; }) | weir::into(c));
    plan.run(weir::deterministic{seed});
    ASSERT_EQ(a, numbers_to(100)) << "seed " << seed;
    ASSERT_EQ(b, numbers_to(100)) << "seed " << seed;
    ASSERT_EQ(c.size(), 34u) << "seed " << seed;
  }
}

// A branch that stands still lets the others run ahead by no more than its own queue and what stages hold in hand.
TEST(Tee, R73_TheSlowestBranchGoverns) {
  std::atomic<bool> go{false};
  std::atomic<int> slow{0};
  std::atomic<int> fast{0};
  std::atomic<int> lead{0};
  const auto gate = [&](weir::inlet<int> in) -> weir::task {
    while (auto x = co_await in.pop()) {
      lead = std::max(lead.load(), fast.load() - slow.load());
      ++slow;
    }
  };
  const weir::plan plan =
      weir::iota(0, 10000) | weir::edge(4) |
      weir::tee(weir::edge(4) | weir::for_each([&](int) { ++fast; }), weir::edge(8) | weir::stage("gate", gate));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    slow = fast = lead = 0;
    plan.run(weir::deterministic{seed});
    EXPECT_EQ(fast, 10000);
    EXPECT_LE(lead, 8 + 2) << "seed " << seed;
    EXPECT_GT(lead, 0) << "the fast branch never ran ahead: the test shows nothing";
  }
}

// Three branches, of which each is the slow one in turn: with a counter in place of a set the tee would start too early and
// find a full branch, or never.
TEST(Tee, R74_WaitsForASetOfBranchesNotForACount) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::vector<int> got[3];
    const auto turn = [&](int which) {
      return weir::stage("turn", [&, which](weir::inlet<int> in, weir::outlet<int> out) -> weir::task {
        while (auto x = co_await in.pop()) {
          if (*x % 3 == which && !co_await out.drained()) { co_return; }
          if (!co_await out.push(*x)) { co_return; }
        }
      });
    };
    const weir::plan plan = weir::iota(0, 60) | weir::edge(2) |
                            weir::tee(weir::edge(1) | turn(0) | weir::edge(1) | weir::into(got[0]),
                                      weir::edge(2) | turn(1) | weir::edge(1) | weir::into(got[1]),
                                      weir::edge(3) | turn(2) | weir::edge(2) | weir::into(got[2]));
    plan.run(weir::deterministic{seed});
    for (const auto& g : got) { ASSERT_EQ(g, numbers_to(60)) << "seed " << seed; }
  }
}

TEST(Tee, GoesOnWithoutABranchThatWantsNoMore) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<int> few;
    std::vector<int> all;
    (weir::iota(0, 200) | weir::tee(weir::edge(2) | weir::take(5) | weir::into(few), weir::edge(2) | weir::into(all)))
        .run(weir::deterministic{seed});
    ASSERT_EQ(few, numbers_to(5));
    ASSERT_EQ(all, numbers_to(200));
  }
}

TEST(Tee, EndsWhenNoBranchWantsMore) {
  int made = 0;
  std::vector<int> a;
  std::vector<int> b;
  const watchdog dog("tee with satisfied branches");
  (weir::generate([&] { return std::optional<int>(made++); }) |
   weir::tee(weir::take(5) | weir::into(a), weir::take(7) | weir::into(b)))
      .run();
  EXPECT_EQ(a.size(), 5u);
  EXPECT_EQ(b.size(), 7u);
}

TEST(Tee, R82_AFailingBranchFailsTheRunAndTheOthersAreReleased) {
  std::vector<int> other;
  const weir::plan plan = weir::iota(0, 1'000'000) | weir::tee(weir::into(other), weir::for_each([](int x) {
                                                                 if (x == 100) { throw std::runtime_error("branch"); }
                                                               }));
  try {
    plan.run();
    FAIL() << "the error was lost";
  } catch (const weir::run_error& error) { EXPECT_EQ(error.stage(), "for_each"); }
  EXPECT_LT(other.size(), 1'000'000u);
}

TEST(Tee, TakesASubPipelineTwice) {
  const auto inner =
      weir::map([](int x) { return x + 1; }) | weir::edge(2) | weir::filter([](int x) { return x % 2 == 0; });
  const weir::pipe<int, int> typed = weir::items<int>() | inner | weir::edge(4);
  std::vector<int> a;
  std::vector<int> b;
  (weir::iota(0, 10) | typed | weir::tee(typed | weir::into(a), inner | weir::into(b))).run();
  EXPECT_EQ(a, b);
  EXPECT_TRUE(a.empty()) << "even + 1 is odd";
}

TEST(Tee, NumbersStagesOfTheSameName) {
  const weir::report outline =
      (weir::iota(0, 1) | weir::tee(weir::for_each([](int) {}), weir::for_each([](int) {}))).outline(2);
  std::vector<std::string> names;
  for (const auto& s : outline.stages) { names.push_back(s.name); }
  EXPECT_EQ(names, (std::vector<std::string>{"iota", "tee", "for_each", "for_each#2"}));
}

// ---- blocks ----

struct block_source {
  void start(weir::stage_context& c) { context = &c; }
  weir::stage_needs needs() const { return {.blocks = 4}; }
  weir::step process(weir::outlet<weir::block>& out) {
    if (left == 0) { return weir::step::done; }
    weir::block b = context->blocks().try_take();
    if (!b) { return weir::step::memory; }
    std::fill_n(b.data(), 1000, static_cast<std::byte>('a' + left % 26));
    b.resize(1000);
    b.position(position);
    position += 1000;
    (void)out.try_push(std::move(b));
    --left;
    return weir::step::more;
  }
  weir::stage_context* context = nullptr;
  int left = 50;
  std::uint64_t position = 0;
};

// Changes every byte in place, after asking for its own copy.
struct shout {
  weir::stage_needs needs() const { return {.blocks_if_shared = weir::k_own_blocks}; }
  void start(weir::stage_context& c) { context = &c; }
  weir::step process(weir::inlet<weir::block>& in, weir::outlet<weir::block>& out) {
    if (const weir::step why = weir::make_own(in.front(), *context); why != weir::step::more) { return why; }
    for (std::byte& b : in.front().bytes()) { b = static_cast<std::byte>(static_cast<char>(b) - 'a' + 'A'); }
    (void)out.try_push(std::move(in.front()));
    in.release(1);
    return weir::step::more;
  }
  weir::stage_context* context = nullptr;
};

TEST(Tee, SharesBlocksAndAStageThatWritesCopiesFirst) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::string quiet;
    std::string loud;
    std::map<const void*, int> seen;
    const auto gather = [](std::string& text) {
      return weir::for_each([&text](const weir::block& b) { text.append(b.text()); });
    };
    const weir::report r =
        (weir::stage("source", block_source{}) | weir::tee(gather(quiet), weir::stage("shout", shout{}) | gather(loud)))
            .run(weir::deterministic{seed}, {.memory = 4u << 20, .block_size = 8192});
    ASSERT_EQ(quiet.size(), 50'000u);
    ASSERT_EQ(loud.size(), 50'000u);
    for (std::size_t i = 0; i < quiet.size(); i += 500) {
      ASSERT_EQ(static_cast<char>(quiet[i] - 'a' + 'A'), loud[i]) << "a shared block was written to, seed " << seed;
    }
    ASSERT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
  }
}

TEST(Tee, BlocksOfReadersAreNotCopied) {
  std::vector<const std::byte*> a;
  std::vector<const std::byte*> b;
  const auto note = [](std::vector<const std::byte*>& to) {
    return weir::for_each([&to](const weir::block& x) { to.push_back(x.data()); });
  };
  (weir::stage("source", block_source{}) | weir::tee(note(a), note(b))).run({.memory = 4u << 20});
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.size(), 50u);
}

} // namespace
