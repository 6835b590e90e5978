#include "apps/weir/prepared_pipeline.hpp"

#include "apps/weir/failure.hpp"
#include "apps/weir/item_flow.hpp"
#include "apps/weir/long_lines.hpp"
#include "apps/weir/utf8.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace weir::command {

namespace {

/// Each tee behind another one nests its plan deeper; the stack has an end.
constexpr std::size_t k_most_in_a_row = 64;

/// Where a row of stages stands, and so what it must begin and end with.
struct surroundings {
  bool takes_input = false;
  bool gives_output = false;
  const stage_entry* braces_of = nullptr; // null: in none
  std::size_t depth = 0;                  // how many tees it stands behind, those around the braces too

  [[nodiscard]] std::string_view noun() const { return braces_of == nullptr ? "pipeline" : "branch"; }
};

surroundings in_braces_of(const stage_entry& entry, std::size_t depth) {
  const bool sinks = entry.branching->branches == branch_rules::end::sink;
  return {sinks, !sinks, &entry, depth};
}

std::string with_name(const word& stage, const std::exception& error) {
  const std::string_view message = error.what();
  const std::string name = stage.text + ": ";
  return message.starts_with(name) ? std::string(message) : name + std::string(message);
}

/// The maker with its errors placed at the stage.
stage_maker placed(stage_maker make, const word& name) {
  return [make = std::move(make), name] {
    try {
      return make();
    } catch (const bad_value& wrong) {
      throw usage_error(with_name(name, wrong), name.where);
    } catch (const std::invalid_argument& wrong) {
      throw usage_error(with_name(name, wrong), name.where);
    } catch (const missing_input& error) {
      throw missing_input(with_name(name, error));
    } catch (const std::exception& error) { throw std::runtime_error(with_name(name, error)); }
  };
}

/// Whether the last stage gives whole records.
bool give_whole_records(std::span<const prepared_stage> stages) {
  bool whole = false;
  for (const prepared_stage& each : stages)
    if (each.records != record_flow::kept) whole = each.records == record_flow::made;
  return whole;
}

/// Goes from the outer stages to those in braces.
class preparation {
 public:
  explicit preparation(const stage_registry& known) : known_(known) {}

  /// A slip in a name is told before anything else.
  void check_names(std::span<const stage_text> stages) const {
    for (const stage_text& each : stages) {
      const stage_entry& entry = known_.at(each.name);
      if (!each.branches.empty() && !entry.branching)
        throw usage_error(fmt::format("{} takes no braces; tee, merge and concat do (quote a brace that is text)",
                                      in_quotes(each.name.text)),
                          each.branches.front().open);
      for (const branch_text& branch : each.branches) check_names(branch.stages);
    }
  }

  std::vector<prepared_stage> prepare(std::span<const stage_text> stages, const surroundings& where) const {
    std::vector<prepared_stage> prepared;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const stage_entry& entry = known_.at(stages[i].name, i > 0 || where.takes_input);
      if (!entry.branching) {
        prepared.push_back(plain(entry, stages[i]));
      } else if (entry.kind() == stage_kind::source) {
        prepared.push_back(branching(entry, stages[i], {}, where));
      } else {
        if (where.gives_output) refuse_sinks(stages[i].name, where);
        prepared.push_back(branching(entry, stages[i], stages.subspan(i + 1), where));
        break;
      }
    }
    check_order(prepared, where);
    return prepared;
  }

 private:
  const stage_registry& known_;

  static prepared_stage plain(const stage_entry& entry, const stage_text& text) {
    arguments line(entry.name, entry.summary);
    stage_maker make = entry.declare(line);
    line.parse(text.name, text.arguments);
    return {&entry, text.name, placed(std::move(make), text.name), entry.records, entry.shape};
  }

  /// The stage with its branches; `rest` is one more of them, which stands behind it without braces.
  prepared_stage branching(const stage_entry& entry, const stage_text& text, std::span<const stage_text> rest,
                           const surroundings& where) const {
    const branch_rules& rules = *entry.branching;
    check_words(entry, text);
    std::vector<std::vector<prepared_stage>> branches;
    for (const branch_text& each : text.branches)
      branches.push_back(prepare(each.stages, in_braces_of(entry, where.depth)));
    if (!rest.empty()) branches.push_back(prepare(rest, behind(text.name, where)));

    bool all_whole = true;
    for (const auto& each : branches) {
      const bool whole = give_whole_records(each);
      if (rules.need_whole_records && !whole) refuse_pieces(entry, each.back());
      all_whole = all_whole && whole;
    }
    const record_flow records = all_whole ? record_flow::made : record_flow::broken;
    return {&entry, text.name, {}, records, entry.shape, std::move(branches)};
  }

  static surroundings behind(const word& tee, const surroundings& where) {
    if (where.depth == k_most_in_a_row)
      throw usage_error(fmt::format("{} stands behind {} others here; one with all their branches would do",
                                    in_quotes(tee.text), k_most_in_a_row),
                        tee.where);
    return {true, false, where.braces_of, where.depth + 1};
  }

  static void check_words(const stage_entry& entry, const stage_text& text) {
    arguments line(entry.name, entry.summary);
    (void)entry.declare(line);
    for (const word& each : text.arguments)
      if (!each.text.starts_with('-'))
        throw usage_error(fmt::format("{} takes pipelines in braces, no words: {}", entry.name, entry.branching->usage),
                          each.where);
    line.parse(text.name, text.arguments);
    if (text.branches.empty())
      throw usage_error(fmt::format("{} needs a pipeline in braces: {}", entry.name, entry.branching->usage),
                        text.name.where);
  }

  [[noreturn]] static void refuse_sinks(const word& name, const surroundings& where) {
    throw usage_error(fmt::format("sink in a branch: {} passes nothing on, so a branch of {} cannot end with it; "
                                  "put it behind the last '}}'",
                                  in_quotes(name.text), in_quotes(where.braces_of->name)),
                      name.where);
  }

  [[noreturn]] static void refuse_pieces(const stage_entry& entry, const prepared_stage& last) {
    throw usage_error(fmt::format("{} would mix parts of lines: {} does not give whole records; put 'lines' at the end "
                                  "of the branch",
                                  entry.name, in_quotes(last.name.text)),
                      last.name.where);
  }

  void check_order(std::span<const prepared_stage> stages, const surroundings& where) const {
    for (std::size_t i = 0; i < stages.size(); ++i) {
      check_begin(stages[i], i == 0 && !where.takes_input, where);
      check_end(stages[i], i + 1 == stages.size(), where);
    }
  }

  void check_begin(const prepared_stage& stage, bool needs_source, const surroundings& where) const {
    const std::string name = in_quotes(stage.name.text);
    const bool is_source = stage.entry->kind() == stage_kind::source;
    if (needs_source && !is_source)
      throw usage_error(fmt::format("no source: {} needs input, so a {} cannot begin with it; begin with {}", name,
                                    where.noun(), known_.names_in_words(stage_kind::source)),
                        stage.name.where);
    if (!needs_source && is_source)
      throw usage_error(fmt::format("source in the middle: {} takes no input, so it can only begin a pipeline", name),
                        stage.name.where);
  }

  void check_end(const prepared_stage& stage, bool last, const surroundings& where) const {
    const std::string name = in_quotes(stage.name.text);
    const bool is_sink = stage.entry->kind() == stage_kind::sink;
    if (!last && is_sink)
      throw usage_error(fmt::format("sink in the middle: {} passes nothing on, so it can only end a pipeline", name),
                        stage.name.where);
    if (last && is_sink && where.gives_output) refuse_sinks(stage.name, where);
    if (last && !is_sink && !where.gives_output)
      throw usage_error(fmt::format("no sink: nothing takes what {} gives; end the {} with {}", name, where.noun(),
                                    known_.names_in_words(stage_kind::sink)),
                        stage.name.where);
  }
};

part_list parts_of(std::span<const prepared_stage> stages);

made_stage joined(const prepared_stage& stage) {
  const bool sinks = stage.entry->branching->branches == branch_rules::end::sink;
  std::vector<made_branch> branches;
  for (const auto& each : stage.branches)
    branches.push_back({parts_of(each), give_whole_records(each), sinks ? stage.shape.takes : stage.shape.gives});
  return stage.entry->branching->join(branches);
}

part_list parts_of(std::span<const prepared_stage> stages) {
  part_list parts;
  for (const prepared_stage& each : stages) {
    const made_stage piece = each.branches.empty() ? each.make() : joined(each);
    std::visit([&parts](const auto& any) { parts.add(any.parts()); }, piece);
  }
  return parts;
}

} // namespace

std::vector<prepared_stage> prepare(std::span<const stage_text> pipeline, const stage_registry& known) {
  const preparation pass(known);
  pass.check_names(pipeline);
  std::vector<prepared_stage> stages = pass.prepare(pipeline, {});
  fit_items(stages, known);
  let_long_lines_through(stages);
  return stages;
}

plan assemble(std::span<const prepared_stage> stages) { return plan(parts_of(stages)); }

} // namespace weir::command
