#pragma once
// settle_node: the sequential end of a record part, behind the replicas: takes bad records out and reports them in order, goes
// on with what a replica left to it, passes the records on.

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "stages/record/reject_desk.hpp"
#include "stages/record/rest_sifter.hpp"
#include "stages/record/row_exit.hpp"
#include "stages/record/sift_stage.hpp"
#include "stages/record/sifted.hpp"

namespace weir::stages {

/// All but the type of what leaves.
class settle_node : public node, protected row_outlet {
 public:
  settle_node(std::string name, std::shared_ptr<const record_steps> steps, edge_base& in, edge_base& out);

  [[nodiscard]] stage_needs needs() const override;
  void start() override;

 protected:
  step body(const turn_budget& budget) override;
  void release() override;

 private:
  enum class phase : std::uint8_t { begin, bad, rest_in_place, hand_out, rest_anew, end };

  [[nodiscard]] step next_step();
  [[nodiscard]] step settle(sifted& item);
  [[nodiscard]] step take_out_bad(sifted& item);
  [[nodiscard]] step wait_for_items();
  [[nodiscard]] step finish();

  std::shared_ptr<const record_steps> steps_;
  typed_edge<sifted>& in_;
  edge_base& out_;
  phase phase_ = phase::begin;
  reject_desk desk_;
  row_exit exit_;
  rest_sifter rest_;
  bool over_ = false;     ///< the input has ended
  bool finished_ = false; ///< and the desk knows
};

/// Rows leave, or the blocks of their text.
template <class Out>
class typed_settle_node final : public settle_node {
 public:
  typed_settle_node(std::string name, std::shared_ptr<const record_steps> steps, edge_base& in, edge_base& out)
      : settle_node(std::move(name), std::move(steps), in, out), to_(static_cast<typed_edge<Out>&>(out)) {}

 protected:
  [[nodiscard]] bool has_room() override { return to_.has_room(); }
  void push(rows out) override {
    if constexpr (std::is_same_v<Out, rows>) {
      (void)to_.try_push(std::move(out));
    } else {
      (void)to_.try_push(std::move(out.data));
    }
  }

 private:
  typed_edge<Out>& to_;
};

} // namespace weir::stages
