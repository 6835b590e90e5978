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

constexpr std::array<kind_heading, 3> k_headings = {{
    {stage_kind::source, "Sources (begin a pipeline)"},
    {stage_kind::transform, "Transforms"},
    {stage_kind::sink, "Sinks (end a pipeline)"},
}};

std::string with_name(const word& stage, const std::exception& error) {
  const std::string_view message = error.what();
  const std::string name = stage.text + ": ";
  return message.starts_with(name) ? std::string(message) : name + std::string(message);
}

prepared_stage prepare_one(const stage_entry& entry, const stage_text& text) {
  arguments line(entry.name, entry.summary);
  stage_maker make = entry.declare(line);
  line.parse(text.name, text.arguments);
  return {&entry, text.name, [make = std::move(make), name = text.name] {
            try {
              return make();
            } catch (const bad_value& wrong) {
              throw usage_error(with_name(name, wrong), name.where);
            } catch (const std::invalid_argument& wrong) {
              throw usage_error(with_name(name, wrong), name.where);
            } catch (const std::exception& error) { throw std::runtime_error(with_name(name, error)); }
          }};
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

std::vector<prepared_stage> stage_registry::prepare(std::span<const stage_text> pipeline) const {
  std::vector<const stage_entry*> entries;
  for (const stage_text& text : pipeline) entries.push_back(&at(text.name));
  std::vector<prepared_stage> prepared;
  for (std::size_t i = 0; i < pipeline.size(); ++i) prepared.push_back(prepare_one(*entries[i], pipeline[i]));
  check_order(prepared);
  return prepared;
}

void stage_registry::check_order(std::span<const prepared_stage> stages) const {
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto& [entry, name, make] = stages[i];
    const bool first = i == 0;
    const bool last = i + 1 == stages.size();
    if (first && entry->kind != stage_kind::source)
      throw usage_error(fmt::format("no source: {} needs input, so a pipeline cannot begin with it; begin with {}",
                                    in_quotes(name.text), names_in_words(stage_kind::source)),
                        name.where);
    if (!first && entry->kind == stage_kind::source)
      throw usage_error(
          fmt::format("source in the middle: {} takes no input, so it can only begin a pipeline", in_quotes(name.text)),
          name.where);
    if (!last && entry->kind == stage_kind::sink)
      throw usage_error(
          fmt::format("sink in the middle: {} passes nothing on, so it can only end a pipeline", in_quotes(name.text)),
          name.where);
    if (last && entry->kind != stage_kind::sink)
      throw usage_error(fmt::format("no sink: nothing takes what {} gives; end the pipeline with {}",
                                    in_quotes(name.text), names_in_words(stage_kind::sink)),
                        name.where);
  }
}

plan assemble(std::span<const prepared_stage> stages) {
  part_list parts;
  for (const prepared_stage& each : stages)
    std::visit([&parts](const auto& piece) { parts.add(piece.parts()); }, each.make());
  return plan(std::move(parts));
}

std::string stage_registry::list() const {
  std::size_t width = 0;
  for (const stage_entry& entry : stages_) width = std::max(width, character_count(entry.usage()));
  std::string out;
  for (const auto& [kind, heading] : k_headings) {
    if (names(kind).empty()) continue;
    if (!out.empty()) out += '\n';
    out += fmt::format("{}\n", heading);
    for (const stage_entry& entry : stages_)
      if (entry.kind == kind) out += fmt::format("  {:{}}  {}\n", entry.usage(), width, entry.summary);
  }
  return out;
}

void stage_registry::insert(stage_entry entry) {
  if (find(entry.name) != nullptr)
    throw std::logic_error("stage registry: there is already a stage " + in_quotes(entry.name));
  stages_.push_back(std::move(entry));
}

std::vector<std::string> stage_registry::names(stage_kind kind) const {
  std::vector<std::string> out;
  for (const stage_entry& entry : stages_)
    if (entry.kind == kind) out.push_back(entry.name);
  return out;
}

std::string stage_registry::names_in_words(stage_kind kind) const {
  const std::vector<std::string> all = names(kind);
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += i + 1 == all.size() ? " or " : ", ";
    out += in_quotes(all[i]);
  }
  return out;
}

} // namespace weir::command
