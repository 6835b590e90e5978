// Which stages of a run are its ends.
#pragma once

#include <weir/report.hpp>

#include <set>
#include <string_view>

namespace weir::command {

/// Which stages something flows into and out of. Looks into the report, which must outlive it.
class stage_ends {
 public:
  explicit stage_ends(const report& of);

  /// False: a source.
  [[nodiscard]] bool has_input(const stage_report& stage) const { return with_input_.contains(stage.name); }
  /// False: a sink.
  [[nodiscard]] bool has_output(const stage_report& stage) const { return with_output_.contains(stage.name); }

 private:
  std::set<std::string_view> with_input_;
  std::set<std::string_view> with_output_;
};

} // namespace weir::command
