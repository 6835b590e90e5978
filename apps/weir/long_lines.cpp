#include "apps/weir/long_lines.hpp"

#include "stages/stages.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace weir::command {

#if WEIR_STAGES_RECORD

namespace {

/// They let a line's beginning through as it is, as one line.
constexpr std::array<std::string_view, 5> k_let_through = {"lines", "grep", "head", "sample", "throttle"};

/// What stands behind a place.
struct behind {
  bool knows = false;      ///< what a line's beginning is
  std::size_t readers = 0; ///< of the same record, at a time
};

made_stage lines_for(behind what) {
  stages::lines_options options;
  if (what.knows) options.too_long = stages::long_lines::beginnings;
  if (what.readers > 0)
    options.beside = [n = what.readers](std::string_view line) { return n * stages::reading_bytes(line); };
  return stages::lines(options);
}

behind along(std::vector<prepared_stage>& stages, behind end);

behind before_branches(prepared_stage& stage, behind after) {
  if (stage.entry->branching->branches == branch_rules::end::open) {
    for (auto& branch : stage.branches) (void)along(branch, after);
    return {};
  }
  behind all{true, 0};
  for (auto& branch : stage.branches) {
    const behind one = along(branch, {});
    all.knows = all.knows && one.knows;
    all.readers += one.readers;
  }
  return all;
}

behind before(prepared_stage& stage, behind after) {
  if (!stage.branches.empty()) return before_branches(stage, after);
  if (stage.entry == nullptr) return after; // end_last_line
  const std::string_view name = stage.entry->name;
  if (name == "lines" && (after.knows || after.readers > 0)) stage.make = [after] { return lines_for(after); };
  if (name == "json") return {true, std::max<std::size_t>(1, after.readers)};
  if (stage.shape.takes == item_kind::rows) return {false, std::max<std::size_t>(1, after.readers)};
  return std::ranges::find(k_let_through, name) == k_let_through.end() ? behind{} : after;
}

behind along(std::vector<prepared_stage>& stages, behind end) {
  for (auto stage = stages.rbegin(); stage != stages.rend(); ++stage) end = before(*stage, end);
  return end;
}

} // namespace

void let_long_lines_through(std::vector<prepared_stage>& stages) { (void)along(stages, {}); }

#else

void let_long_lines_through(std::vector<prepared_stage>&) {}

#endif

} // namespace weir::command
