// The engine against a sequential interpreter, on random graphs of up to 12 stages: what comes out, in what order, who counted
// what, what lives on, and that it ends. How to have more of them, and how to have a failing one again: random_graphs.hpp.

#include "tests/oracle/judge.hpp"
#include "tests/oracle/random_graphs.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace {

using weir::oracle::tally;

void tell(const tally& seen) {
  if (weir::oracle::many_graphs()) { std::printf("%s", seen.text().c_str()); }
}

TEST(GraphOracle, AnyScheduleOfAnyGraphMakesWhatTheInterpreterSays) {
  tally seen;
  const std::string bad =
      weir::oracle::for_random_graphs("seeded", weir::oracle::graphs_wanted(2000), false,
                                      [&](const weir::oracle::graph& g) { weir::oracle::judge_seeded(g, seen); });
  EXPECT_TRUE(bad.empty()) << bad;
  tell(seen);
}

TEST(GraphOracle, ThreadsMakeWhatTheInterpreterSays) {
  tally seen;
  const std::string bad =
      weir::oracle::for_random_graphs("threads", weir::oracle::graphs_wanted(3000), true,
                                      [&](const weir::oracle::graph& g) { weir::oracle::judge_on_threads(g, seen); });
  EXPECT_TRUE(bad.empty()) << bad;
  tell(seen);
}

} // namespace
