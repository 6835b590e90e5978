#include "bench/support/results.hpp"

#include "bench/support/json.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace bench {

namespace {

std::string first_line_after(const char* file, const std::string& begin) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, begin.size(), begin) == 0) { return line.substr(line.find(": ") + 2); }
  }
  return "unknown";
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%MZ", std::gmtime(&now));
  return text;
}

std::string spread_json(const spread& s, double scale = 1) {
  return json_object()
      .number("median", s.median / scale)
      .number("p10", s.p10 / scale)
      .number("p90", s.p90 / scale)
      .number("n", static_cast<double>(s.n))
      .str();
}

template <class Of>
double median_of(const std::vector<sample>& all, const std::string& bin, Of of) {
  std::vector<double> values;
  for (const sample& s : all) {
    if (s.bin == bin) { values.push_back(static_cast<double>(of(s.spent))); }
  }
  return quantile(values, 0.5);
}

void print_spread(const spread& s, double scale) {
  if (s.n == 0) {
    std::printf("  not measured");
  } else {
    std::printf("  %8.2f [%.2f-%.2f]", s.median / scale, s.p10 / scale, s.p90 / scale);
  }
}

const char* verdict(double value, double target) { return value >= target ? "met" : "MISSED"; }

} // namespace

options read_options(int count, char** words) {
  options o;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto value = [&]() -> std::string {
      if (++i >= count) { throw std::invalid_argument(word + " needs a value"); }
      return words[i];
    };
    if (word == "--rounds") {
      o.rounds = std::stoul(value());
    } else if (word == "--only") {
      o.only = value();
    } else if (word == "--ours") {
      o.ours = true;
    } else if (word == "--json") {
      o.json = value();
    } else {
      o.words.push_back(word);
    }
  }
  return o;
}

report::report(std::string benchmark, options chosen) : benchmark_(std::move(benchmark)), chosen_(std::move(chosen)) {
  open_instruction_counter();
}

bool report::wants(const std::string& question) const { return question.find(chosen_.only) != std::string::npos; }

void report::skipped(const std::string& competitor) {
  std::printf("skipped: %s is not installed\n", competitor.c_str());
  skipped_.push_back(json_text(competitor));
}

void report::ask(question q, std::size_t rounds) {
  if (!wants(q.name)) { return; }
  if (chosen_.ours) {
    const auto rival = [](const competitor& c) { return c.name.rfind("weir", 0) != 0; };
    q.all.erase(std::remove_if(q.all.begin(), q.all.end(), rival), q.all.end());
  }
  if (q.all.empty()) { return; }
  const samples taken = run_rounds(q.all, this->rounds(rounds));
  std::printf("%s (%s: median [p10-p90])\n", q.name.c_str(), q.unit.c_str());
  for (std::size_t c = 0; c < q.all.size(); ++c) {
    std::printf("  %-44s", q.all[c].name.c_str());
    for (const std::string& bin : chosen_.bins) {
      if (chosen_.bins.size() > 1) { std::printf("  %s:", bin.c_str()); }
      print_spread(spread_of(rates(taken[c], bin)), q.scale);
    }
    std::printf("\n");
  }
  for (const std::string& bin : chosen_.bins) { note_rows(q, taken, bin); }
  compared(q, taken);
  std::fflush(stdout);
}

void report::note_rows(const question& q, const samples& taken, const std::string& bin) {
  for (std::size_t c = 0; c < q.all.size(); ++c) {
    const spread rate = spread_of(rates(taken[c], bin));
    json_object row;
    row.text("question", q.name).text("competitor", q.all[c].name).text("bin", bin).text("unit", q.unit);
    if (rate.n == 0) {
      rows_.push_back(row.raw("rate", "null").str());
      continue;
    }
    const auto median = [&](auto of) { return median_of(taken[c], bin, of); };
    row.raw("rate", spread_json(rate, q.scale))
        .number("seconds", median([](const cost& s) { return s.seconds; }))
        .number("cpu_seconds", median([](const cost& s) { return s.cpu_seconds; }))
        .number("allocations", median([](const cost& s) { return s.allocations; }))
        .number("sleeps", median([](const cost& s) { return s.sleeps; }))
        .number("wakes", median([](const cost& s) { return s.wakes; }))
        .number("preempted", median([](const cost& s) { return s.preempted; }))
        .number("peak_rss_kib", median([](const cost& s) { return s.peak_rss_kib; }));
    const bool counted = taken[c].front().spent.instructions.has_value();
    row.raw("instructions",
            counted ? json_number(median([](const cost& s) { return s.instructions.value_or(0); })) : "null");
    rows_.push_back(row.str());
  }
}

void report::compared(const question& q, const samples& taken) {
  const auto find = [&](const std::string& name) -> const std::vector<sample>* {
    for (std::size_t c = 0; c < q.all.size(); ++c) {
      if (q.all[c].name == name) { return &taken[c]; }
    }
    return nullptr;
  };
  for (const comparison& v : q.versus) {
    const auto* const ours = find(v.ours);
    const auto* const rival = find(v.rival);
    if (ours == nullptr || rival == nullptr) { continue; }
    std::printf("  %s / %s:", v.ours.c_str(), v.rival.c_str());
    for (const std::string& bin : chosen_.bins) {
      const spread s = spread_of(ratios(*ours, *rival, bin));
      const double target = bin == "far" ? v.far : v.near;
      if (chosen_.bins.size() > 1) { std::printf("  %s:", bin.c_str()); }
      print_spread(s, 1);
      if (target > 0 && s.n > 0) { std::printf(" (target %.2f: %s)", target, verdict(s.median, target)); }
      json_object row;
      row.text("question", q.name).text("ours", v.ours).text("rival", v.rival).text("bin", bin);
      row.raw("ratio", s.n == 0 ? "null" : spread_json(s)).raw("target", target > 0 ? json_number(target) : "null");
      comparisons_.push_back(row.str());
    }
    std::printf("\n");
  }
}

void report::figure(const std::string& question, const std::string& who, const std::string& unit,
                    const std::vector<double>& values, double target) {
  const spread s = spread_of(values);
  std::printf("%s: %s", question.c_str(), who.c_str());
  print_spread(s, 1);
  std::printf(" %s", unit.c_str());
  if (target >= 0 && s.n > 0) { std::printf(" (target <= %g: %s)", target, s.median <= target ? "met" : "MISSED"); }
  std::printf("\n");
  std::fflush(stdout);
  json_object row;
  row.text("question", question).text("competitor", who).text("bin", "all").text("unit", unit);
  row.raw("figure", s.n == 0 ? "null" : spread_json(s)).raw("at_most", target >= 0 ? json_number(target) : "null");
  rows_.push_back(row.str());
}

void report::series(const std::string& question, const std::string& who,
                    const std::vector<std::pair<double, double>>& points) {
  std::string all;
  for (const auto& [x, y] : points) {
    all += (all.empty() ? "[" : ", [") + json_number(x) + ", " + json_number(y) + "]";
  }
  json_object row;
  series_.push_back(row.text("question", question).text("competitor", who).raw("points", "[" + all + "]").str());
}

int report::done() const {
  if (chosen_.json.empty()) { return 0; }
  const char* const commit = std::getenv("WEIR_COMMIT");
  std::ofstream out(chosen_.json);
  out << "{\n  \"benchmark\": " << json_text(benchmark_)
      << ",\n  \"commit\": " << json_text(commit == nullptr ? "unknown" : commit)
      << ",\n  \"date\": " << json_text(today())
      << ",\n  \"cpu\": " << json_text(first_line_after("/proc/cpuinfo", "model name"))
      << ",\n  \"cores\": " << std::thread::hardware_concurrency()
      << ",\n  \"compiler\": " << json_text(WEIR_BENCH_COMPILER) << ",\n  \"flags\": " << json_text(WEIR_BENCH_FLAGS);
  double load[1] = {0};
  getloadavg(load, 1);
  out << ",\n  \"load\": " << json_number(load[0]) << ",\n  \"skipped\": " << json_list(skipped_)
      << ",\n  \"rows\": " << json_list(rows_) << ",\n  \"comparisons\": " << json_list(comparisons_)
      << ",\n  \"series\": " << json_list(series_) << "\n}\n";
  if (!out.flush()) { throw std::runtime_error("cannot write " + chosen_.json); }
  return 0;
}

} // namespace bench
