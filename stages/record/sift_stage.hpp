#pragma once
// sift_stage: a replica of a record part. Takes blocks or rows, makes one item or more of each: see sifted.hpp.

#include <weir/weir.hpp>

#include <cstdint>
#include <memory>
#include <utility>

#include "stages/record/row_writer.hpp"
#include "stages/record/sifted.hpp"
#include "stages/record/sifter.hpp"

namespace weir::stages {

/// What steps do with blocks, as far as it is known before the run.
struct sift_needs {
  bool changes = false;  ///< blocks in place
  bool rewrites = false; ///< makes blocks
};
[[nodiscard]] sift_needs needs_of(const record_steps& steps);

/// The part of a replica that does not depend on its input's type.
class sift_work {
 public:
  explicit sift_work(std::shared_ptr<const record_steps> steps);

  [[nodiscard]] stage_needs needs() const;
  void start(stage_context& context) { context_ = &context; }

  /// Nothing was taken yet, or all of it was dealt with.
  [[nodiscard]] bool idle() const noexcept { return !busy_; }
  void take(rows in);
  /// Makes the next item, for which there is room. step::more, or step::memory. Throws std::runtime_error when the rows are
  /// not what the steps need.
  [[nodiscard]] step go_on(outlet<sifted>& out);

 private:
  step begin();
  [[nodiscard]] sifted fresh_item() const;
  void give(sifted item, outlet<sifted>& out, bool last);
  void put_out_cut(outlet<sifted>& out);
  void sift_in_place(outlet<sifted>& out);
  void sift_shared(outlet<sifted>& out);
  step rewrite(outlet<sifted>& out);
  void give_piece(sifted item, outlet<sifted>& out);
  void leave_rest(sifted item, outlet<sifted>& out);
  [[nodiscard]] rows input() const;

  std::shared_ptr<const record_steps> steps_;
  sift_needs does_;
  sifter sifter_;
  row_writer writer_;
  stage_context* context_ = nullptr;

  rows current_;
  bool busy_ = false;
  bool begun_ = false;
  bool first_ = true; ///< nothing was made of current_ yet
  // Of current_ as it came.
  bool gapless_ = false;
  bool only_read_ = false;        ///< others hold it too, and no block of ours can hold a copy
  std::uint64_t piece_begin_ = 0; ///< where what made_ holds begins in the source
  block made_;                    ///< being filled
};

template <class In>
class sift_stage {
 public:
  explicit sift_stage(std::shared_ptr<const record_steps> steps) : work_(std::move(steps)) {}

  [[nodiscard]] stage_needs needs() const { return work_.needs(); }
  void start(stage_context& context) { work_.start(context); }

  step process(inlet<In>& in, outlet<sifted>& out) {
    if (work_.idle()) { work_.take(as_rows(std::move(in.front()))); }
    const step why = work_.go_on(out);
    if (work_.idle()) { in.release(1); }
    return why;
  }

 private:
  static rows as_rows(block&& lines) { return {.data = std::move(lines)}; }
  static rows as_rows(rows&& in) { return std::move(in); }

  sift_work work_;
};

} // namespace weir::stages
