// The state word: its table, every act in every state, and two threads that wake and park.

#include "engine/state_word.hpp"

#include "tests/support/random_pause.hpp"
#include "tests/support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace {

using weir::detail::act;
using weir::detail::life;
using weir::detail::next_life;
using weir::detail::state_word;

constexpr life k_lives[] = {life::idle, life::ready, life::running, life::notified, life::done};
constexpr act k_acts[] = {act::wake, act::claim, act::yield, act::park, act::retire};

/// The acts that lead from idle to each state.
std::vector<act> way_to(life where) {
  switch (where) {
  case life::idle:
    return {};
  case life::ready:
    return {act::wake};
  case life::running:
    return {act::wake, act::claim};
  case life::notified:
    return {act::wake, act::claim, act::wake};
  case life::done:
    return {act::wake, act::claim, act::retire};
  }
  return {};
}

TEST(StateWord, EveryActInEveryStateDoesWhatTheTableSays) {
  // Rows: idle, ready, running, notified, done. Columns: wake, claim, yield, park, retire. '.' is illegal.
  constexpr const char* k_table[] = {"r....", "rR...", "n.rid", "n.rrd", "d...."};
  constexpr std::string_view k_letters = "irRnd"; // as k_lives
  for (std::size_t from = 0; from < 5; ++from) {
    for (std::size_t what = 0; what < 5; ++what) {
      SCOPED_TRACE("state " + std::to_string(from) + ", act " + std::to_string(what));
      const char want = k_table[from][what];
      state_word<> word;
      for (const act a : way_to(k_lives[from])) { ASSERT_TRUE(word.apply(a).legal); }
      ASSERT_EQ(word.peek(), k_lives[from]);
      const auto change = word.apply(k_acts[what]);
      EXPECT_EQ(change.legal, want != '.');
      EXPECT_EQ(change.from, k_lives[from]);
      EXPECT_EQ(change.to, want == '.' ? k_lives[from] : k_lives[k_letters.find(want)]);
      EXPECT_EQ(word.peek(), change.to);
      EXPECT_EQ(next_life(k_lives[from], k_acts[what]).has_value(), change.legal);
    }
  }
}

TEST(StateWord, NothingLeavesDone) {
  for (const act a : k_acts) {
    const auto to = next_life(life::done, a);
    EXPECT_TRUE(!to || *to == life::done);
  }
}

// A waker counts news up, then wakes; the owner parks only when it has seen all news. The entry that a wake
// from idle makes is handed over through `listed`. A lost wake leaves news unseen for ever.
TEST(StateWord, NoWakeIsLostBetweenTwoThreads) {
  const weir::test::watchdog dog("state word");
  const std::uint64_t n = weir::test::rounds(2'000'000);
  state_word<> word;
  std::atomic<int> listed{0};
  std::uint64_t plain = 0; // owned by whoever runs; TSan watches the hand-over
  std::atomic<std::uint64_t> news{0};
  std::thread waker([&] {
    weir::test::random_pause pause(11);
    for (std::uint64_t i = 0; i < n; ++i) {
      news.fetch_add(1, std::memory_order_relaxed);
      if (word.apply(act::wake).from == life::idle) { listed.fetch_add(1, std::memory_order_relaxed); }
      pause();
    }
  });
  weir::test::random_pause pause(12);
  std::uint64_t seen = 0;
  int most_listed = 0;
  while (seen < n) {
    const int now = listed.load(std::memory_order_relaxed);
    most_listed = std::max(most_listed, now);
    if (now == 0) {
      std::this_thread::yield();
      continue;
    }
    listed.fetch_sub(1, std::memory_order_relaxed);
    ASSERT_TRUE(word.apply(act::claim).legal);
    ++plain;
    seen = news.load(std::memory_order_relaxed);
    pause();
    if (word.apply(act::park).to == life::ready) { listed.fetch_add(1, std::memory_order_relaxed); }
  }
  waker.join();
  EXPECT_EQ(most_listed, 1) << "at most one live entry";
  EXPECT_GT(plain, 0u);
}

// Many wakers, several would-be owners: between claim and park the stage is one owner's alone.
TEST(StateWord, R105_OneOwnerAtATime) {
  const weir::test::watchdog dog("state word owners");
  const std::uint64_t n = weir::test::rounds(300'000);
  state_word<> word;
  std::uint64_t turns = 0; // plain on purpose
  std::atomic<std::uint64_t> claimed{0};
  const auto work = [&](std::uint64_t seed) {
    weir::test::random_pause pause(seed);
    for (std::uint64_t i = 0; i < n; ++i) {
      (void)word.apply(act::wake);
      if (word.apply(act::claim).legal) {
        ++turns;
        claimed.fetch_add(1, std::memory_order_relaxed);
        pause();
        (void)word.apply(i % 2 == 0 ? act::park : act::yield);
      }
    }
  };
  std::thread a(work, 1);
  std::thread b(work, 2);
  work(3);
  a.join();
  b.join();
  EXPECT_EQ(turns, claimed.load());
}

} // namespace
