#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "stages/text/record_carrier.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

/// Holds a block back whose last line is open: whoever joins streams may put another one's block behind it, so the newline
/// has to be in the same block as its line.
class end_last_line_stage {
 public:
  static stage_needs needs() { return {.blocks = 1}; }
  void start(stage_context& context) { context_ = &context; }

  step process(inlet<block>& in, outlet<block>& out) {
    if (held_) return push_held(out);
    block& item = in.front();
    if (item.size() > 0) {
      if (!item.whole_records())
        throw std::runtime_error("this branch does not give whole records: put 'lines' at its end");
      if (item.text().back() != '\n' && !record_carrier::is_beginning(item)) {
        held_ = std::move(item);
      } else if (!out.try_push(std::move(item))) {
        return step::room;
      }
    }
    in.release(1);
    return step::more;
  }

  step finish(outlet<block>& out) { return held_ ? push_held(out) : step::done; }

 private:
  step push_held(outlet<block>& out) {
    if (held_.text().back() != '\n') {
      const bool has_room = !held_.shared() && held_.size() < held_.capacity();
      if (!has_room) return split_held(out);
      held_.resize(held_.size() + 1);
      held_.bytes().back() = std::byte{'\n'};
    }
    return out.try_push(std::move(held_)) ? step::more : step::room;
  }

  /// The whole lines go on as they are; the open one is held on in a block that has room for its newline.
  step split_held(outlet<block>& out) {
    const std::size_t whole = held_.text().rfind('\n') + 1;
    const std::size_t line = held_.size() - whole;
    if (line + 1 > context_->blocks().payload())
      throw record_too_long("the last line, at byte " + std::to_string(held_.position() + whole) + ", has " +
                                std::to_string(line) +
                                " bytes and no end, and its block no room for one; a larger --block-size would do",
                            held_.source());
    block tail = context_->blocks().try_take();
    if (!tail) return step::memory;
    std::memcpy(tail.data(), held_.data() + whole, line);
    tail.data()[line] = std::byte{'\n'};
    tail.resize(line + 1);
    tail.came_from(held_);
    tail.position(held_.position() + whole);
    tail.whole_records(true);
    held_.end_position(held_.gapless() ? held_.position() + whole : 0);
    held_.resize(whole);
    if (whole > 0 && !out.try_push(std::move(held_))) return step::room;
    held_ = std::move(tail);
    return step::more;
  }

  stage_context* context_ = nullptr;
  block held_;
};

} // namespace

pipe<block, block> end_last_line() {
  return make_stage("end_last_line", [] { return end_last_line_stage(); });
}

} // namespace weir::stages
