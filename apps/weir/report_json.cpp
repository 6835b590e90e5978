#include "apps/weir/report_json.hpp"

#include "apps/weir/json_writer.hpp"
#include "apps/weir/secrets.hpp"

#include <cmath>

namespace weir::command {

namespace {

double microseconds_only(double seconds) { return std::round(seconds * 1e6) / 1e6; }

void write(json_writer& to, const stage_summary& stage) {
  to.begin_object();
  to.member("name", stage.name);
  to.member("items_in", stage.items_in);
  to.member("items_out", stage.items_out);
  to.member("bytes_in", stage.bytes_in);
  to.member("bytes_out", stage.bytes_out);
  to.member("busy_seconds", microseconds_only(stage.busy_seconds));
  to.member("blocked_seconds", microseconds_only(stage.blocked_seconds));
  to.member("starved_seconds", microseconds_only(stage.starved_seconds));
  to.member("waiting_seconds", microseconds_only(stage.waiting_seconds));
  to.end_object();
}

} // namespace

std::string report_json(const run_summary& of) {
  json_writer json;
  json.begin_object();
  json.member("seconds", microseconds_only(of.seconds));
  json.member("cpu_seconds", microseconds_only(of.cpu_seconds));
  json.member("memory_bound_bytes", of.memory_bound_bytes);
  json.member("memory_peak_bytes", of.memory_peak_bytes);
  json.member("rss_peak_bytes", of.rss_peak_bytes);
  json.member("interrupted", of.interrupted);
  if (!of.error.empty()) json.member("error", without_secrets(of.error));
  json.key("bottleneck");
  of.bottleneck.empty() ? json.null() : json.value(of.bottleneck);
  json.key("stages");
  json.begin_array();
  for (const stage_summary& stage : of.stages) write(json, stage);
  json.end_array();
  if (!of.records.branches.empty()) write(json, of.records);
  json.end_object();
  return std::move(json).finish();
}

} // namespace weir::command
