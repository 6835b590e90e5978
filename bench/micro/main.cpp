// bench_micro [the options of support/results.hpp; --benchmark_… are Google Benchmark's own]
//
// The small ones, by Google Benchmark: a --round is a repetition, repetitions of all are interleaved. What it measured goes into
// the same tables and JSON as everything else.

#include "bench/support/results.hpp"

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

namespace {

// CPU ns an item, a value a repetition.
class collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& r : runs) {
      if (r.run_type != Run::RT_Iteration) { continue; }
      const std::string name = r.run_name.function_name + (r.run_name.args.empty() ? "" : " " + r.run_name.args);
      if (r.error_occurred) { throw std::runtime_error(name + ": " + r.error_message); }
      values_[name].push_back(1e9 / r.counters.at("items_per_second"));
    }
  }
  void into(bench::report& report) const {
    for (const auto& [name, each] : values_) { report.figure(name, "weir", "CPU ns per item", each); }
  }

 private:
  std::map<std::string, std::vector<double>> values_;
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string("().|*+?[]{}^$\\").find(c) != std::string::npos) { out += '\\'; }
    out += c;
  }
  return out;
}

} // namespace

int main(int count, char** words) {
  const bench::options chosen = bench::read_options(count, words);
  bench::report report("micro", chosen);
  std::vector<std::string> own = {words[0], "--benchmark_repetitions=" + std::to_string(report.rounds(9)),
                                  "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.05"};
  if (!chosen.only.empty()) { own.push_back("--benchmark_filter=" + escaped(chosen.only)); }
  own.insert(own.end(), chosen.words.begin(), chosen.words.end()); // last: they win
  std::vector<char*> as_words;
  as_words.reserve(own.size());
  for (std::string& w : own) { as_words.push_back(w.data()); }
  int n = static_cast<int>(as_words.size());
  benchmark::Initialize(&n, as_words.data());
  if (benchmark::ReportUnrecognizedArguments(n, as_words.data())) { return 2; }
  collector all;
  benchmark::RunSpecifiedBenchmarks(&all);
  all.into(report);
  return report.done();
}
