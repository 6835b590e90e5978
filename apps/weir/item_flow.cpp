#include "apps/weir/item_flow.hpp"

#include "apps/weir/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_text_maker = "to";

/// What is under way behind a stage.
struct flow {
  item_kind items = item_kind::none;
  bool whole_records = false;
};

bool takes_bytes_first(const std::vector<prepared_stage>& branch) {
  const prepared_stage& first = branch.front();
  if (first.branches.empty()) return first.shape.takes == item_kind::blocks;
  return std::ranges::all_of(first.branches, takes_bytes_first);
}

/// Goes along the stages with what is under way.
class fitting {
 public:
  explicit fitting(const stage_registry& known) : known_(known) {}

  flow along(std::vector<prepared_stage>& stages, flow now) const {
    for (std::size_t i = 0; i < stages.size(); ++i) {
      if (now.items == item_kind::rows && wants_bytes(stages[i])) {
        stages.insert(stages.begin() + static_cast<std::ptrdiff_t>(i), text_maker(stages[i].name));
      } else if (!stages[i].branches.empty()) {
        fit_branches(stages[i], now);
      } else {
        check(stages[i], now);
      }
      now = behind(stages[i], now);
    }
    return now;
  }

 private:
  const stage_registry& known_;

  static bool is_tee(const prepared_stage& stage) {
    return !stage.branches.empty() && stage.entry->branching->branches == branch_rules::end::sink;
  }

  static bool wants_bytes(const prepared_stage& stage) {
    if (is_tee(stage)) return std::ranges::all_of(stage.branches, takes_bytes_first);
    return stage.shape.takes == item_kind::blocks;
  }

  static flow behind(const prepared_stage& stage, flow before) {
    const bool whole = stage.records == record_flow::made || stage.shape.gives == item_kind::rows;
    return {stage.shape.gives, whole || (stage.records == record_flow::kept && before.whole_records)};
  }

  /// Records as text, for the stage of that name.
  [[nodiscard]] prepared_stage text_maker(const word& taker) const {
    const stage_entry* entry = known_.find(k_text_maker);
    if (entry == nullptr) throw usage_error(fmt::format("{} takes bytes, and gets records", taker.text), taker.where);
    const word name{entry->name, entry->name, false, taker.where};
    arguments none(entry->name, entry->summary);
    stage_maker make = entry->declare(none);
    return {entry, name, std::move(make), entry->records, entry->shape, {}};
  }

  void check(const prepared_stage& stage, flow now) const {
    if (stage.shape.takes == item_kind::rows && now.items != item_kind::rows)
      throw usage_error(fmt::format("{} needs records: put {} before it", stage.name.text,
                                    known_.names_in_words({item_kind::blocks, item_kind::rows})),
                        stage.name.where);
    if (stage.entry->need == input_need::whole_records && !now.whole_records)
      throw usage_error(fmt::format("{} needs whole lines: put 'lines' before it", stage.name.text), stage.name.where);
  }

  void fit_branches(prepared_stage& stage, flow now) const {
    if (is_tee(stage)) {
      for (auto& branch : stage.branches) (void)along(branch, now);
      stage.shape.takes = now.items;
      return;
    }
    std::vector<flow> ends;
    for (auto& branch : stage.branches) ends.push_back(along(branch, {}));
    const auto gives_rows = [](const flow& end) { return end.items == item_kind::rows; };
    if (std::ranges::all_of(ends, gives_rows)) {
      stage.shape.gives = item_kind::rows;
      for (auto& branch : stage.branches) end_last_line(branch, stage);
      return;
    }
    for (std::size_t i = 0; i < ends.size(); ++i)
      if (gives_rows(ends[i])) stage.branches[i].push_back(text_maker(stage.name));
  }

  /// The records of branches are mixed: a last line must not run into another's first one.
  static void end_last_line(std::vector<prepared_stage>& branch, const prepared_stage& join) {
    const stage_maker& make = join.entry->branching->ends_last_line;
    const auto parser = std::ranges::find_if(branch, [](const prepared_stage& each) {
      return each.shape == stage_shape{item_kind::blocks, item_kind::rows} &&
             each.entry->need == input_need::whole_records;
    });
    if (!make || parser == branch.end()) return;
    const stage_shape shape{item_kind::blocks, item_kind::blocks};
    branch.insert(parser, prepared_stage{nullptr, parser->name, make, record_flow::kept, shape, {}});
  }
};

} // namespace

void fit_items(std::vector<prepared_stage>& stages, const stage_registry& known) {
  (void)fitting(known).along(stages, {});
}

} // namespace weir::command
