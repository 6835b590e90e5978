#pragma once
// results: what a benchmark program prints and writes.
//
//   bench_NAME [words of its own] [--rounds N] [--only WORD] [--ours] [--json FILE]
// A table goes to standard output; FILE gets the same with the costs, the commit ($WEIR_COMMIT), CPU, compiler and flags.

#include "bench/support/rounds.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace bench {

struct options {
  std::size_t rounds = 0;         ///< 0: the program's own number
  std::string only;               ///< questions whose names hold this
  bool ours = false;              ///< only competitors whose names begin with "weir": for bench/gate
  std::string json;               ///< file to write, empty: none
  std::vector<std::string> words; ///< what the program itself understands
  std::vector<std::string> bins = {"all"};
};
options read_options(int count, char** words);

inline constexpr double k_no_target = -1;

/// Asks questions, prints the answers, keeps them for the JSON file.
class report {
 public:
  report(std::string benchmark, options chosen);
  /// Runs the rounds, or nothing when the question was not asked for.
  void ask(question q, std::size_t rounds);
  /// Says that a competitor is not here.
  void skipped(const std::string& competitor);
  /// A single figure with its target, which no rival is needed for; lower is better. Fewer values than k_enough: not measured.
  void figure(const std::string& question, const std::string& who, const std::string& unit,
              const std::vector<double>& values, double target = k_no_target);
  /// Points (x, y) for a plot; only the JSON file has them.
  void series(const std::string& question, const std::string& who,
              const std::vector<std::pair<double, double>>& points);
  [[nodiscard]] bool wants(const std::string& question) const;
  /// As many rounds as the command line says, else `own`.
  [[nodiscard]] std::size_t rounds(std::size_t own) const { return chosen_.rounds == 0 ? own : chosen_.rounds; }
  /// The command line wants our competitors only.
  [[nodiscard]] bool ours() const { return chosen_.ours; }
  /// Writes the JSON file, if there is to be one. Returns main's result.
  int done() const;

 private:
  void compared(const question& q, const samples& taken);
  void note_rows(const question& q, const samples& taken, const std::string& bin);

  std::string benchmark_;
  options chosen_;
  std::vector<std::string> rows_; // JSON objects
  std::vector<std::string> comparisons_;
  std::vector<std::string> skipped_;
  std::vector<std::string> series_;
};

} // namespace bench
