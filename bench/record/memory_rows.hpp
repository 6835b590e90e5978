#pragma once
// The rows that the bare rivals of the databases are fed from memory: a file of lines "ts TAB status TAB path TAB ms".

#include "bench/bytes/bare.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

namespace bare {

inline std::string text_of(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) { die(path); }
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Prints the seconds since it was made, when it goes, as bench/support/contest.py reads them.
class stopwatch {
 public:
  stopwatch() = default;
  stopwatch(const stopwatch&) = delete;
  stopwatch& operator=(const stopwatch&) = delete;
  ~stopwatch() {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_;
    std::printf("seconds %.6f\n", took.count());
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

} // namespace bare
