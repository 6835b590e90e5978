#include "stages/net/backoff.hpp"

#include <algorithm>

namespace weir::stages {

using std::chrono::milliseconds;

std::optional<milliseconds> backoff::next() {
  const milliseconds rest = left();
  if (rest <= milliseconds::zero()) return {};
  std::uniform_int_distribution<milliseconds::rep> around(step_.count() / 2, step_.count() * 3 / 2);
  const milliseconds drawn(around(random_));
  step_ = std::min(2 * step_, milliseconds(2000));
  return std::min(drawn, rest); // the last try is made at the very end
}

} // namespace weir::stages
