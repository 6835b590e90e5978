// Pause, resume, finish and interrupt of a run.

#include "tests/engine/three_forms.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <optional>

namespace {

using weir::test::in_order;
using weir::test::let_others_run;
using weir::test::numbers;
using weir::test::three_forms;
using weir::test::tracked;
using weir::test::until;
using weir::test::watchdog;

TEST(RunLife, R67_PausedNothingMovesAndNothingIsLost) {
  in_order to;
  weir::run run = three_forms(numbers(), to).start();
  const watchdog dog("pause", run);
  for (int i = 0; i < 10; ++i) {
    const long before = to.count;
    until([&] { return to.count > before + 1000; });
    run.pause();
    run.pause();
    // Turns that were under way end; from then on nothing moves.
    for (long seen = -1; seen != to.count;) {
      seen = to.count;
      let_others_run();
    }
    // A turn that was interrupted may still deliver what is in flow: three edges and a stage's hands.
    const long still = to.count;
    let_others_run();
    ASSERT_LE(to.count - still, 5 + 3 + 4 + 3);
    run.resume();
    run.resume();
  }
  run.finish();
  run.wait();
  EXPECT_TRUE(to.good);
  EXPECT_EQ(tracked::living, 0);
}

/// Endless; tells that it was opened, and what it has made.
struct counted_source {
  std::atomic<int>* opened;
  std::atomic<long>* made;
  void start(weir::stage_context&) { ++*opened; }
  weir::step process(weir::outlet<tracked>& out) {
    while (out.try_push(tracked(*made))) { ++*made; }
    return weir::step::room;
  }
};

TEST(RunLife, R67_ARunThatIsStartedPausedHasOpenedAllAndTouchesNothing) {
  for (int i = 0; i < 50; ++i) {
    std::atomic<int> opened{0};
    std::atomic<long> made{0};
    in_order to;
    weir::run run = three_forms(weir::stage("made", counted_source{&opened, &made}), to).start_paused();
    const watchdog dog("started paused", run);
    EXPECT_EQ(opened, 1);
    let_others_run();
    EXPECT_EQ(made, 0);
    if (i % 2 == 0) { run.resume(); }
    until([&] { return i % 2 != 0 || to.count > 100; });
    run.finish();
    run.wait();
    EXPECT_EQ(to.count, made);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(RunLife, R68_RoomDoesNotUndoAPause) {
  weir::feed<int> in(4);
  std::atomic<int> count{0};
  weir::run run = (in.source() | weir::edge(2) | weir::for_each([&](int) { count.fetch_add(1); })).start_paused();
  const watchdog dog("pause at a feed", run);
  int pushed = 0;
  while (in.try_push(int{pushed})) { ++pushed; }
  EXPECT_EQ(pushed, 4);
  let_others_run();
  EXPECT_EQ(count, 0);
  run.resume();
  until([&] { return count == pushed; });
  in.finish();
  run.wait();
  EXPECT_EQ(count, pushed);
}

TEST(RunLife, FinishLetsOutWhatIsInFlow) {
  for (int i = 0; i < 50; ++i) {
    std::atomic<long> made{0};
    in_order to;
    weir::run run =
        three_forms(weir::generate([&]() -> std::optional<tracked> { return tracked(made++); }), to).start();
    const watchdog dog("finish", run);
    until([&] { return to.count > 100 * i; });
    run.finish();
    run.finish();
    EXPECT_FALSE(run.wait().interrupted);
    EXPECT_EQ(to.count, made) << "what the source made arrives";
    EXPECT_TRUE(to.good);
  }
  EXPECT_EQ(tracked::living, 0);
}

TEST(RunLife, FinishUndoesAPauseAndInterruptSaysSo) {
  in_order to;
  weir::run run = three_forms(numbers(), to).start();
  const watchdog dog("interrupt", run);
  run.pause();
  run.interrupt();
  EXPECT_TRUE(run.wait().interrupted);
  EXPECT_TRUE(to.good);
}

} // namespace
