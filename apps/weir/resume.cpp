#include "apps/weir/resume.hpp"

#include "apps/weir/units.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace weir::command {

namespace {

/// These have told the journal of themselves, or have nothing to keep.
constexpr std::array<std::string_view, 4> k_need_nobody = {"sqlite", "postgres", "write", "null"};

bool names_columns(const stage_text& csv) {
  return std::ranges::any_of(csv.arguments, [](const word& each) { return each.text.starts_with("--columns"); });
}

} // namespace

bool needs_first_lines(std::span<const stage_text> pipeline) {
  return std::ranges::any_of(pipeline, [](const stage_text& stage) {
    if (stage.name.text == "csv" && !names_columns(stage)) return true;
    return std::ranges::any_of(stage.branches, [](const branch_text& each) { return needs_first_lines(each.stages); });
  });
}

void announce_sinks(session& of, std::span<const stage_text* const> sinks) {
  if (!of.journal) return;
  std::size_t number = 0;
  for (const stage_text* each : sinks) {
    const std::string& name = each->name.text;
    ++number;
    if (std::ranges::find(k_need_nobody, name) != k_need_nobody.end()) continue;
    const auto sink = of.journal->add_sink(fmt::format("{}@{}", name, number));
    if (name == "count") of.journal->begins_anew(sink);
  }
}

void keep_positions(session& of, bool whole) {
  if (!of.journal) return;
  if (whole)
    of.journal->finish();
  else
    of.journal->flush();
}

std::string leftovers(const session& of, std::chrono::nanoseconds patience) {
  const double seconds = std::chrono::duration<double>(patience).count();
  std::string text = fmt::format("stopped after --drain-timeout, {}; what is not durable is read again by the next run",
                                 format_duration(seconds));
  if (!of.journal) return text;
  for (const stages::source_progress& each : of.journal->progress())
    if (each.durable < each.read || !each.ended)
      text += fmt::format("\n  {}: durable up to byte {} of {} read", each.path, each.durable, each.read);
  return text;
}

} // namespace weir::command
