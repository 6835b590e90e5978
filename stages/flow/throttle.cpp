#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "stages/flow/flow_stages.hpp"

namespace weir::stages {
namespace {

std::uint64_t newlines(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

class throttle_stage {
 public:
  explicit throttle_stage(pace_options rate) : pace_(rate) {}

  void start(stage_context& context) { context_ = &context; }
  stage_needs needs() const { return {.blocks = 4}; }

  step process(inlet<block>& in, outlet<block>& out) {
    const clock::time_point now = context_->now();
    // A run that is let out has a time limit, and nobody behind asks for the pace any more.
    const bool at_once = context_->finishing();
    if (now < pace_.next() && !at_once) {
      context_->wake_at(pace_.next());
      return step::time;
    }
    block& item = in.front();
    if (item.size() == 0) {
      in.release(1);
      return step::more;
    }
    const std::size_t piece = at_once ? item.size() : piece_of(item);
    const std::uint64_t records = newlines(item.text().substr(0, piece));
    if (piece == item.size()) {
      if (!out.try_push(std::move(item))) return step::room;
      in.release(1);
    } else {
      block cut = context_->blocks().try_take();
      if (!cut) return step::memory;
      std::memcpy(cut.data(), item.data(), piece);
      cut.resize(piece);
      cut.came_from(item);
      if (item.gapless()) cut.end_position(item.position() + piece);
      if (!out.try_push(std::move(cut))) return step::room;
      item.drop_front(piece);
    }
    pace_.went(now, piece, records);
    return step::more;
  }

 private:
  /// Bytes to let through now; all of the block when that is little, or cannot be cut as it should.
  std::size_t piece_of(const block& item) const {
    // Where in its source a piece of it would end, nobody knows.
    if (item.end_position() != 0 && !item.gapless()) return item.size();
    const std::string_view text = item.text();
    std::size_t end = pace_.of_records() ? behind_lines(text, pace_.piece()) : bytes_of(item);
    if (end > context_->blocks().payload()) end = text.size();
    return end;
  }

  static std::size_t behind_lines(std::string_view text, std::size_t n) {
    std::size_t end = 0;
    for (; n > 0 && end < text.size(); --n) {
      const std::size_t line = text.find('\n', end);
      if (line == std::string_view::npos) return text.size();
      end = line + 1;
    }
    return end;
  }

  std::size_t bytes_of(const block& item) const {
    const std::string_view text = item.text();
    if (text.size() / 2 <= pace_.piece()) return text.size();
    const std::size_t most = std::min(pace_.piece(), context_->blocks().payload());
    if (!item.whole_records()) return most;
    const std::size_t behind = text.substr(0, most).rfind('\n') + 1;
    return behind > 0 ? behind : behind_lines(text, 1);
  }

  pace pace_;
  stage_context* context_ = nullptr;
};

} // namespace

pipe<block, block> throttle(pace_options rate) {
  (void)pace(rate); // a rate that is none is told before the run
  return make_stage("throttle", [rate] { return throttle_stage(rate); });
}

} // namespace weir::stages
