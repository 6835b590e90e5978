#include <memory>
#include <stdexcept>
#include <utility>

#include <weir/own_block.hpp>
#include <weir/parallel.hpp>

#include "stages/text/line_filter.hpp"
#include "stages/text/matcher.hpp"
#include "stages/text/record_carrier.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

/// Each replica has a matcher of its own: RE2's tables are behind a lock.
class grep_stage {
 public:
  explicit grep_stage(const grep_options& options)
      : matcher_(make_matcher(options.pattern, {.literal = options.fixed, .ignore_case = options.ignore_case})),
        invert_(options.invert) {}

  stage_needs needs() const { return {.blocks_if_shared = k_own_blocks, .context_bytes = matcher_->context_bytes()}; }
  void start(stage_context& context) { context_ = &context; }

  step process(inlet<block>& in, outlet<block>& out) {
    block& item = in.front();
    if (record_carrier::is_beginning(item)) {
      if (!out.try_push(std::move(item))) return step::room;
    } else if (item.size() > 0) {
      if (!item.whole_records()) throw std::runtime_error("grep needs records: put 'lines' before it");
      if (const step why = make_own(item, *context_); why != step::more) return why;
      item.resize(compact_matching_lines(item.bytes(), *matcher_, invert_).bytes_kept);
      if (item.size() > 0 && !out.try_push(std::move(item))) return step::room;
    }
    in.release(1);
    return step::more;
  }

 private:
  stage_context* context_ = nullptr;
  std::unique_ptr<matcher> matcher_;
  bool invert_;
};

} // namespace

pipe<block, block> grep(grep_options options) {
  (void)grep_stage(options); // a bad pattern is told before the run
  return parallel(0, make_stage("grep", [options = std::move(options)] { return grep_stage(options); }));
}

} // namespace weir::stages
