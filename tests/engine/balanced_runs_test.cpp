// Runs of cheap stages on a real engine: whoever has which stage, the result is the same, and no worker has all while one has none.

#include "tests/support/random_pause.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <thread>
#include <utility>

namespace {

using weir::test::rounds;
using weir::test::until;
using weir::test::watchdog;

struct pass_on {
  weir::step process(weir::inlet<long>& in, weir::outlet<long>& out) {
    std::size_t done = 0;
    for (const long x : in.peek()) {
      if (!out.try_push(x)) { break; }
      ++done;
    }
    in.release(done);
    if (done > 0) { return weir::step::more; }
    return in.peek().empty() ? weir::step::input : weir::step::room;
  }
};

template <int N>
auto lengthened(auto left) {
  if constexpr (N == 0) {
    return left;
  } else {
    return lengthened<N - 1>(std::move(left) | weir::edge(1024) | weir::stage("pass", pass_on{}));
  }
}

TEST(BalancedRuns, ALongChainOfCheapStagesIsInOrderWhoeverRunsIt) {
  constexpr long k_items = 2'000'000;
  weir::engine two(2);
  long next = 0;
  long wrong = 0;
  weir::run run = (lengthened<16>(weir::iota(0L, k_items)) | weir::edge(1024) | weir::for_each([&](long x) {
                     wrong += x != next ? 1 : 0;
                     ++next;
                   })).start({}, two);
  const watchdog dog("a long chain", run);
  run.wait();
  EXPECT_EQ(next, k_items);
  EXPECT_EQ(wrong, 0);
}

// An endless run of cheap stages, and who runs its ends.
struct run_in_places {
  std::atomic<std::thread::id> source, sink;
  std::atomic<int> looks{0}; // one in so many items
  weir::run run;
  explicit run_in_places(weir::engine& on)
      : run((weir::iota(0L, std::numeric_limits<long>::max()) | weir::map([this](long x) {
               if (x % 1024 == 0) { source = std::this_thread::get_id(); }
               return x;
             }) |
             weir::edge(1024) | weir::stage("pass", pass_on{}) | weir::edge(1024) | weir::for_each([this](long x) {
               if (x % 1024 == 0) { sink = std::this_thread::get_id(); }
               if (x % k_look == 0) {
                 looks.fetch_add(1);
                 looks.notify_one();
               }
             })).start({}, on)) {}
  /// Sleeps until so many items have passed: whoever looks all the time takes a core from the workers.
  void wait_for_items(int times_a_look) {
    for (const int until = looks + times_a_look; looks < until;) { looks.wait(looks.load()); }
  }
  static constexpr long k_look = 1 << 18;
};

TEST(BalancedRuns, TwoHaveAWorkerEachBeforeLong) {
  weir::engine two(2);
  for (std::uint64_t i = 0; i < rounds(40); ++i) { // one in six had begun at one worker, with nobody else awake
    run_in_places a(two);
    run_in_places b(two);
    const watchdog dog("two runs", a.run);
    do {
      a.wait_for_items(2);
    } while (a.source.load() != a.sink.load() || b.source.load() != b.sink.load() || a.sink.load() == b.sink.load());
    a.run.cancel();
    b.run.cancel();
    until([&] { return a.run.over() && b.run.over(); });
  }
}

} // namespace
