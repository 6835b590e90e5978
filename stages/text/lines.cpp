#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

constexpr std::byte k_newline{'\n'};

/// Bytes up to and with the first newline; 0 when there is none.
std::size_t first_line(std::string_view text) { return text.find('\n') + 1; }
/// Bytes up to and with the last newline; 0 when there is none.
std::size_t whole_lines(std::string_view text) { return text.rfind('\n') + 1; }

class lines_stage {
 public:
  void start(stage_context& context) { context_ = &context; }
  stage_needs needs() const { return {.blocks = 2, .large_records = true}; }
  step process(inlet<block>& in, outlet<block>& out);
  step finish(outlet<block>& out);

 private:
  bool line_open() const { return lost_ || open_.size() > 0; }
  step pass_whole_lines(inlet<block>& in, outlet<block>& out);
  step continue_line(inlet<block>& in, outlet<block>& out);
  step end_line_at_source_end(outlet<block>& out);
  step push_line(outlet<block>& out);
  step append(std::span<const std::byte> more, std::uint64_t position);
  step make_room(std::size_t more);
  [[noreturn]] void refuse_line() const;

  stage_context* context_ = nullptr;
  std::uint64_t next_position_ = 0; ///< of the byte that would go on where the last block ended
  block open_;                      ///< the beginning of a line whose end has not come yet
  bool large_ = false;              ///< open_ is a block of its own size
  // A line that does not fit is followed to its end, to say how long it is.
  bool lost_ = false;
  std::uint64_t lost_at_ = 0;
  std::uint64_t lost_bytes_ = 0;
};

// One block a call, which stays at the inlet until all that is made of it was pushed. There is room for one.
step lines_stage::process(inlet<block>& in, outlet<block>& out) {
  block& item = in.front();
  if (item.size() == 0) {
    in.release(1);
    return step::more;
  }
  if (!line_open()) return pass_whole_lines(in, out);
  if (item.position() != next_position_) return end_line_at_source_end(out);
  return continue_line(in, out);
}

step lines_stage::pass_whole_lines(inlet<block>& in, outlet<block>& out) {
  block& item = in.front();
  const std::uint64_t end = item.position() + item.size();
  if (!item.whole_records()) {
    const std::size_t whole = whole_lines(item.text());
    if (whole < item.size()) {
      const step why = append(item.bytes().subspan(whole), item.position() + whole);
      if (why != step::more) return why;
      item.resize(whole);
    }
  }
  next_position_ = end;
  if (item.size() > 0) {
    item.whole_records(true);
    if (!out.try_push(std::move(item))) return step::room;
  }
  in.release(1);
  return step::more;
}

step lines_stage::continue_line(inlet<block>& in, outlet<block>& out) {
  block& item = in.front();
  const std::size_t line = first_line(item.text());
  if (line > 0 && !lost_ && open_.size() <= item.headroom()) {
    item.grow_front(open_.size());
    std::memcpy(item.data(), open_.data(), open_.size());
    open_.resize(0);
    return pass_whole_lines(in, out);
  }
  const std::size_t piece = line > 0 ? line : item.size();
  const step why = append(item.bytes().first(piece), item.position());
  if (why != step::more) return why;
  item.drop_front(piece);
  next_position_ = item.position();
  if (line > 0) return push_line(out);
  return step::more;
}

step lines_stage::end_line_at_source_end(outlet<block>& out) {
  if (lost_) refuse_line();
  const step why = append({&k_newline, 1}, next_position_);
  return why == step::more ? push_line(out) : why;
}

step lines_stage::finish(outlet<block>& out) {
  if (line_open()) return push_line(out) == step::more ? step::done : step::room;
  return step::done;
}

step lines_stage::push_line(outlet<block>& out) {
  if (lost_) refuse_line();
  open_.whole_records(true);
  return out.try_push(std::move(open_)) ? step::more : step::room;
}

step lines_stage::append(std::span<const std::byte> more, std::uint64_t position) {
  if (!lost_ && !open_) {
    open_ = context_->blocks().try_take();
    if (!open_) return step::memory;
    large_ = false;
  }
  if (!lost_ && open_.size() == 0) open_.position(position);
  // An open line has room for its LF: who ends it behind us (end_last_line) need not copy it, and could not if it is long.
  const std::size_t needed = more.size() + (more.back() == k_newline ? 0 : 1);
  if (!lost_ && open_.capacity() - open_.size() < needed) {
    if (const step why = make_room(needed); why != step::more) return why;
  }
  if (lost_) {
    lost_bytes_ += more.size();
    return step::more;
  }
  std::memcpy(open_.data() + open_.size(), more.data(), more.size());
  open_.resize(open_.size() + more.size());
  return step::more;
}

// Pages of a large block are moved, not copied, when it grows. An eighth more than needed spares most of
// that.
step lines_stage::make_room(std::size_t more) {
  block_pool& pool = context_->blocks();
  const std::size_t used = open_.size();
  const std::size_t spare = (used + more) / 8;
  constexpr std::size_t k_page = 4096;
  if (used + more + k_block_headroom + pool.block_size() + k_page > pool.limit()) {
    lost_ = true;
    lost_at_ = open_.position();
    lost_bytes_ = used;
    open_.reset();
    return step::more;
  }
  if (large_) return pool.grow(open_, more + spare) || pool.grow(open_, more) ? step::more : step::memory;
  block larger = pool.try_take_large(used + more + spare);
  if (!larger) larger = pool.try_take_large(used + more);
  if (!larger) return step::memory;
  std::memcpy(larger.data(), open_.data(), used);
  larger.resize(used);
  larger.position(open_.position());
  open_ = std::move(larger);
  large_ = true;
  return step::more;
}

// At least a third of the memory limit comes here unless the other stages need more than 64 MiB.
void lines_stage::refuse_line() const {
  const std::uint64_t mebibytes = (lost_bytes_ >> 20) + 1;
  throw std::runtime_error("record at byte " + std::to_string(lost_at_) + " is " + std::to_string(mebibytes) +
                           " MiB long and does not fit; --memory " + std::to_string(3 * mebibytes + 64) + "M would do");
}

} // namespace

pipe<block, block> lines() {
  return make_stage("lines", [] { return lines_stage(); });
}

} // namespace weir::stages
