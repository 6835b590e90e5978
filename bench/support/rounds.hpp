#pragma once
// rounds: competitors interleaved in one run, compared round by round. A shared machine changes under a benchmark; what
// was measured within one round changed least.

#include "bench/support/meter.hpp"

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// One measurement. Only samples of the same bin are compared; an empty bin says that the sample was disturbed.
struct sample {
  double units = 0; ///< how much was done
  cost spent;
  std::string bin = "all";
};

/// Does the work once; throws when the answer is wrong.
struct competitor {
  std::string name;
  std::function<sample()> take;
};

/// "`ours` does as much a second as `rival`, times …". A target of 0 is none; `near` serves where there are no bins.
struct comparison {
  std::string ours;
  std::string rival;
  double near = 0;
  double far = 0;
};

struct question {
  std::string name;
  std::string unit; ///< of the rates, e.g. "M items/s"
  double scale = 1; ///< units per second in one such unit
  std::vector<competitor> all;
  std::vector<comparison> versus;
};

/// samples[competitor][round].
using samples = std::vector<std::vector<sample>>;

/// The first round is a warm-up and not kept; the order turns with each round.
samples run_rounds(const std::vector<competitor>& all, std::size_t rounds);

/// The p-th part of the values, 0 <= p <= 1.
double quantile(std::vector<double> values, double p);

/// Median, p10 and p90 of `n` values; n = 0: not measured, as are fewer than `k_enough` samples of a bin.
inline constexpr std::size_t k_enough = 3;
struct spread {
  double median = 0, p10 = 0, p90 = 0;
  std::size_t n = 0;
};
spread spread_of(const std::vector<double>& values);

/// Units a second in one bin, and the ratio of two competitors' in the rounds in which both were in that bin.
std::vector<double> rates(const std::vector<sample>& of, const std::string& bin);
std::vector<double> ratios(const std::vector<sample>& ours, const std::vector<sample>& rival, const std::string& bin);

/// A competitor that runs in this process as it likes: `work` does `units`.
template <class Work>
competitor whole(std::string name, double units, Work work) {
  return {std::move(name), [units, work = std::move(work)] { return sample{units, metered(work), "all"}; }};
}

/// Refuses a wrong answer: a fast wrong one is worth nothing.
inline void must_equal(unsigned long long got, unsigned long long want, const char* who) {
  if (got != want) { throw std::runtime_error(std::string(who) + ": wrong answer"); }
}

} // namespace bench
