// A stress run is worth what its verifier sees: each way in which a stream can be wrong must be found.

#include "apps/weir/stress_check.hpp"
#include "apps/weir/stress_report.hpp"
#include "apps/weir/stress_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::command {
namespace {

using numbers = std::vector<std::uint64_t>;

numbers counted(std::uint64_t n, std::size_t lane = 0) {
  numbers all(n);
  std::iota(all.begin(), all.end(), first_number(lane));
  return all;
}

stream_account account_of(const numbers& all) {
  stream_account account;
  account.add(all);
  return account;
}

/// What is said of `came`, seen in spans of 7, when `made` was made.
std::string verdict(const numbers& came, const numbers& made, bool ordered = true) {
  stream_check check;
  check.ordered = ordered;
  for (std::span<const std::uint64_t> rest = came; !rest.empty();) {
    const auto now = rest.first(std::min<std::size_t>(7, rest.size()));
    check.see(now);
    rest = rest.subspan(now.size());
  }
  return verdict_on(check, account_of(made));
}

TEST(StressVerifier, SaysNothingOfAStreamThatIsWholeAndInOrder) {
  EXPECT_EQ(verdict(counted(1000), counted(1000)), "");
  EXPECT_EQ(verdict({}, {}), "");
}

TEST(StressVerifier, FindsALostItemWhereverItWas) {
  for (const std::size_t at : {0u, 1u, 6u, 7u, 98u, 99u}) {
    numbers came = counted(100);
    came.erase(came.begin() + static_cast<std::ptrdiff_t>(at));
    const std::string text = verdict(came, counted(100));
    EXPECT_NE(text.find("100 items made and 99 seen"), std::string::npos) << at << ": " << text;
    if (at == 99) { continue; } // The last one leaves no gap.
    EXPECT_NE(text.find("item " + std::to_string(at) + " was expected and " + std::to_string(at + 1) + " came"),
              std::string::npos)
        << text;
  }
}

TEST(StressVerifier, FindsADoubledItem) {
  numbers came = counted(100);
  came.insert(came.begin() + 40, 40);
  const std::string text = verdict(came, counted(100));
  EXPECT_EQ(
      text.find("source 0: item 41 was expected and 40 came (1 out of order in all); 100 items made and 101 seen"), 0u)
      << text;
}

TEST(StressVerifier, FindsTwoItemsThatChangedPlaces) {
  numbers came = counted(100);
  std::swap(came[13], came[14]);
  EXPECT_EQ(verdict(came, counted(100)), "source 0: item 13 was expected and 14 came (3 out of order in all)");
}

TEST(StressVerifier, FindsWhatIsLostAndDoubledWhereNoOrderIsAsked) {
  numbers came = counted(100);
  std::swap(came[13], came[80]);
  EXPECT_EQ(verdict(came, counted(100), false), "");
  numbers lost = came;
  lost.pop_back();
  EXPECT_NE(verdict(lost, counted(100), false), "");
  numbers doubled = came;
  doubled.push_back(5);
  EXPECT_NE(verdict(doubled, counted(100), false), "");
  came[20] += 1; // count and sum stay what they were
  came[30] -= 1;
  EXPECT_NE(verdict(came, counted(100), false), "");
}

TEST(StressVerifier, KnowsTheOrderOfEachOfSeveralSources) {
  numbers made = counted(4, 0);
  const numbers other = counted(4, 2);
  made.insert(made.end(), other.begin(), other.end());
  const numbers mixed = {other[0], made[0], made[1], other[1], other[2], made[2], other[3], made[3]};
  EXPECT_EQ(verdict(mixed, made), "");
  numbers swapped = mixed;
  std::swap(swapped[3], swapped[6]);
  EXPECT_EQ(verdict(swapped, made), "source 2: item 1 was expected and 3 came (3 out of order in all)");
}

TEST(StressVerifier, FindsANumberThatNoSourceMakes) {
  numbers came = counted(10);
  came[5] |= std::uint64_t{255} << k_lane_shift;
  EXPECT_EQ(verdict(came, counted(10)).find("source 255: item 5 was expected and 5 came"), 0u);
}

/// A stage that does one wrong thing to the stream at item 5000.
struct faulty {
  enum class fault { lose, repeat, swap } what;
  std::uint64_t held = 0;

  step process(inlet<std::uint64_t>& in, outlet<std::uint64_t>& out) {
    if (out.room() < 2) { return step::room; }
    const std::uint64_t x = *in.try_pop();
    if (x != 5000 && held == 0) { return push(out, x); }
    if (held != 0) { return (void)push(out, x), push(out, std::exchange(held, 0)); }
    if (what == fault::swap) { held = x; }
    return what == fault::repeat ? ((void)push(out, x), push(out, x)) : step::more;
  }
  static step push(outlet<std::uint64_t>& out, std::uint64_t x) {
    EXPECT_TRUE(out.try_push(x));
    return step::more;
  }
};

TEST(StressVerifier, FindsInARunWhatAFaultyStageDoes) {
  const std::pair<faulty::fault, std::string> faults[] = {
      {faulty::fault::lose, "source 0: item 5000 was expected and 5001 came"},
      {faulty::fault::repeat, "source 0: item 5001 was expected and 5000 came"},
      {faulty::fault::swap, "source 0: item 5000 was expected and 5001 came"}};
  for (const auto& [what, expected] : faults) {
    const stress_cell cell{.capacity = 16, .seed = 3, .items = 10'000};
    stress_pipeline pipeline(cell);
    pipeline.what = stage("count", counting(0, cell.items, pipeline.made[0])) | edge(16) |
                    stage("faulty", faulty{what}) | edge(16) | stage("check", checking(pipeline.seen[0]));
    const stress_result result = run_stress(cell, pipeline);
    ASSERT_EQ(result.findings.size(), 1u);
    EXPECT_EQ(result.findings[0].find(expected), 0u) << result.findings[0];
    const std::string complaint = stress_complaint(result);
    EXPECT_NE(complaint.find("\nto repeat: weir stress --shape chain --threads 2 --capacity 16 --items 10000 --seed 3"),
              std::string::npos)
        << complaint;
    EXPECT_NE(stress_table_row(result).find("WRONG"), std::string::npos);
  }
}

TEST(StressVerifier, ReportsARunThatFailsAndNamesWhy) {
  const stress_cell cell{.capacity = 16, .seed = 3, .items = 10'000};
  stress_pipeline pipeline(cell);
  pipeline.what = stage("count", counting(0, cell.items, pipeline.made[0])) | edge(16) |
                  map([](std::uint64_t x) { return x < 5000 ? x : throw std::runtime_error("no more"); }) | edge(16) |
                  stage("check", checking(pipeline.seen[0]));
  const stress_result result = run_stress(cell, pipeline);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0], "map: no more");
}

} // namespace
} // namespace weir::command
