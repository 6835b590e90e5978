// The n-th allocation fails, for every n that a small run makes: in whatever thread and wherever it is, the run fails
// with bad_alloc or succeeds with the right result, nothing leaks, and the engine runs the next plan.

#include "tests/faults/allocation_faults.hpp"
#include "tests/faults/plans.hpp"
#include "tests/support/watchdog.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <string>

namespace weir::test {
namespace {

using of = allocation_fault::of;

struct outcome_of {
  allocation_count count;
  std::array<char, 200> error{}; ///< empty: it succeeded; no string, whose memory would count
  bool out_of_memory = false;
  bool right = true;
  [[nodiscard]] bool succeeded() const { return error.front() == '\0'; }
};

/// Whether that is bad_alloc, or a run's error whose cause is.
bool is_bad_alloc(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::bad_alloc&) { return true; } catch (const run_error& failed) {
    return is_bad_alloc(failed.cause());
  } catch (...) { return false; }
}

/// Runs it once with that fault. Between arm() and disarm() nothing but the library and the plan allocates.
outcome_of once(const small_run& what, engine& where, const allocation_fault& fault) {
  outcome_of got;
  std::exception_ptr error;
  arm(fault);
  try {
    got.right = what(where);
  } catch (...) { error = std::current_exception(); }
  got.count = disarm();
  if (!error) { return got; }
  got.out_of_memory = is_bad_alloc(error);
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) { std::snprintf(got.error.data(), got.error.size(), "%s", e.what()); } catch (...) {
    std::snprintf(got.error.data(), got.error.size(), "no std::exception");
  }
  return got;
}

[[noreturn]] void tell_and_abort() {
  (void)disarm();
  std::fputs("terminated; the last allocation that failed was at\n", stderr);
  tell_last_fault();
  std::abort();
}

/// A run of that shape with that fault on an engine of its own, which must be as good as new afterwards.
outcome_of try_with(const named_run& run, const allocation_fault& fault) {
  const std::int64_t before = living_allocations();
  outcome_of got;
  {
    engine where(2);
    got = once(run.what, where, fault);
    EXPECT_TRUE(run.afterwards(got.succeeded()));
    until_none_lives();
    EXPECT_TRUE(clean_run(where)) << "the same engine";
  }
  if (fault.what == of::operator_new) { EXPECT_EQ(living_allocations() - before, 0) << "a leak"; }
  EXPECT_TRUE(got.right) << "a wrong result";
  EXPECT_TRUE(got.succeeded() || got.out_of_memory) << got.error.data();
  EXPECT_TRUE(got.succeeded() || got.count.failed > 0) << got.error.data();
  return got;
}

/// How far apart the n are: 1 on bare hardware for one failing operator new, and everywhere when WEIR_EVERY_FAULT is set.
std::uint64_t step_of(of kind, bool and_after) {
  if (std::getenv("WEIR_EVERY_FAULT") != nullptr) { return 1; }
  return (k_sanitized ? 5u : 1u) * (kind == of::any_malloc || and_after ? 4u : 1u);
}

/// Every n from 1 to the number of allocations, each alone and with all that follow. Returns how many runs failed.
std::uint64_t fail_from_first_to_last(const named_run& run, of kind, bool and_after, std::uint64_t about) {
  std::atomic<std::uint64_t> at{1};
  const watchdog dog(run.name, [&] {
    tell_last_fault();
    return "allocation " + std::to_string(at) + (and_after ? " and all after it" : "");
  });
  std::uint64_t failed_runs = 0;
  for (;; at += step_of(kind, and_after)) {
    SCOPED_TRACE(run.name + ": allocation " + std::to_string(at) + (and_after ? " and all after it" : ""));
    const outcome_of got = try_with(run, {.what = kind, .first = at, .and_after = and_after});
    failed_runs += got.succeeded() ? 0 : 1;
    if (testing::Test::HasFailure()) { tell_last_fault(); }
    if (testing::Test::HasFailure() || (got.count.failed == 0 && at >= about)) { return failed_runs; }
  }
}

void fail_every_allocation(const named_run& run, of kind) {
  std::set_terminate(tell_and_abort);
  for (int i = 0; i < 3; ++i) { // what libraries keep from their start
    engine where(2);
    (void)once(run.what, where, {.what = kind});
    (void)run.afterwards(true);
    EXPECT_TRUE(clean_run(where)); // which wakes oneTBB, where the run itself does not
  }
  const std::uint64_t about = try_with(run, {.what = kind}).count.asked;
  EXPECT_GT(about, 0u);
  std::uint64_t failed_runs = fail_from_first_to_last(run, kind, false, about);
  // Without any memory for good oneTBB cannot start a task, and an engine without a thread waits for it.
  if (kind == of::operator_new) { failed_runs += fail_from_first_to_last(run, kind, true, about); }
  EXPECT_GT(failed_runs, 0u);
  std::printf("%s: about %llu allocations, %llu runs failed\n", run.name.c_str(),
              static_cast<unsigned long long>(about), static_cast<unsigned long long>(failed_runs));
}

class AllocationFault : public testing::TestWithParam<named_run> {};

TEST_P(AllocationFault, OfOperatorNewIsAnErrorAndLeavesNothingBehind) {
  fail_every_allocation(GetParam(), of::operator_new);
}

TEST_P(AllocationFault, OfMallocIsAnErrorToo) {
#if WEIR_FAILS_MALLOC
  fail_every_allocation(GetParam(), of::any_malloc);
#else
  GTEST_SKIP() << "malloc belongs to the sanitizer or the C library here";
#endif
}

INSTANTIATE_TEST_SUITE_P(Shapes, AllocationFault, testing::ValuesIn(small_runs()),
                         [](const auto& shape) { return shape.param.name; });

TEST(AllocationFaultOfAnEngine, IsAnErrorAndLeavesNothingBehind) {
  std::set_terminate(tell_and_abort);
  named_run made;
  made.name = "Engine";
  made.what = [](engine&) {
    engine one(2);
    return clean_run(one);
  };
  fail_every_allocation(made, of::operator_new);

  named_run left;
  left.name = "EngineThatGoesWithARunInIt";
  left.what = [](engine&) {
    std::optional<weir::run> run;
    {
      engine one(2);
      run = (numbers() | edge(2) | for_each([](const tracked&) {})).start({}, one);
    }
    try {
      (void)run->wait();
      return false;
    } catch (const cancelled_error&) { return true; }
  };
  fail_every_allocation(left, of::operator_new);
}

} // namespace
} // namespace weir::test
