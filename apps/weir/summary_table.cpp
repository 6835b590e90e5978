#include "apps/weir/summary_table.hpp"

#include "apps/weir/units.hpp"
#include "apps/weir/utf8.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::size_t k_columns = 9;
using row = std::array<std::string, k_columns>;

constexpr std::string_view k_gap = "  ";

/// Seconds to the hundredth, so that a column lines up at the point.
std::string seconds(double value) { return fmt::format("{:.2f} s", std::max(value, 0.0)); }

std::string count_or_dash(bool known, std::uint64_t count) { return known ? format_count(count) : "-"; }

std::string size_or_dash(bool known, std::uint64_t bytes) { return known ? format_size(bytes) : "-"; }

row row_of(const stage_summary& stage, bool slowest) {
  return {(slowest ? "* " : "  ") + stage.name,
          count_or_dash(stage.has_input, stage.items_in),
          count_or_dash(stage.has_output, stage.items_out),
          size_or_dash(stage.has_input, stage.bytes_in),
          size_or_dash(stage.has_output, stage.bytes_out),
          seconds(stage.busy_seconds),
          seconds(stage.blocked_seconds),
          seconds(stage.starved_seconds),
          seconds(stage.waiting_seconds)};
}

std::string padding(std::string_view text, std::size_t width) {
  return std::string(width - character_count(text), ' ');
}

/// The rows with every column as wide as its widest text: the first to the left, numbers to the right.
std::string aligned(const std::vector<row>& rows) {
  std::array<std::size_t, k_columns> widths{};
  for (const row& each : rows)
    for (std::size_t c = 0; c < k_columns; ++c) widths[c] = std::max(widths[c], character_count(each[c]));
  std::string out;
  for (const row& each : rows) {
    out += each[0] + padding(each[0], widths[0]);
    for (std::size_t c = 1; c < k_columns; ++c) out += std::string(k_gap) + padding(each[c], widths[c]) + each[c];
    out += '\n';
  }
  return out;
}

std::string whole_run(const run_summary& of) {
  const double cores = of.seconds > 0 ? of.cpu_seconds / of.seconds : 0;
  std::string out = fmt::format("{} wall, {} cpu ({:.2f} cores)", seconds(of.seconds), seconds(of.cpu_seconds), cores);
  if (!of.bottleneck.empty()) out += fmt::format(", bottleneck {}", of.bottleneck);
  out += fmt::format("\nmemory {} of {}, process {}\n", format_size(of.memory_peak_bytes),
                     format_size(of.memory_bound_bytes), format_size(of.rss_peak_bytes));
  return out;
}

} // namespace

std::string summary_table(const run_summary& of) {
  std::vector<row> rows = {
      {"  stage", "items in", "items out", "bytes in", "bytes out", "busy", "blocked", "starved", "waiting"}};
  for (const stage_summary& stage : of.stages)
    rows.push_back(row_of(stage, !of.bottleneck.empty() && stage.name == of.bottleneck));
  return aligned(rows) + whole_run(of);
}

} // namespace weir::command
