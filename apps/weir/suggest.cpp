#include "apps/weir/suggest.hpp"

#include "apps/weir/lower_case.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace weir::command {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> candidates) {
  const std::string wanted = lower_case(typed);
  const std::size_t limit = std::max<std::size_t>(1, (wanted.size() + 1) / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const std::string known = lower_case(candidate);
    const bool begins = wanted.size() >= 2 && known.starts_with(wanted);
    const std::size_t distance = begins ? 1 : edit_distance(wanted, known);
    const bool all_changed = distance >= std::max(wanted.size(), known.size());
    if (distance < best_distance && !all_changed) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates) {
  const std::optional<std::string> near = nearest(typed, candidates);
  return near ? "; did you mean '" + *near + "'?" : std::string();
}

} // namespace weir::command
