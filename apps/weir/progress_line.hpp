// The live line on a terminal, as text. Writing it, and when, is the caller's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace weir::command {

/// A run at one moment.
struct progress_snapshot {
  std::uint64_t done_bytes = 0;             // of the input, as it lies on disk
  std::optional<std::uint64_t> total_bytes; // unknown for pipes and generators
  double in_bytes_per_second = 0;
  double out_bytes_per_second = 0;
  std::uint64_t memory_used_bytes = 0;
  std::uint64_t memory_limit_bytes = 0;
  std::string bottleneck; // a stage's name; empty while none stands out
  double elapsed_seconds = 0;
  std::optional<double> eta_seconds;
  bool stopping = false; // a signal came: sources have stopped, the rest drains
};

/// One line of at most `width` characters without control characters: a bar, then what is worth most in the
/// room there is. Its fields keep their places while the numbers change. 0 columns give an empty line.
[[nodiscard]] std::string progress_line(const progress_snapshot& at, std::size_t width);

} // namespace weir::command
