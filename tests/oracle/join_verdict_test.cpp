// plan::check() on tee | zip of unequal branches against what the run does: what it accepts never stalls; what it refuses because
// a branch holds back more than the other can hold does stall, when the stream is long enough and the other holds nothing back.

#include "tests/oracle/build.hpp"
#include "tests/oracle/random_graphs.hpp"
#include "tests/oracle/world.hpp"
#include "tests/support/watchdog.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

namespace {

using namespace weir::oracle;

enum class verdict : std::uint8_t { accepted, too_small, unknown };

struct figures {
  std::size_t shapes[3] = {};
  std::size_t runs[3] = {};
  std::size_t stalls[3] = {};
  void count(verdict v, std::size_t ran, std::size_t stalled) {
    ++shapes[static_cast<std::size_t>(v)];
    runs[static_cast<std::size_t>(v)] += ran;
    stalls[static_cast<std::size_t>(v)] += stalled;
  }
  [[nodiscard]] std::string text() const {
    constexpr const char* k_names[] = {"accepted", "refused, lag known", "refused, lag unknown"};
    std::string all;
    for (std::size_t v = 0; v < 3; ++v) {
      all += std::string(k_names[v]) + ": " + std::to_string(shapes[v]) + " shapes, " + std::to_string(stalls[v]) +
             " of " + std::to_string(runs[v]) + " runs stalled\n";
    }
    return all;
  }
};

verdict verdict_of(const weir::plan& p) {
  try {
    (void)p.check({}, 2);
    return verdict::accepted;
  } catch (const weir::plan_error& error) {
    return std::string(error.what()).find("would do") == std::string::npos ? verdict::unknown : verdict::too_small;
  }
}

std::size_t stalls_of(const weir::plan& p, std::size_t runs) {
  std::size_t stalls = 0;
  weir::run_options unchecked;
  unchecked.check_joins = false;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    try {
      p.run(weir::deterministic{seed}, unchecked);
    } catch (const weir::stall_error&) { ++stalls; }
  }
  return stalls;
}

class shapes {
 public:
  explicit shapes(std::uint64_t seed) : random_(seed) {}

  /// A tee of two or three branches of these forms, joined by zip: the stream is longer than what its edges and windows can hold.
  graph next(std::initializer_list<form> forms, std::size_t most_stages) {
    element fan;
    fan.what = form::tee_zip;
    fan.out.capacity = 1 + below(8);
    fan.branches.resize(2 + below(2));
    for (branch& b : fan.branches) {
      b.lead.capacity = 1 + below(8);
      const std::size_t n = below(most_stages + 1);
      for (std::size_t i = 0; i < n; ++i) {
        element e;
        e.what = forms.begin()[below(forms.size())];
        e.a = below(8);
        e.b = below(6);
        e.out.capacity = 1 + below(4);
        b.stages.push_back(e);
      }
    }
    graph g;
    g.sources.emplace_back();
    g.sources.front().n = 80;
    g.sources.front().out.capacity = 1 + below(4);
    g.stages.push_back(fan);
    return settled(g);
  }
  /// … of which one branch holds items back, and the others do not.
  graph next_late() {
    graph g = next({form::map}, 2);
    element window;
    window.what = form::window;
    window.a = below(8);
    window.out.capacity = 1;
    std::vector<branch>& branches = g.stages.front().branches;
    branches[below(branches.size())].stages.push_back(window);
    return settled(g);
  }

 private:
  unsigned below(std::size_t n) { return static_cast<unsigned>(random_() % n); }
  std::mt19937_64 random_;
};

constexpr std::size_t k_runs = 4;

TEST(JoinVerdict, WhatIsAcceptedNeverStalls) {
  shapes some(1);
  figures seen;
  for (std::size_t i = 0; i < graphs_wanted(200); ++i) {
    const graph g = i % 2 == 0 ? some.next({form::map, form::window, form::take}, 3)
                               : some.next({form::map, form::filter, form::flat_map, form::object, form::coroutine}, 1);
    world w(g);
    const weir::plan p = built(w);
    const weir::test::watchdog dog("a join", [&] { return to_string(g) + "\n"; });
    const verdict v = verdict_of(p);
    const std::size_t stalls = stalls_of(p, k_runs);
    seen.count(v, k_runs, stalls);
    if (v == verdict::accepted) { ASSERT_EQ(stalls, 0u) << to_string(g); }
  }
  EXPECT_GT(seen.shapes[0], 0u);
  EXPECT_GT(seen.shapes[2], 0u);
  if (many_graphs()) { std::printf("%s", seen.text().c_str()); }
}

TEST(JoinVerdict, ABranchThatHoldsBackMoreThanTheOthersCanHoldAlwaysStalls) {
  shapes some(2);
  figures seen;
  for (std::size_t i = 0; i < graphs_wanted(200); ++i) {
    const graph g = some.next_late();
    world w(g);
    const weir::plan p = built(w);
    const weir::test::watchdog dog("a join", [&] { return to_string(g) + "\n"; });
    const verdict v = verdict_of(p);
    const std::size_t stalls = stalls_of(p, k_runs);
    seen.count(v, k_runs, stalls);
    ASSERT_NE(v, verdict::unknown) << to_string(g);
    ASSERT_EQ(stalls, v == verdict::accepted ? 0 : k_runs) << to_string(g);
  }
  EXPECT_GT(seen.shapes[0], 0u);
  EXPECT_GT(seen.shapes[1], 0u);
  if (many_graphs()) { std::printf("%s", seen.text().c_str()); }
}

} // namespace
