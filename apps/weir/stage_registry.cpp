#include "apps/weir/stage_registry.hpp"

#include "apps/weir/suggest.hpp"
#include "apps/weir/utf8.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace weir::command {

namespace {

struct kind_heading {
  stage_kind kind;
  std::string_view text;
};

constexpr std::string_view k_branching_heading = "Branches (take pipelines in braces)";

constexpr std::array<kind_heading, 3> k_headings = {{
    {stage_kind::source, "Sources (begin a pipeline)"},
    {stage_kind::transform, "Transforms"},
    {stage_kind::sink, "Sinks (end a pipeline)"},
}};

bool is_plain(const stage_entry& entry, stage_kind kind) { return entry.kind() == kind && !entry.branching; }

std::string one_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += in_quotes(names[i]);
  }
  return out;
}

} // namespace

std::string stage_entry::usage() const {
  arguments line(name, summary);
  (void)declare(line);
  return line.usage();
}

std::string stage_entry::help() const {
  arguments line(name, summary);
  (void)declare(line);
  return line.help();
}

const stage_entry* stage_registry::find(std::string_view name) const {
  const auto found = std::ranges::find(stages_, name, &stage_entry::name);
  return found == stages_.end() ? nullptr : &*found;
}

const stage_entry& stage_registry::at(const word& name) const {
  if (const stage_entry* entry = find(name.text)) return *entry;
  std::vector<std::string> known;
  for (const stage_entry& entry : stages_) known.push_back(entry.name);
  std::string hint = did_you_mean(name.text, known);
  if (hint.empty()) hint = "; 'weir stages' lists them all";
  throw usage_error("unknown stage " + in_quotes(name.text) + hint, name.where);
}

const stage_entry& stage_registry::at(const word& name, bool has_input) const {
  const stage_entry& entry = at(name);
  if (!has_input || entry.kind() != stage_kind::source) return entry;
  const auto sink = std::ranges::find_if(
      stages_, [&](const stage_entry& each) { return each.name == name.text && each.kind() == stage_kind::sink; });
  return sink == stages_.end() ? entry : *sink;
}

std::string stage_registry::help(std::string_view name) const {
  std::string text;
  for (const stage_entry& each : stages_) {
    if (each.name != name) continue;
    if (!text.empty()) text += '\n';
    text += each.help();
  }
  return text;
}

std::string stage_registry::list() const {
  std::size_t width = 0;
  for (const stage_entry& entry : stages_) width = std::max(width, character_count(entry.usage()));
  std::string out;
  const auto list_those = [&](std::string_view heading, const auto& belongs) {
    if (std::ranges::none_of(stages_, belongs)) return;
    out += fmt::format("{}{}\n", out.empty() ? "" : "\n", heading);
    for (const stage_entry& entry : stages_)
      if (belongs(entry)) out += fmt::format("  {:{}}  {}\n", entry.usage(), width, entry.summary);
  };
  for (const auto& [of_kind, heading] : k_headings)
    list_those(heading, [kind = of_kind](const stage_entry& entry) { return is_plain(entry, kind); });
  list_those(k_branching_heading, [](const stage_entry& entry) { return entry.branching.has_value(); });
  return out;
}

void stage_registry::add_branching(std::string name, std::string summary, branch_rules rules) {
  const bool sinks = rules.branches == branch_rules::end::sink;
  auto declare = [usage = rules.usage, help = rules.help](arguments& line) {
    line.usage_lines(usage);
    line.footer(help);
    return stage_maker();
  };
  const stage_shape shape =
      sinks ? stage_shape{item_kind::blocks, item_kind::none} : stage_shape{item_kind::none, item_kind::blocks};
  insert({std::move(name), std::move(summary), shape, record_flow::broken, input_need::any, std::move(declare),
          std::move(rules)});
}

void stage_registry::insert(stage_entry entry) {
  if (find(entry.name) != nullptr)
    throw std::logic_error("stage registry: there is already a stage " + in_quotes(entry.name));
  stages_.push_back(std::move(entry));
}

std::string stage_registry::names_in_words(stage_kind kind) const {
  std::vector<std::string> all;
  for (const stage_entry& entry : stages_)
    if (is_plain(entry, kind)) all.push_back(entry.name);
  return one_of(all);
}

std::string stage_registry::names_in_words(stage_shape shape) const {
  std::vector<std::string> all;
  for (const stage_entry& entry : stages_)
    if (entry.shape == shape) all.push_back(entry.name);
  return one_of(all);
}

} // namespace weir::command
