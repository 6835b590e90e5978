#pragma once
// rest_sifter: goes on with a block where a replica stopped: it has too many bad records for one item, or a record that needs
// a larger block than replicas have.

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "stages/record/reject_desk.hpp"
#include "stages/record/row_exit.hpp"
#include "stages/record/sifted.hpp"
#include "stages/record/sifter.hpp"

namespace weir::stages {

/// Moves the records of `data` that are not listed to its front; returns how many bytes they take.
std::size_t take_out(char* data, std::size_t size, std::span<const bad_row> bad);

/// The settle node's turns only.
class rest_sifter {
 public:
  rest_sifter(std::shared_ptr<const record_steps> steps, reject_desk& desk, row_exit& exit)
      : steps_(std::move(steps)), desk_(&desk), exit_(&exit) {}
  void start(stage_context& context) { context_ = &context; }
  void release();

  /// All of the rest, in its block.
  void go_on_in_place(sifted& item);
  /// A part of the rest: step::more, all of it; step::room, step::memory: call again.
  [[nodiscard]] step go_on_anew(const sifted& item);

 private:
  void settle_counts(const sifted& made, const rows& where, std::size_t base);
  void begin_anew(const sifted& item);
  [[nodiscard]] step take_block();
  void sift_some();
  void take_larger_or_refuse();
  [[nodiscard]] step emit(const sifted& item);

  std::shared_ptr<const record_steps> steps_;
  reject_desk* desk_;
  row_exit* exit_;
  stage_context* context_ = nullptr;
  std::optional<sifter> sifter_;

  // Of go_on_anew().
  rows left_; ///< from where the replica stopped
  bool begun_ = false;
  bool at_end_ = false;
  row_writer writer_;
  block made_;
  std::size_t large_ = 0; ///< what the record at hand needs; 0: a block of usual size does
  std::uint64_t piece_begin_ = 0;
  bool emitting_ = false; ///< made_ is to leave before anything else
};

} // namespace weir::stages
