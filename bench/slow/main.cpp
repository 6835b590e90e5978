// bench_slow [MILLISECONDS] and the options of support/results.hpp
// bench_slow child WHO MILLISECONDS: one competitor, in this process.

#include "bench/slow/child.hpp"
#include "bench/slow/workload.hpp"
#include "bench/support/results.hpp"

#include <cstdlib>
#include <map>
#include <string>

namespace bench::slow {

namespace {

// An unbounded one cannot end by itself in a reasonable time: what it has taken would need minutes.
constexpr double k_limit_mib = 1024;
constexpr double k_limit_seconds = 4;
const char* const k_streams = WEIR_BENCH_SLOW_STREAMS;

struct rival {
  std::string name;
  std::vector<std::string> command; // the time is added
  bool bounded;
  double most_cpu = k_no_target;
  bool drawn = true; // in the plot of memory over time
  std::vector<double> cpu{}, peak{}, growth{};
};

using program = void (*)(lasting);
const std::map<std::string, program> k_programs = {{"weir", weir_blocking},    {"weir-throttle", weir_throttled},
                                                   {"pipeline", tbb_pipeline}, {"graph-limited", graph_limited},
                                                   {"graph", graph_default},   {"queue", concurrent_queue},
                                                   {"one", one_thread}};

bool installed(const char* tool) {
  return std::system((std::string("command -v ") + tool + " >/dev/null").c_str()) == 0;
}

std::vector<rival> rivals(report& into, const std::string& self) {
  const auto here = [&](const char* who) { return std::vector<std::string>{self, "child", who}; };
  std::vector<rival> all = {{"weir, a sink that blocks", here("weir"), true, 0.03},
                            {"weir, throttle", here("weir-throttle"), true, 0.03, false}};
  if (into.ours()) { return all; }
  all.push_back({"one thread that sleeps, no queue", here("one"), true, k_no_target, false});
  all.push_back({"parallel_pipeline, 64 tokens", here("pipeline"), true});
  all.push_back({"flow graph, limiter of 64", here("graph-limited"), true});
  all.push_back({"flow graph, as it is", here("graph"), false});
  all.push_back({"moodycamel ConcurrentQueue, threads", here("queue"), false});
  if (installed("node")) {
    all.push_back({"Node, stream.pipeline", {"node", k_streams, "heeded"}, true});
    all.push_back({"Node, write() ignored", {"node", k_streams, "ignored"}, false});
  } else {
    into.skipped("node");
  }
  return all;
}

// MiB a second between the first and the last look.
double growth_of(const watched& seen) {
  const auto& [t0, first] = seen.rss.front();
  const auto& [t1, last] = seen.rss.back();
  return t1 > t0 ? (seen.peak_mib - first) / (t1 - t0) : 0;
}

void take(rival& r, const std::string& milliseconds, bool first, report& into) {
  std::vector<std::string> command = r.command;
  command.push_back(r.bounded ? milliseconds : "60000");
  const watched seen = watch(command, {k_limit_mib, r.bounded ? 60 : k_limit_seconds});
  if (r.bounded && seen.stopped) { throw std::runtime_error(r.name + ": is not bounded, or hangs"); }
  if (first && r.drawn) { into.series("slow sink: resident MiB over seconds", r.name, seen.rss); }
  r.cpu.push_back(seen.cpu_seconds / seen.seconds);
  r.peak.push_back(seen.peak_mib);
  if (!r.bounded) { r.growth.push_back(growth_of(seen)); }
}

void ask(report& into, const std::string& self, const std::string& milliseconds) {
  if (!into.wants("slow sink")) { return; }
  std::vector<rival> all = rivals(into, self);
  for (std::size_t round = 0; round < into.rounds(5); ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      take(all[(i + round) % all.size()], milliseconds, round == 0, into);
    }
  }
  for (const rival& r : all) {
    into.figure("slow sink: CPU seconds a second", r.name, "", r.cpu, r.most_cpu);
    into.figure("slow sink: peak RSS", r.name, r.bounded ? "MiB" : "MiB, stopped at 1024", r.peak);
    if (!r.bounded) { into.figure("slow sink: RSS growth", r.name, "MiB/s", r.growth); }
  }
}

} // namespace

} // namespace bench::slow

int main(int count, char** words) {
  using namespace bench::slow;
  const bench::options chosen = bench::read_options(count, words);
  if (chosen.words.size() == 3 && chosen.words[0] == "child") {
    k_programs.at(chosen.words[1])(lasting(std::stoi(chosen.words[2])));
    return 0;
  }
  bench::report report("slow", chosen);
  ask(report, words[0], chosen.words.empty() ? "2000" : chosen.words[0]);
  return report.done();
}
