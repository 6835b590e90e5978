#include <algorithm>
#include <utility>

#include "stages/text/line_count.hpp"
#include "stages/text/record_carrier.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

/// Bytes up to and with the n-th newline, n ≥ 1, of a text that has so many.
std::size_t lines_of(std::string_view text, std::uint64_t n) {
  std::size_t end = 0;
  for (; n > 0; --n) end = text.find('\n', end) + 1;
  return end;
}

class head_stage {
 public:
  explicit head_stage(std::uint64_t n) : left_(n) {}

  step process(inlet<block>& in, outlet<block>& out) {
    if (left_ == 0) return step::done;
    block& item = in.front();
    const bool beginning = record_carrier::is_beginning(item); // of one line
    const std::uint64_t here = beginning ? 1 : (item.size() == 0 ? 0 : count_newlines(item.bytes()));
    const std::uint64_t kept = std::min(here, left_);
    if (here >= left_ && !beginning) {
      const bool gapless = item.gapless();
      item.resize(lines_of(item.text(), left_));
      if (gapless) item.end_position(item.position() + item.size());
    }
    if (item.size() > 0 && !out.try_push(std::move(item))) return step::room;
    left_ -= kept;
    in.release(1);
    return left_ == 0 ? step::done : step::more;
  }

 private:
  std::uint64_t left_;
};

} // namespace

pipe<block, block> head(std::uint64_t n) {
  return make_stage("head", [n] { return head_stage(n); });
}

} // namespace weir::stages
