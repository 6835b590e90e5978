#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <weir/own_block.hpp>

#include "stages/text/line_ends.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

/// splitmix64's finaliser: every bit of the result depends on every bit of `x`.
std::uint64_t scatter(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

class sample_stage {
 public:
  sample_stage(double share, std::uint64_t seed)
      : all_(share == 1), below_(all_ ? 0 : static_cast<std::uint64_t>(std::ldexp(share, 64))),
        seed_(scatter(seed + 0x9e3779b97f4a7c15)) {}

  stage_needs needs() const { return {.blocks_if_shared = k_own_blocks}; }
  void start(stage_context& context) { context_ = &context; }

  step process(inlet<block>& in, outlet<block>& out) {
    block& item = in.front();
    if (item.size() > 0) {
      if (!item.whole_records()) throw std::runtime_error("sample needs records: put 'lines' before it");
      if (const step why = make_own(item, *context_); why != step::more) return why;
      const std::uint64_t number = keep_some(item);
      if (item.size() > 0 && !out.try_push(std::move(item))) return step::room;
      number_ = number;
    }
    in.release(1);
    return step::more;
  }

 private:
  bool chosen(std::uint64_t number) const { return all_ || scatter(seed_ ^ (number * 0x9e3779b97f4a7c15)) < below_; }

  /// Moves the chosen lines to the block's front; returns the number of the line after the block.
  std::uint64_t keep_some(block& item) const {
    std::uint64_t number = number_;
    char* const front = reinterpret_cast<char*>(item.data());
    const char* const end = front + item.size();
    char* kept = front;
    for (const char* line = front; line != end; ++number) {
      const char* const next = line_end(line, end);
      if (chosen(number)) {
        std::memmove(kept, line, static_cast<std::size_t>(next - line));
        kept += next - line;
      }
      line = next;
    }
    item.resize(static_cast<std::size_t>(kept - front));
    return number;
  }

  stage_context* context_ = nullptr;
  bool all_;
  std::uint64_t below_;
  std::uint64_t seed_;
  std::uint64_t number_ = 0; ///< of the next line
};

} // namespace

pipe<block, block> sample(double share, std::uint64_t seed) {
  if (!(share >= 0 && share <= 1))
    throw std::invalid_argument("sample: a share of " + std::to_string(share) + " is not between 0 and 1");
  return make_stage("sample", [=] { return sample_stage(share, seed); });
}

} // namespace weir::stages
