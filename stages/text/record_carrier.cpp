#include "stages/text/record_carrier.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

constexpr std::byte k_newline{'\n'};
constexpr std::size_t k_page = 4096;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

step record_carrier::take(block& item, block& whole) {
  cut_ = false;
  if (ended_) return hand_out_open(whole);
  if (item.size() == 0) return step::more;
  if (!record_open()) return pass_whole_records(item, whole);
  if (item.source() != open_source_ || item.position() != next_position_) return end_record_at_source_end(whole);
  return continue_record(item, whole);
}

step record_carrier::pass_whole_records(block& item, block& whole) {
  std::uint64_t end = item.position() + item.size();
  if (item.whole_records() && ends_->are_lines()) {
    whole = std::move(item);
    return step::more;
  }
  const std::size_t size = ends_->last(item.text());
  if (size < item.size()) {
    const step why = append(item.bytes().subspan(size), item.position() + size, item.source());
    if (why != step::more) return why;
    item.resize(size);
    item.end_position(item.position() + size);
  } else {
    end = std::max(end, item.end_position());
    item.end_position(end);
  }
  next_position_ = end;
  if (size == 0) return step::more;
  item.whole_records(true);
  whole = std::move(item);
  return step::more;
}

step record_carrier::continue_record(block& item, block& whole) {
  const std::size_t end = ends_->first(item.text(), inside_);
  if (end > 0 && !lost_ && open_.size() <= item.headroom()) {
    item.grow_front(open_.size());
    std::memcpy(item.data(), open_.data(), open_.size());
    open_.resize(0);
    return pass_whole_records(item, whole);
  }
  const std::size_t piece = end > 0 ? end : item.size();
  const step why = append(item.bytes().first(piece), item.position(), item.source());
  if (why != step::more) return why;
  item.drop_front(piece);
  next_position_ = item.position();
  return end > 0 ? hand_out_open(whole) : step::more;
}

step record_carrier::end_record_at_source_end(block& whole) {
  if (!lost_ && at_source_end_ == open_end::closed) {
    const step why = append({&k_newline, 1}, next_position_, open_source_);
    if (why != step::more) return why;
  }
  return hand_out_open(whole);
}

// What an interruption has cut is no record; whoever goes on with the run reads it again.
step record_carrier::finish(block& whole) {
  if (context_->interrupted()) open_.reset();
  return open_ && record_open() ? hand_out_open(whole) : step::more;
}

step record_carrier::hand_out_open(block& whole) {
  ended_ = true;
  if (const step why = make_room_beside(); why != step::more) return why;
  if (lost_ && too_long_ == long_record::refused) refuse_record();
  ended_ = false;
  asked_ = 0;
  cut_ = std::exchange(lost_, false);
  open_.whole_records(true);
  open_.end_position(next_position_);
  whole = std::move(open_);
  return step::more;
}

// The room is a part of the record's block that nobody writes to: it is free again when the record is done with, wherever
// that is. Records of usual size need none, their readers have counted what they take for them.
step record_carrier::make_room_beside() {
  block_pool& pool = context_->blocks();
  if (lost_ || !beside_ || !large_ || open_.size() <= std::max(k_block_size, pool.block_size())) return step::more;
  if (asked_ == 0) asked_ = beside_(open_.text()) + 1;
  if (open_.size() + asked_ + k_block_headroom + pool.block_size() + k_page > pool.limit()) return lose_record();
  return pool.grow(open_, asked_) ? step::more : step::memory;
}

step record_carrier::append(std::span<const std::byte> more, std::uint64_t position, std::uint32_t source) {
  if (!lost_ && !open_) {
    open_ = context_->blocks().try_take();
    if (!open_) return step::memory;
    large_ = false;
  }
  const bool fresh = !record_open();
  // An open record has room for its LF: who ends it behind us (end_last_line) need not copy it, and could not if it is long.
  const std::size_t needed = more.size() + (more.back() == k_newline ? 0 : 1);
  if (!lost_ && open_.capacity() - open_.size() < needed) {
    if (fresh) {
      open_.position(position);
      open_source_ = source;
    }
    if (const step why = make_room(needed); why != step::more) return why;
  }
  inside_ = ends_->inside(text_of(more), !fresh && inside_);
  open_source_ = source;
  if (lost_) {
    lost_bytes_ += more.size();
    const std::size_t kept = std::min(more.size(), k_beginning - open_.size());
    std::memcpy(open_.data() + open_.size(), more.data(), kept);
    open_.resize(open_.size() + kept);
    return step::more;
  }
  if (fresh) {
    open_.position(position);
    open_.source(source);
  }
  std::memcpy(open_.data() + open_.size(), more.data(), more.size());
  open_.resize(open_.size() + more.size());
  return step::more;
}

// Pages of a large block are moved, not copied, when it grows. An eighth more than needed spares most of that.
step record_carrier::make_room(std::size_t more) {
  block_pool& pool = context_->blocks();
  const std::size_t used = open_.size();
  const std::size_t spare = (used + more) / 8;
  if (used + more + k_block_headroom + pool.block_size() + k_page > pool.limit()) { return lose_record(); }
  if (large_) return pool.grow(open_, more + spare) || pool.grow(open_, more) ? step::more : step::memory;
  block larger = pool.try_take_large(used + more + spare);
  if (!larger) larger = pool.try_take_large(used + more);
  if (!larger) return step::memory;
  std::memcpy(larger.data(), open_.data(), used);
  larger.resize(used);
  larger.came_from(open_);
  open_ = std::move(larger);
  large_ = true;
  return step::more;
}

// What follows of it is counted only. The block that it leaves is room for its beginning.
step record_carrier::lose_record() {
  std::array<std::byte, k_beginning> beginning{};
  const std::size_t kept = std::min(open_.size(), beginning.size());
  if (kept > 0) std::memcpy(beginning.data(), open_.data(), kept);
  lost_ = true;
  lost_at_ = open_.position();
  lost_bytes_ = open_.size();
  open_.reset();
  open_ = context_->blocks().try_take();
  if (!open_) refuse_record();
  std::memcpy(open_.data(), beginning.data(), kept);
  large_ = false;
  open_.resize(kept);
  open_.position(lost_at_);
  open_.source(open_source_);
  return step::more;
}

// At least a third of the memory limit comes here unless the other stages need more than 64 MiB.
void record_carrier::refuse_record() const {
  const std::uint64_t mebibytes = (lost_bytes_ >> 20) + 1;
  const std::uint64_t beside = (asked_ >> 20) + (asked_ > 0 ? 1 : 0);
  std::string told = "record at byte " + std::to_string(lost_at_) + " is " + std::to_string(mebibytes) + " MiB long";
  if (beside > 0) told += ", takes " + std::to_string(beside) + " MiB more to be read";
  const bool known = !beside_ || beside > 0; // of one that was followed to its end only the length is
  told += " and does not fit; ";
  told += known ? "--memory " + std::to_string(3 * (mebibytes + beside) + 64) + "M would do"
                : std::string("a larger --memory would do");
  throw record_too_long(told, open_source_);
}

} // namespace weir::stages
