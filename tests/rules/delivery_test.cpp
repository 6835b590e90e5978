// Delivery: one at a time, every value, none to many for one, the tail before the end, the end after everything.

#include "tests/edge/edge_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace {

using weir::event;
using weir::test::let_others_run;
using weir::test::until;
using weir::test::watchdog;

/// Notices two calls at once; the plain counter makes ThreadSanitizer check that each call comes after the one before.
struct alone {
  std::atomic<int> inside{0};
  long calls = 0;
  void operator()() {
    EXPECT_EQ(inside.fetch_add(1), 0);
    ++calls;
    for (int i = 0; i < 50; ++i) { __asm__ volatile(""); }
    inside.fetch_sub(1);
  }
};

struct guarded_pass {
  alone* who;
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    (*who)();
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
};

TEST(Delivery, R19_R105_NoStageIsCalledTwiceAtOnce) {
  weir::engine three(3);
  alone source;
  alone object;
  alone coroutine;
  alone sink;
  const auto task = [&](weir::inlet<int> in, weir::outlet<int> out) -> weir::task {
    while (auto x = co_await in.pop()) {
      coroutine();
      if (!co_await out.push(*x)) { co_return; }
    }
  };
  const weir::plan p = weir::iota(0, 30'000) | weir::inspect([&](int) { source(); }) | weir::edge(3) |
                       weir::stage("object", guarded_pass{&object}) | weir::edge(2) | weir::stage("task", task) |
                       weir::edge(1) | weir::for_each([&](int) { sink(); });
  weir::run run = p.start({}, three);
  const watchdog dog("one call at a time", run);
  until([&] { return run.over(); }); // by three workers, and nobody who joins
  run.wait();
  for (const alone* who : {&source, &object, &coroutine, &sink}) { EXPECT_EQ(who->calls, 30'000); }
}

// Completing an item twice cannot be said here: an item is done with when its stage moves on, and that is counted once.
TEST(Delivery, R20_AnItemIsDoneWithOnceHoweverOftenThatIsSaid) {
  weir::test::bench_edge<int> e({.capacity = 4});
  for (int i = 0; i < 3; ++i) { ASSERT_EQ(e.items.offer(int{i}), weir::outcome::taken); }
  ASSERT_NE(e.items.front(), nullptr);
  e.items.next();
  for (int i = 0; i < 3; ++i) {
    e.items.flush_in();
    e.items.release(0);
    e.items.signal_space(true);
    ASSERT_EQ(e.items.items_out(), 1u);
  }
  EXPECT_EQ(e.take(), 1);
  EXPECT_EQ(e.items.items_out(), 2u);
}

template <class T>
void all_arrive(const std::vector<T>& values) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<T> got;
    (weir::from(values) | weir::edge(1) | weir::map([](T x) { return x; }) | weir::edge(1) | weir::into(got))
        .run(weir::deterministic{seed});
    ASSERT_EQ(got, values) << "seed " << seed;
  }
  weir::feed<T> in(1);
  weir::drain_to<T> out(1);
  weir::run run = (in.source() | out.sink()).start();
  const watchdog dog("every value", run);
  for (const T& value : values) {
    ASSERT_TRUE(in.push(value));
    const std::optional<T> got = out.pop();
    ASSERT_TRUE(got.has_value()) << "a value is never the end";
    ASSERT_EQ(*got, value);
  }
  in.finish();
  EXPECT_FALSE(out.pop().has_value());
  run.wait();
}

TEST(Delivery, R21_EveryValueIsAnItem) {
  all_arrive<int>({0, -1, 0});
  all_arrive<std::string>({"", "x", ""});
  all_arrive<std::optional<int>>({std::nullopt, 0, std::nullopt});
  all_arrive<const char*>({nullptr, "", nullptr});
  std::vector<char> flags;
  (weir::iota(0, 4) | weir::map([](int x) { return x % 2 == 1; }) | weir::edge(1) | weir::into(flags)).run();
  EXPECT_EQ(flags, (std::vector<char>{0, 1, 0, 1}));
}

struct passes_three {
  int left = 3;
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    const auto x = in.try_pop();
    if (left > 0) {
      --left;
      (void)out.try_push(*x);
    }
    return weir::step::more;
  }
};

// The first three fill the edge behind, as in Node's test; what comes after makes nothing and must still be consumed.
TEST(Delivery, R22_AStageThatMakesNothingGoesOnConsuming) {
  const auto task = [](weir::inlet<int> in, weir::outlet<int> out) -> weir::task {
    for (int n = 0; auto x = co_await in.pop(); ++n) {
      if (n < 3) { (void)co_await out.push(*x); }
    }
  };
  const auto check = [](auto transform) {
    std::vector<int> got;
    long seen = 0;
    const weir::plan p = weir::iota(0, 2000) | weir::inspect([&](int) { ++seen; }) | weir::edge(2) |
                         std::move(transform) | weir::edge(1) | weir::into(got);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      got.clear();
      seen = 0;
      p.run(weir::deterministic{seed});
      ASSERT_EQ(got, (std::vector{0, 1, 2})) << "seed " << seed;
      ASSERT_EQ(seen, 2000) << "seed " << seed;
    }
    got.clear();
    p.run();
    ASSERT_EQ(got, (std::vector{0, 1, 2}));
  };
  check(weir::filter([](int x) { return x < 3; }));
  check(weir::flat_map([](int x) { return std::vector<int>(x < 3 ? 1 : 0, x); }));
  check(weir::stage("object", passes_three{}));
  check(weir::stage("task", task));
}

struct with_a_tail {
  int tail = 0;
  weir::step process(weir::inlet<int>& in, weir::outlet<int>& out) {
    (void)out.try_push(*in.try_pop());
    return weir::step::more;
  }
  weir::step finish(weir::outlet<int>& out) {
    while (tail < 5) {
      if (!out.try_push(100 + tail)) { return weir::step::room; }
      ++tail;
    }
    return weir::step::done;
  }
};

TEST(Delivery, R33_TheTailComesAfterTheItemsAndBeforeTheEnd) {
  std::vector<int> wanted{0, 1, 2, 3, 100, 101, 102, 103, 104};
  std::vector<int> got;
  const weir::plan p =
      weir::iota(0, 4) | weir::edge(2) | weir::stage("tail", with_a_tail{}) | weir::edge(1) | weir::into(got);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    got.clear();
    p.run(weir::deterministic{seed});
    ASSERT_EQ(got, wanted) << "seed " << seed;
  }
  weir::drain_to<int> out(1);
  weir::run run = (weir::iota(0, 4) | weir::stage("tail", with_a_tail{}) | weir::edge(1) | out.sink()).start();
  const watchdog dog("a tail", run);
  for (const int x : wanted) {
    EXPECT_FALSE(out.ended());
    ASSERT_EQ(out.pop(), x);
  }
  EXPECT_FALSE(out.pop().has_value());
}

struct counts_texts {
  int* seen;
  bool* closed_well;
  weir::step process(weir::inlet<std::string>& in) {
    (void)in.try_pop();
    ++*seen;
    return weir::step::more;
  }
  weir::step finish() {
    *closed_well = true;
    return weir::step::done;
  }
};

TEST(Delivery, R34_FinishIsToldAfterTheLastItemAndTheStagesOwnEnd) {
  const std::vector<std::string> texts{"a", "", "b", ""};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    int seen = 0;
    bool closed_well = false;
    int told = 0;
    weir::plan p = weir::from(texts) |
                   weir::edge_options{.capacity = 2, .high_water = 1, .low_water = 0, .in_bytes = true} |
                   weir::stage("sink", counts_texts{&seen, &closed_well});
    p.on("sink", event::finish, [&](const weir::event_info&) {
      ++told;
      EXPECT_EQ(seen, 4) << "seed " << seed;
      EXPECT_TRUE(closed_well) << "seed " << seed;
    });
    p.run(weir::deterministic{seed});
    ASSERT_EQ(told, 1);
  }
}

TEST(Delivery, R30_WithoutAConsumerThereIsNoEnd) {
  weir::drain_to<int> out(4);
  weir::run run = (weir::iota(0, 3) | out.sink()).start();
  const watchdog dog("an end that nobody sees", run);
  run.wait();
  for (int i = 0; i < 3; ++i) {
    let_others_run();
    ASSERT_FALSE(out.ended());
    ASSERT_EQ(out.try_pop(), i);
  }
  EXPECT_TRUE(out.ended());
}

struct notes_batches {
  std::vector<std::size_t>* sizes;
  weir::step process(weir::inlet<int>& in) {
    const auto span = in.peek();
    sizes->push_back(span.size());
    in.release(span.size());
    return weir::step::more;
  }
};

TEST(Delivery, R89_ABatchReachesAStageThatTakesSpansAsOne) {
  std::vector<std::size_t> sizes;
  std::vector<int> one_by_one;
  const auto task = [&](weir::inlet<int> in) -> weir::task {
    while (auto x = co_await in.pop()) { one_by_one.push_back(*x); }
  };
  for (int i = 0; i < 100; ++i) {
    sizes.clear();
    one_by_one.clear();
    weir::feed<int> spans(16);
    weir::feed<int> singles(16);
    weir::run first = (spans.source() | weir::edge(16) | weir::stage("spans", notes_batches{&sizes})).start();
    weir::run second = (singles.source() | weir::edge(16) | weir::stage("task", task)).start();
    for (weir::feed<int>* in : {&spans, &singles}) {
      const weir::cork batch(*in);
      for (int k = 0; k < 5; ++k) { ASSERT_TRUE(in->try_push(int{k})); }
    }
    spans.finish();
    singles.finish();
    const watchdog dog("batches", first);
    first.wait();
    second.wait();
    ASSERT_EQ(sizes, std::vector<std::size_t>{5});
    ASSERT_EQ(one_by_one, (std::vector{0, 1, 2, 3, 4}));
  }
}

} // namespace
