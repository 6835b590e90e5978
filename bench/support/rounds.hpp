#pragma once
// rounds: competitors interleaved in one run, compared round by round. A shared machine changes under a benchmark; what
// was measured within one round changed least.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Does the work once; throws when the answer is wrong.
struct competitor {
  std::string name;
  std::function<void()> work;
};

/// The p-th part of a sorted copy, 0 <= p <= 1.
inline double quantile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1) + 0.5)];
}

/// Seconds per competitor per round. The first round is a warm-up and not kept; the order turns with each round.
inline std::vector<std::vector<double>> run_rounds(const std::vector<competitor>& all, std::size_t rounds) {
  std::vector<std::vector<double>> seconds(all.size());
  for (std::size_t round = 0; round <= rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t c = (i + round) % all.size();
      const auto begun = std::chrono::steady_clock::now();
      all[c].work();
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
      if (round > 0) { seconds[c].push_back(took.count()); }
    }
  }
  return seconds;
}

/// Prints per competitor its median rate and how many times faster than each it is the first one, median [p10-p90].
inline void print_table(const std::string& title, const std::vector<competitor>& all,
                        const std::vector<std::vector<double>>& seconds, double units, const char* unit) {
  std::printf("%s\n", title.c_str());
  for (std::size_t c = 0; c < all.size(); ++c) {
    std::vector<double> ratios;
    for (std::size_t r = 0; r < seconds[c].size(); ++r) { ratios.push_back(seconds[c][r] / seconds[0][r]); }
    std::printf("  %-44s %10.2f %s   %8.2fx [%.2f-%.2f]\n", all[c].name.c_str(), units / quantile(seconds[c], 0.5),
                unit, quantile(ratios, 0.5), quantile(ratios, 0.1), quantile(ratios, 0.9));
  }
  std::fflush(stdout);
}

/// Refuses a wrong answer: a fast wrong one is worth nothing.
inline void must_equal(unsigned long long got, unsigned long long want, const char* who) {
  if (got != want) { throw std::runtime_error(std::string(who) + ": wrong answer"); }
}

} // namespace bench
