#pragma once
// child: another process, watched from outside: its memory over time, its CPU time.

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bench::slow {

struct watched {
  double seconds = 0;     ///< until it ended or was stopped
  double cpu_seconds = 0; ///< all of its threads
  double peak_mib = 0;
  bool stopped = false;                         ///< it reached a limit and was killed
  std::vector<std::pair<double, double>> rss{}; ///< seconds since the start, resident MiB
};

/// Runs the command and looks at its resident memory every 10 ms. Kills it when that reaches `mib`, or after
/// `seconds`. Throws when it cannot be started or fails by itself.
struct limits {
  double mib, seconds;
};
watched watch(const std::vector<std::string>& command, limits most);

} // namespace bench::slow
