#include "bench/support/rounds.hpp"

#include <algorithm>

namespace bench {

samples run_rounds(const std::vector<competitor>& all, std::size_t rounds) {
  samples taken(all.size());
  for (std::size_t round = 0; round <= rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t c = (i + round) % all.size();
      sample s = all[c].take();
      if (round > 0) { taken[c].push_back(std::move(s)); }
    }
  }
  return taken;
}

double quantile(std::vector<double> values, double p) {
  const auto at = static_cast<std::size_t>(p * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

spread spread_of(const std::vector<double>& values) {
  if (values.size() < k_enough) { return {}; }
  return {quantile(values, 0.5), quantile(values, 0.1), quantile(values, 0.9), values.size()};
}

std::vector<double> rates(const std::vector<sample>& of, const std::string& bin) {
  std::vector<double> each;
  for (const sample& s : of) {
    if (s.bin == bin) { each.push_back(s.units / s.spent.seconds); }
  }
  return each;
}

std::vector<double> ratios(const std::vector<sample>& ours, const std::vector<sample>& rival, const std::string& bin) {
  std::vector<double> each;
  for (std::size_t r = 0; r < ours.size() && r < rival.size(); ++r) {
    const sample& a = ours[r];
    const sample& b = rival[r];
    if (a.bin == bin && b.bin == bin) { each.push_back(a.units / a.spent.seconds * b.spent.seconds / b.units); }
  }
  return each;
}

} // namespace bench
