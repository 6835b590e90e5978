#pragma once
// record_part: joined record stages as one part of a plan.
//
//   [csv: frame] → replicas (parse, test, keep or write anew), in order → settle (bad records, accounts, positions)
//
//   what a block needs        where                            why
//   parse, where, select, to  replicas, every compute thread   that is the work
//   dead letters, line        settle, one place                they must come in order
//   a rest                    settle                           too many bad records, or a record too large for a replica

#include <weir/weir.hpp>

#include <memory>
#include <string>

#include "stages/record/record_step.hpp"

namespace weir::stages {

class record_part final : public part {
 public:
  /// Throws std::invalid_argument: a step asks for a column that one before it left out.
  explicit record_part(record_steps steps);

  void build(graph_builder& builder, edge_base* in, edge_base* out) const override;
  edge_base* add_out_edge(graph_builder& builder, const edge_options& options, std::string name) const override;
  /// With another record part.
  [[nodiscard]] std::shared_ptr<const part> joined_with(const part& next) const override;

 private:
  [[nodiscard]] edge_base& build_replicas(graph_builder& builder, edge_base* in) const;

  std::shared_ptr<const record_steps> steps_;
};

/// One step as a part.
[[nodiscard]] std::shared_ptr<const part> record_part_of(record_step step);

} // namespace weir::stages
