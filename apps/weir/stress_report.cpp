#include "apps/weir/stress_report.hpp"

#include "apps/weir/json_writer.hpp"
#include "apps/weir/units.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr const char* k_row = "{:<14} {:>7} {:>8} {:>6} {:>16} {:>9} {:>14} {:>13} {:>9} {:>10}  {}\n";

std::string growth_of(const stress_result& of) {
  const std::optional<std::int64_t> grown = of.memory_growth();
  return grown ? fmt::format("{:+} KiB", *grown / 1024) : "-";
}

double thousandths_only(double value) { return std::round(value * 1000) / 1000; }

void write(json_writer& to, const stress_result& of) {
  to.begin_object();
  to.member("shape", to_string(of.of.shape));
  to.member("threads", std::uint64_t{of.of.threads});
  to.key("capacity");
  of.of.capacity ? to.value(std::uint64_t{*of.of.capacity}) : to.value("random");
  to.key("edge_capacities");
  to.begin_array();
  for (const std::size_t each : of.capacities) to.value(std::uint64_t{each});
  to.end_array();
  to.member("delays", of.of.delays);
  to.member("verified", of.findings.empty());
  to.key("findings");
  to.begin_array();
  for (const std::string& each : of.findings) to.value(each);
  to.end_array();
  to.member("repeat", to_repeat(of.of));
  to.member("items", of.items);
  to.member("seconds", thousandths_only(of.seconds));
  to.member("items_per_second", std::round(of.items_per_second()));
  to.member("wakes", of.wakes);
  to.member("wakes_per_million_items", thousandths_only(of.wakes_per_million()));
  to.key("warm_seconds");
  of.warm ? to.value(thousandths_only(of.warm->seconds)) : to.null();
  to.key("warm_rss_bytes");
  of.warm ? to.value(of.warm->bytes) : to.null();
  to.member("rss_bytes", of.memory_bytes);
  to.end_object();
}

} // namespace

std::string stress_table_head(const stress_options& with) {
  return fmt::format("seed {}\n", with.seed) + fmt::format(fmt::runtime(k_row), "shape", "threads", "capacity",
                                                           "delays", "items", "seconds", "items/s", "wakes/million",
                                                           "memory", "growth", "order and sums");
}

std::string stress_table_row(const stress_result& of) {
  return fmt::format(fmt::runtime(k_row), to_string(of.of.shape), of.of.threads,
                     of.of.capacity ? std::to_string(*of.of.capacity) : "random", of.of.delays ? "yes" : "no",
                     format_count(of.items), fmt::format("{:.2f}", of.seconds),
                     format_count(static_cast<std::uint64_t>(of.items_per_second())),
                     fmt::format("{:.2f}", of.wakes_per_million()), format_size(of.memory_bytes), growth_of(of),
                     of.findings.empty() ? "verified" : "WRONG");
}

std::string stress_complaint(const stress_result& of) {
  std::string text;
  for (const std::string& each : of.findings) text += (text.empty() ? "" : "\n") + each;
  if (!text.empty()) text += "\nto repeat: " + to_repeat(of.of);
  return text;
}

std::string stress_json(const stress_options& with, std::span<const stress_result> results, bool interrupted) {
  json_writer json;
  json.begin_object();
  json.member("seed", with.seed);
  json.member("interrupted", interrupted);
  json.member("verified",
              std::ranges::all_of(results, [](const stress_result& each) { return each.findings.empty(); }));
  json.key("runs");
  json.begin_array();
  for (const stress_result& each : results) write(json, each);
  json.end_array();
  json.end_object();
  return std::move(json).finish();
}

} // namespace weir::command
