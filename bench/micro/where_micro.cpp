// What where costs for a record whose fields are there already: the engine's and the parser's share is not in it.

#include "stages/record/expression.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace weir::stages;

constexpr std::size_t k_records = 4096;

cell integer(std::int64_t value) {
  cell made;
  made.kind = cell_kind::integer;
  made.integer = value;
  return made;
}

cell string(std::string_view text) {
  cell made;
  made.kind = cell_kind::string;
  made.text = text;
  return made;
}

/// Fields of access logs: one record in ten is an error, half have few bytes, in no order that a predictor could learn.
std::vector<cell> cells_for(const predicate& where) {
  static constexpr std::array<std::string_view, 4> k_methods = {"GET", "POST", "PUT", "DELETE"};
  static constexpr std::array<std::string_view, 4> k_paths = {"/index.html", "/api/v1/users/17", "/api/v2/orders",
                                                              "/static/app.css"};
  std::mt19937_64 random(7);
  std::vector<cell> made;
  for (std::size_t i = 0; i < k_records; ++i) {
    for (const field_path& field : where.fields()) {
      const std::string& name = field.names.front();
      const auto dice = random();
      made.push_back(name == "status"   ? integer(dice % 10 == 0 ? 500 + static_cast<int>(dice / 16 % 4) : 200)
                     : name == "bytes"  ? integer(static_cast<std::int64_t>(dice % 2000))
                     : name == "method" ? string(k_methods[dice % 4])
                                        : string(k_paths[dice % 4]));
    }
  }
  return made;
}

void evaluate(benchmark::State& state, const char* expression) {
  const predicate where(expression);
  const std::vector<cell> cells = cells_for(where);
  const std::size_t width = where.fields().size();
  for (auto _ : state) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < k_records; ++i) {
      kept += where.evaluate(std::span(cells).subspan(i * width, width)).is == predicate::truth::yes ? 1 : 0;
    }
    benchmark::DoNotOptimize(kept);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(k_records));
}
BENCHMARK_CAPTURE(evaluate, two, "status >= 500 or bytes < 1000")->Name("where: two comparisons of integers");
BENCHMARK_CAPTURE(evaluate, foreseen, "status < 100 or bytes >= 0")->Name("where: the same, ever the same answer");
BENCHMARK_CAPTURE(evaluate, text, "method == 'POST' or method == 'DELETE'")->Name("where: two comparisons of strings");
BENCHMARK_CAPTURE(evaluate, in, "status in (500, 502, 503)")->Name("where: in, three integers");
BENCHMARK_CAPTURE(evaluate, match, "path =~ '^/api/v[0-9]+/users'")->Name("where: =~");

} // namespace
