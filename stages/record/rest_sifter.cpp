#include "stages/record/rest_sifter.hpp"

#include <utility>

#include "stages/text/gathering.hpp"

namespace weir::stages {
namespace {

/// Cells say themselves where they come from, counted from their block's position.
void skip(rows& in, std::size_t bytes) {
  const std::uint64_t position = in.data.position();
  in.data.drop_front(bytes);
  if (in.format == row_format::cells) in.data.position(position);
}

rows rows_in(const sifted& item) {
  return {.data = item.data.share(), .format = item.format, .records = 0, .schema = item.schema, .placed = item.placed};
}

/// The step that writes records anew: what no memory holds is its fault.
std::size_t writer_of(const record_steps& steps) {
  for (std::size_t i = steps.size() - 1; i > 0; --i) {
    if (steps[i].what == record_step::kind::select || steps[i].what == record_step::kind::to) return i;
  }
  return 0;
}

} // namespace

std::size_t take_out(char* data, std::size_t size, std::span<const bad_row> bad) {
  gathering kept(data);
  const char* at = data;
  for (const bad_row& each : bad) {
    kept.keep(at, data + each.offset);
    at = data + each.offset + each.size;
  }
  kept.keep(at, data + size);
  return static_cast<std::size_t>(kept.finish() - data);
}

void rest_sifter::settle_counts(const sifted& made, const rows& where, std::size_t base) {
  desk_->count(made.counts);
  desk_->report(made.bad, where, base);
  desk_->pass_lines(made.counts.lines);
}

void rest_sifter::go_on_in_place(sifted& item) {
  if (!sifter_) sifter_.emplace(steps_);
  char* const front = reinterpret_cast<char*>(item.data.data());
  const rows all = rows_in(item);
  std::size_t kept = item.data.size();
  const std::size_t end = item.rest + item.rest_size;
  for (sifter::stop why = sifter::stop::bad; why == sifter::stop::bad;) {
    rows left = rows_in(item);
    left.data.resize(end);
    skip(left, item.rest);
    sifter_->begin(left);
    sifted made;
    const std::size_t more = sifter_->in_place(front + kept, made, why);
    settle_counts(made, all, kept);
    kept += take_out(front + kept, more, made.bad);
    item.rest += sifter_->passed();
    item.records += made.counts.kept;
  }
  sifter_->end();
  item.data.resize(kept);
  item.rest = sifted::k_no_rest;
}

void rest_sifter::begin_anew(const sifted& item) {
  if (!sifter_) sifter_.emplace(steps_);
  left_ = item.source.share();
  skip(left_, item.rest);
  sifter_->begin(left_);
  piece_begin_ = left_.data.position();
  begun_ = true;
  at_end_ = false;
  large_ = 0;
}

step rest_sifter::go_on_anew(const sifted& item) {
  if (!begun_) begin_anew(item);
  for (;;) {
    if (emitting_) {
      if (const step why = emit(item); why != step::more) return why;
    }
    if (at_end_) break;
    if (!made_) {
      if (const step why = take_block(); why != step::more) return why;
    }
    sift_some();
  }
  begun_ = false;
  sifter_->end();
  left_ = {};
  made_ = {}; // an empty one would be taken for one that the writer has begun
  return step::more;
}

step rest_sifter::take_block() {
  block_pool& pool = context_->blocks();
  made_ = large_ > pool.payload() ? pool.try_take_large(large_) : pool.try_take();
  if (!made_) return step::memory;
  writer_.begin(made_, sifter_->form(), sifter_->leaves(), piece_begin_);
  return step::more;
}

void rest_sifter::sift_some() {
  sifted made;
  const sifter::stop why = sifter_->rewrite(writer_, made);
  settle_counts(made, left_, 0);
  at_end_ = why == sifter::stop::end;
  if (why == sifter::stop::full && made_.size() == 0) {
    take_larger_or_refuse();
  } else if (why != sifter::stop::bad) {
    emitting_ = made_.size() > 0;
    large_ = 0;
  }
}

// Where the block's pieces must leave together, the record is there twice when it joins those before it.
void rest_sifter::take_larger_or_refuse() {
  const block_pool& pool = context_->blocks();
  const std::size_t needed = sifter_->needed(writer_);
  const std::size_t joined = exit_->joined_bytes();
  const std::size_t again = joined > 0 || !sifter_->may_split() ? joined + needed : 0;
  constexpr std::size_t k_around = 2 * (k_block_headroom + 4096); // of two blocks, a page's rest included
  made_ = {};
  if (needed + again + k_around + row_exit::k_blocks * pool.block_size() <= pool.limit()) {
    large_ = needed;
    return;
  }
  sifted refused;
  sifter_->refuse(refused, writer_of(*steps_));
  desk_->count(refused.counts);
  desk_->report_too_long(refused.bad.front(), left_, needed);
  desk_->pass_lines(refused.counts.lines);
  large_ = 0;
}

// A piece ends where the record at hand begins, or with the input block.
step rest_sifter::emit(const sifted& item) {
  const bool open = !at_end_ && !sifter_->may_split();
  const std::uint64_t end = at_end_ || open ? item.end_position : sifter_->source_position();
  made_.came_from(left_.data);
  made_.position(piece_begin_);
  made_.end_position(end);
  if (const step why = exit_->emit(made_, writer_.records(), item, open); why != step::more) { return why; }
  made_ = {};
  if (!open) piece_begin_ = end; // places count from where the whole of an open one begins
  emitting_ = false;
  return step::more;
}

void rest_sifter::release() {
  left_ = {};
  made_ = {};
}

} // namespace weir::stages
