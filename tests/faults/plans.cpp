#include "tests/faults/plans.hpp"

#include "tests/faults/byte_plans.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace weir::test {

namespace {

using namespace std::chrono_literals;

/// What a sink was given, without an allocation of its own.
struct tally {
  long items = 0;
  long sum = 0;
  bool in_order = true;
  void operator()(long x) {
    in_order = in_order && x == items;
    ++items;
    sum += x;
  }
  [[nodiscard]] bool is_all_of(long n) const { return items == n && sum == n * (n - 1) / 2; }
};

report run_whole(const plan& p, engine& where) {
  (void)p.check();
  weir::run run = p.start({}, where);
  return run.wait();
}

/// An object, a coroutine and a group of operators, with tracked items.
bool chain(engine& where) {
  constexpr long k_items = 40;
  tally got;
  run_whole(numbers(k_items) | weir::edge(4) | weir::stage("span", span_pass{}) | weir::edge(2) |
                weir::stage("task", task_pass) | weir::edge(1) |
                weir::for_each([&](const tracked& x) { got(x.value()); }),
            where);
  return got.is_all_of(k_items) && got.in_order;
}

bool ordered_farm(engine& where) {
  constexpr long k_items = 60;
  tally got;
  run_whole(numbers(k_items) | weir::parallel(2, weir::stage("span", span_pass{})) |
                weir::for_each([&](const tracked& x) { got(x.value()); }),
            where);
  return got.is_all_of(k_items) && got.in_order;
}

bool tee_and_merge(engine& where) {
  constexpr long k_items = 30;
  tally got;
  run_whole(weir::iota(0L, k_items) | weir::edge(3) |
                weir::tee(weir::items<long>(), weir::edge(2) | weir::map([](long x) { return x; }),
                          weir::edge(4) | weir::map([](long x) { return x; })) |
                weir::merge() | weir::for_each([&](long x) { got(x); }),
            where);
  return got.items == 3 * k_items && got.sum == 3 * k_items * (k_items - 1) / 2;
}

bool hub(engine& where) {
  constexpr long k_items = 30;
  tally first;
  tally second;
  weir::hub<long> place;
  const auto one = place.attach(weir::edge(2) | weir::for_each([&](long x) { first(x); }));
  const auto two = place.attach(weir::for_each([&](long x) { second(x); }));
  run_whole(weir::iota(0L, k_items) | weir::edge(3) | place.sink(), where);
  return first.is_all_of(k_items) && second.is_all_of(k_items) && first.in_order && second.in_order;
}

/// Both ends are this thread's: the edges hold everything.
bool feed_and_drain(engine& where) {
  constexpr long k_items = 20;
  weir::feed<tracked> in(32);
  weir::drain_to<tracked> out(32);
  weir::run run = (in.source() | weir::stage("span", span_pass{}) | out.sink()).start({}, where);
  for (long i = 0; i < k_items; ++i) {
    if (!in.push(tracked(i))) { break; }
  }
  in.finish();
  tally got;
  while (auto x = out.pop()) { got(x->value()); }
  (void)run.wait();
  return got.is_all_of(k_items) && got.in_order;
}

bool batch_with_a_timer(engine& where) {
  constexpr long k_items = 12;
  tally got;
  run_whole(weir::iota(0L, k_items) | weir::throttle(20'000) | weir::batch(5, 100us) |
                weir::for_each([&](const std::vector<long>& batch) {
                  for (const long x : batch) { got(x); }
                }),
            where);
  return got.is_all_of(k_items) && got.in_order;
}

struct blocks_once {
  bool waited = false;
  long next = 0;
  stage_context* context = nullptr;
  void start(stage_context& c) { context = &c; }
  step process(outlet<tracked>& out) {
    if (next == 20) { return step::done; }
    if (!context->may_block()) { return step::blocking; }
    if (!out.try_push(tracked(next))) { return step::room; }
    ++next;
    return step::more;
  }
};

bool blocking_source(engine& where) {
  tally got;
  run_whole(weir::stage("blocks", blocks_once{}) | weir::for_each([&](const tracked& x) { got(x.value()); }), where);
  return got.is_all_of(20) && got.in_order;
}

/// Ends as asked, whenever that comes.
bool cancelled_by_hand(engine& where) {
  weir::run run = (numbers() | weir::edge(4) | weir::for_each([](const tracked&) {})).start({}, where);
  run.cancel();
  try {
    (void)run.wait();
    return false;
  } catch (const cancelled_error&) { return true; }
}

/// A body that fails by itself: its error must come out whatever else fails on the way.
bool a_body_that_throws(engine& where) {
  struct too_far {};
  try {
    run_whole(numbers(20) | weir::edge(2) | weir::for_each([](const tracked& x) {
                if (x.value() == 7) { throw too_far{}; }
              }),
              where);
    return false;
  } catch (const run_error& error) {
    try {
      std::rethrow_exception(error.cause());
    } catch (const too_far&) { return true; }
  } catch (const too_far&) { return true; } // without its name: there was no memory for it
}

bool seeded(engine&) {
  constexpr long k_items = 20;
  tally got;
  (numbers(k_items) | weir::edge(2) | weir::parallel(2, weir::stage("span", span_pass{})) |
   weir::for_each([&](const tracked& x) {
     got(x.value());
   })).run(weir::deterministic{7});
  return got.is_all_of(k_items) && got.in_order;
}

} // namespace

bool clean_run(engine& where) { return chain(where); }

std::vector<named_run> small_runs() {
  std::vector<named_run> all;
  const auto add = [&](const char* name, bool (*what)(engine&)) {
    named_run& made = all.emplace_back();
    made.name = name;
    made.what = what;
  };
  add("Chain", chain);
  add("OrderedFarm", ordered_farm);
  add("TeeAndMerge", tee_and_merge);
  add("Hub", hub);
  add("FeedAndDrain", feed_and_drain);
  add("BatchWithATimer", batch_with_a_timer);
  add("BlockingSource", blocking_source);
  add("Cancelled", cancelled_by_hand);
  add("BodyThatThrows", a_body_that_throws);
  add("Seeded", seeded);
  for (named_run& more : byte_runs()) { all.push_back(std::move(more)); }
  return all;
}

} // namespace weir::test
