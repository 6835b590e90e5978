// Small programs whose answers the C++20 standard gives: what an explorer must find, and what it must not.

#include "tests/model/checker/atomics.hpp"
#include "tests/model/checker/plain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weir::model {
namespace {

using order_t = std::memory_order;
constexpr auto rlx = std::memory_order_relaxed;
constexpr auto acq = std::memory_order_acquire;
constexpr auto rel = std::memory_order_release;
constexpr auto sc = std::memory_order_seq_cst;

using number = atomics::atomic<int>;
using orders = std::vector<order_t>;
using result = std::vector<std::uint64_t>;

const std::vector<order_t> k_stores{rlx, rel, sc};
const std::vector<order_t> k_loads{rlx, acq, sc};

// Two or three numbers and what the threads read.
struct board {
  number x{0};
  number y{0};
  number z{0};
  std::array<plain<int>, 4> seen;
};

struct litmus {
  std::string name;
  std::vector<std::vector<order_t>> choices; // for each of its operations
  std::function<void(scene&, board&, const orders&)> threads;
  int reads;   // of board::seen
  bool finals; // the last values of x and y count too
  result weak;
  std::function<bool(const orders&)> forbidden;
};

bool all_sc(const orders& o) {
  return std::all_of(o.begin(), o.end(), [](order_t each) { return each == sc; });
}
bool hands_over(order_t store, order_t load) { return store != rlx && load != rlx; }

std::vector<litmus> litmus_programs() {
  std::vector<litmus> all;
  all.push_back({"store_buffering",
                 {k_stores, k_loads, k_stores, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(1, o[0]);
                     b.seen[0].set(b.y.load(o[1]));
                   });
                   s.thread("2", [&b, o] {
                     b.y.store(1, o[2]);
                     b.seen[1].set(b.x.load(o[3]));
                   });
                 },
                 2,
                 false,
                 {0, 0},
                 all_sc});
  all.push_back({"message_passing",
                 {k_stores, k_stores, k_loads, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(1, o[0]);
                     b.y.store(1, o[1]);
                   });
                   s.thread("2", [&b, o] {
                     b.seen[0].set(b.y.load(o[2]));
                     b.seen[1].set(b.x.load(o[3]));
                   });
                 },
                 2,
                 false,
                 {1, 0},
                 [](const orders& o) { return hands_over(o[1], o[2]) || all_sc(o); }});
  all.push_back({"load_buffering", // Excluded by the model, with every order; documented as such.
                 {k_loads, k_stores, k_loads, k_stores},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.seen[0].set(b.x.load(o[0]));
                     b.y.store(1, o[1]);
                   });
                   s.thread("2", [&b, o] {
                     b.seen[1].set(b.y.load(o[2]));
                     b.x.store(1, o[3]);
                   });
                 },
                 2,
                 false,
                 {1, 1},
                 [](const orders&) { return true; }});
  all.push_back({"independent_reads_of_independent_writes",
                 {k_stores, k_stores, {acq, sc}, {acq, sc}, {acq, sc}, {acq, sc}},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] { b.x.store(1, o[0]); });
                   s.thread("2", [&b, o] { b.y.store(1, o[1]); });
                   s.thread("3", [&b, o] {
                     b.seen[0].set(b.x.load(o[2]));
                     b.seen[1].set(b.y.load(o[3]));
                   });
                   s.thread("4", [&b, o] {
                     b.seen[2].set(b.y.load(o[4]));
                     b.seen[3].set(b.x.load(o[5]));
                   });
                 },
                 4,
                 false,
                 {1, 0, 1, 0}, // The coherence order leads from read to read, whatever the writes are.
                 [](const orders& o) {
                   return all_sc({o[2], o[3], o[4], o[5]});
                 }});
  all.push_back({"write_to_read_causality",
                 {k_stores, k_loads, k_stores, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] { b.x.store(1, o[0]); });
                   s.thread("2", [&b, o] {
                     b.seen[0].set(b.x.load(o[1]));
                     b.y.store(1, o[2]);
                   });
                   s.thread("3", [&b, o] {
                     b.seen[1].set(b.y.load(o[3]));
                     b.seen[2].set(b.x.load(rlx));
                   });
                 },
                 3,
                 false,
                 {1, 1, 0},
                 [](const orders& o) { return hands_over(o[2], o[3]); }});
  all.push_back({"isa2",
                 {k_stores, k_loads, k_stores, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(1, rlx);
                     b.y.store(1, o[0]);
                   });
                   s.thread("2", [&b, o] {
                     b.seen[0].set(b.y.load(o[1]));
                     b.z.store(1, o[2]);
                   });
                   s.thread("3", [&b, o] {
                     b.seen[1].set(b.z.load(o[3]));
                     b.seen[2].set(b.x.load(rlx));
                   });
                 },
                 3,
                 false,
                 {1, 1, 0},
                 [](const orders& o) { return hands_over(o[0], o[1]) && hands_over(o[2], o[3]); }});
  all.push_back({"read_to_write_causality",
                 {k_stores, k_loads, k_loads, k_stores, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] { b.x.store(1, o[0]); });
                   s.thread("2", [&b, o] {
                     b.seen[0].set(b.x.load(o[1]));
                     b.seen[1].set(b.y.load(o[2]));
                   });
                   s.thread("3", [&b, o] {
                     b.y.store(1, o[3]);
                     b.seen[2].set(b.x.load(o[4]));
                   });
                 },
                 3,
                 false,
                 {1, 0, 0},
                 [](const orders& o) {
                   return all_sc({o[1], o[2], o[3], o[4]});
                 }});
  all.push_back({"two_plus_two_writes",
                 {k_stores, k_stores, k_stores, k_stores},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(1, o[0]);
                     b.y.store(2, o[1]);
                   });
                   s.thread("2", [&b, o] {
                     b.y.store(1, o[2]);
                     b.x.store(2, o[3]);
                   });
                 },
                 0,
                 true,
                 {1, 1},
                 all_sc});
  all.push_back({"r",
                 {k_stores, k_stores, k_stores, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(1, o[0]);
                     b.y.store(1, o[1]);
                   });
                   s.thread("2", [&b, o] {
                     b.y.store(2, o[2]);
                     b.seen[0].set(b.x.load(o[3]));
                   });
                 },
                 1,
                 true,
                 {0, 1, 2},
                 all_sc});
  all.push_back({"s",
                 {k_stores, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(2, rlx);
                     b.y.store(1, o[0]);
                   });
                   s.thread("2", [&b, o] {
                     b.seen[0].set(b.y.load(o[1]));
                     b.x.store(1, rlx);
                   });
                 },
                 1,
                 true,
                 {1, 2, 1},
                 [](const orders& o) { return hands_over(o[0], o[1]); }});
  all.push_back({"coherence_of_reads",
                 {k_stores, k_loads, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] { b.x.store(1, o[0]); });
                   s.thread("2", [&b, o] {
                     b.seen[0].set(b.x.load(o[1]));
                     b.seen[1].set(b.x.load(o[2]));
                   });
                 },
                 2,
                 false,
                 {1, 0},
                 [](const orders&) { return true; }});
  all.push_back({"coherence_of_writes",
                 {k_stores, k_stores},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(1, o[0]);
                     b.x.store(2, o[1]);
                   });
                 },
                 0,
                 true,
                 {1, 0},
                 [](const orders&) { return true; }});
  all.push_back({"coherence_of_a_write_and_a_read",
                 {k_stores, k_loads},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.x.store(1, o[0]);
                     b.seen[0].set(b.x.load(o[1]));
                   });
                 },
                 1,
                 false,
                 {0},
                 [](const orders&) { return true; }});
  all.push_back({"coherence_of_a_read_and_a_write",
                 {k_loads, k_stores},
                 [](scene& s, board& b, const orders& o) {
                   s.thread("1", [&b, o] {
                     b.seen[0].set(b.x.load(o[0]));
                     b.x.store(1, o[1]);
                   });
                   s.thread("2", [&b] { b.x.store(2, rlx); });
                 },
                 1,
                 true,
                 {2, 2, 0},
                 [](const orders&) { return true; }});
  return all;
}

// Every combination of the orders that a program leaves open.
std::vector<orders> combinations(const litmus& l) {
  std::vector<orders> all{{}};
  for (const auto& choice : l.choices) {
    std::vector<orders> longer;
    for (const orders& begun : all) {
      for (const order_t next : choice) {
        longer.push_back(begun);
        longer.back().push_back(next);
      }
    }
    all = std::move(longer);
  }
  return all;
}

verdict run(const litmus& l, const orders& o, bool only_sequential) {
  options how;
  how.only_sequential = only_sequential;
  return explore(
      [&](scene& s) {
        auto& b = s.make<board>();
        l.threads(s, b, o);
        s.after([&] {
          for (int i = 0; i < l.reads; ++i) {
            note(static_cast<std::uint64_t>(b.seen[static_cast<std::size_t>(i)].get()));
          }
          if (!l.finals) { return; }
          note(static_cast<std::uint64_t>(b.x.load(rlx)));
          note(static_cast<std::uint64_t>(b.y.load(rlx)));
        });
      },
      how);
}

std::string named(const litmus& l, const orders& o) {
  std::string text = l.name;
  for (const order_t each : o) { text += std::string(" ") + name_of(each); }
  return text;
}

class Litmus : public testing::TestWithParam<std::size_t> {};

TEST_P(Litmus, FindsTheWeakOutcomeExactlyWhereTheStandardAllowsIt) {
  const litmus l = litmus_programs()[GetParam()];
  for (const orders& o : combinations(l)) {
    const verdict v = run(l, o, false);
    ASSERT_TRUE(v.right()) << named(l, o) << ": " << v.text();
    EXPECT_EQ(v.outcomes.contains(l.weak), !l.forbidden(o)) << named(l, o);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, Litmus, testing::Range(std::size_t{0}, litmus_programs().size()),
                         [](const auto& i) { return litmus_programs()[i.param].name; });

// The suite can tell: an explorer for which every order is seq_cst gets these wrong.
TEST(LitmusSuite, FailsAnExplorerThatKnowsOnlySequentialConsistency) {
  int wrong = 0;
  for (const litmus& l : litmus_programs()) {
    const std::vector<orders> all = combinations(l);
    const bool some_allowed = std::any_of(all.begin(), all.end(), [&](const orders& o) { return !l.forbidden(o); });
    bool missed = false;
    for (const orders& o : all) { missed = missed || (!l.forbidden(o) && !run(l, o, true).outcomes.contains(l.weak)); }
    EXPECT_EQ(missed, some_allowed) << l.name;
    wrong += missed ? 1 : 0;
  }
  EXPECT_GE(wrong, 9);
}

// ---- release sequences, updates, plain data ---------------------------------------------------------------------

// Plain data, a release, something in between, an acquire that reads what is there then.
verdict through(const std::function<void(number&)>& between, bool same_thread, int value) {
  return explore([&](scene& s) {
    auto& data = s.make<plain<int>>(0);
    auto& flag = s.make<number>(0);
    s.thread("writer", [&] {
      data.set(1);
      flag.store(1, rel);
      if (same_thread) { between(flag); }
    });
    if (!same_thread) {
      s.thread("between", [&] { between(flag); });
    }
    s.thread("reader", [&, value] {
      if (flag.load(acq) == value) { require(data.get() == 1, "the data is there"); }
    });
  });
}

TEST(ReleaseSequence, GoesOnThroughUpdatesOfOtherThreads) {
  EXPECT_TRUE(through([](number& flag) { flag.fetch_add(10, rlx); }, false, 11).right());
  EXPECT_TRUE(through(
                  [](number& flag) {
                    int one = 1;
                    (void)flag.compare_exchange_strong(one, 5, rlx, rlx);
                  },
                  false, 5)
                  .right());
}
TEST(ReleaseSequence, EndsAtAStoreOfAnotherThread) {
  EXPECT_NE(through([](number& flag) { flag.store(5, rlx); }, false, 5).wrong.find("data race"), std::string::npos);
}
TEST(ReleaseSequence, EndsAtALaterStoreOfItsOwnThread) { // Since C++20.
  EXPECT_NE(through([](number& flag) { flag.store(5, rlx); }, true, 5).wrong.find("data race"), std::string::npos);
}
TEST(ReleaseSequence, GoesOnThroughAnUpdateOfItsOwnThread) {
  EXPECT_TRUE(through([](number& flag) { flag.fetch_add(10, rlx); }, true, 11).right());
}

TEST(Updates, OfThreeThreadsAreEachSeenInAnyOrderAndNoneIsLost) {
  const verdict v = explore([](scene& s) {
    auto& x = s.make<number>(0);
    for (int i = 0; i < 3; ++i) {
      s.thread("adder", [&x] { x.fetch_add(1, rlx); });
    }
    s.after([&x] { note(static_cast<std::uint64_t>(x.load(rlx))); });
  });
  EXPECT_EQ(v.executions, 6U); // The orders of three.
  EXPECT_EQ(v.outcomes, (std::set<result>{{3}}));
}

TEST(Updates, ThatFailHaveTheOrderOfTheirFailure) {
  const auto failing = [](order_t failure) {
    return explore([failure](scene& s) {
      auto& data = s.make<plain<int>>(0);
      auto& flag = s.make<number>(0);
      s.thread("writer", [&] {
        data.set(1);
        flag.store(1, rel);
      });
      s.thread("reader", [&, failure] {
        int expected = 0;
        if (!flag.compare_exchange_strong(expected, 2, rlx, failure)) { (void)data.get(); }
      });
    });
  };
  EXPECT_TRUE(failing(acq).right());
  EXPECT_FALSE(failing(rlx).right());
}

TEST(PlainData, OfTwoThreadsWithoutOrderIsARace) {
  const verdict v = explore([](scene& s) {
    auto& data = s.make<plain<int>>(0);
    s.thread("1", [&data] { data.set(1); });
    s.thread("2", [&data] { (void)data.get(); });
  });
  EXPECT_NE(v.wrong.find("data race"), std::string::npos) << v.text();
}

TEST(PlainData, ReadByTwoThreadsIsNoRace) {
  EXPECT_TRUE(explore([](scene& s) {
                auto& data = s.make<plain<int>>(0);
                for (int i = 0; i < 2; ++i) {
                  s.thread("reader", [&data] { (void)data.get(); });
                }
              }).right());
}

TEST(Lifetime, AnAtomicThatIsUsedAfterItsEndIsNoticed) {
  const verdict v = explore([](scene& s) {
    auto* const x = new number(0);
    s.thread("1", [x] { x->store(1, rel); });
    s.thread("2", [x] {
      if (x->load(rlx) == 1) { delete x; }
    });
  });
  EXPECT_NE(v.wrong.find("not ordered before this write"), std::string::npos) << v.text();
}

TEST(Waiting, ThatNobodyEndsIsNoticed) {
  const verdict v = explore([](scene& s) {
    auto& x = s.make<number>(0);
    s.thread("waiter", [&x] { x.wait(0, acq); });
    s.thread("other", [&x] { x.store(0, rel); });
  });
  EXPECT_EQ(v.wrong, "nobody wakes waiter");
}

TEST(Waiting, ThatSomebodyEndsIsRight) {
  const verdict v = explore([](scene& s) {
    auto& x = s.make<number>(0);
    s.thread("waiter", [&x] { x.wait(0, acq); });
    s.thread("other", [&x] { x.store(1, rel); });
  });
  EXPECT_TRUE(v.right()) << v.text();
  EXPECT_EQ(v.executions, 1U);
}

// The writes of threads that come later must still reach the loads of one that has given up.
TEST(GivingUp, EndsAThreadAndNotTheSearch) {
  const verdict v = explore([](scene& s) {
    auto& x = s.make<number>(0);
    s.thread("spinner", [&x] {
      if (x.load(rlx) == 0) { give_up(); }
      note(1);
    });
    s.thread("other", [&x] { x.store(1, rlx); });
  });
  EXPECT_TRUE(v.right()) << v.text();
  EXPECT_EQ(v.outcomes, (std::set<result>{{1}}));
  EXPECT_EQ(v.waiting, 1U);
}

TEST(LoadBuffering, IsShownWhereALoadIsWatched) {
  const auto watched = [](order_t store, order_t load) {
    return explore([store, load](scene& s) {
      auto& b = s.make<board>();
      no_load_buffering(&b.x);
      s.thread("1", [&b, store] {
        (void)b.x.load(rlx);
        b.y.store(1, store);
      });
      s.thread("2", [&b, load] {
        if (b.y.load(load) == 1) { b.x.store(1, rlx); }
      });
    });
  };
  EXPECT_TRUE(watched(rel, acq).right());
  EXPECT_FALSE(watched(rlx, acq).right());
  EXPECT_FALSE(watched(rel, rlx).right());
}

TEST(Program, ThatIsNoFunctionOfItsLoadsIsNoticed) {
  int runs = 0;
  const verdict v = explore([&runs](scene& s) {
    auto& x = s.make<number>(0);
    s.thread("1", [&x, &runs] { x.store(++runs, rlx); });
    s.thread("2", [&x] { (void)x.load(rlx); });
  });
  EXPECT_NE(v.wrong.find("no function"), std::string::npos) << v.text();
}

} // namespace
} // namespace weir::model
