#include <utility>

#include "stages/text/record_carrier.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

const line_record_ends k_line_ends;

class lines_stage {
 public:
  explicit lines_stage(const lines_options& options)
      : carrier_(k_line_ends, open_end::closed,
                 options.too_long == long_lines::refused ? long_record::refused : long_record::beginning,
                 options.beside) {}

  void start(stage_context& context) { carrier_.start(context); }
  static stage_needs needs() { return record_carrier::needs(); }

  // One block a call, which stays at the inlet until all that is made of it was pushed. There is room for one.
  step process(inlet<block>& in, outlet<block>& out) {
    block whole;
    if (const step why = carrier_.take(in.front(), whole); why != step::more) return why;
    if (in.front().size() == 0) in.release(1);
    if (whole && !out.try_push(std::move(whole))) return step::room;
    return step::more;
  }
  step finish(outlet<block>& out) {
    block whole;
    if (const step why = carrier_.finish(whole); why != step::more) return why;
    if (whole && !out.try_push(std::move(whole))) return step::room;
    return step::done;
  }

 private:
  record_carrier carrier_;
};

} // namespace

pipe<block, block> lines(lines_options options) {
  return make_stage("lines", [options = std::move(options)] { return lines_stage(options); });
}

} // namespace weir::stages
