#include "stages/record/sift_stage.hpp"

#include <weir/own_block.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "stages/text/record_carrier.hpp"

namespace weir::stages {
namespace {

/// Items of a replica that hold bad rows at a time: in hand, and at its outlet.
constexpr std::size_t k_items = 3;

bool is_one_line(std::string_view text) { return text.find('\n') + 1 == text.size(); }

} // namespace

sift_needs needs_of(const record_steps& steps) {
  const auto is = [&](record_step::kind kind) {
    return std::any_of(steps.begin(), steps.end(), [&](const record_step& step) { return step.what == kind; });
  };
  const bool unknown = !steps.front().reads(); // rows of any format may come
  const bool from_csv = steps.front().what == record_step::kind::csv;
  const bool to_json = steps.back().what == record_step::kind::to && steps.back().form == text_form::json;
  sift_needs does;
  does.rewrites = is(record_step::kind::select) || (is(record_step::kind::to) && unknown) || (from_csv && to_json);
  does.changes = (!does.rewrites || unknown) && (!unknown || is(record_step::kind::where));
  return does;
}

sift_work::sift_work(std::shared_ptr<const record_steps> steps)
    : steps_(std::move(steps)), does_(needs_of(*steps_)), sifter_(steps_) {}

// As an encoder: a block being filled, those at the outlet, and some on their way to the end.
stage_needs sift_work::needs() const {
  return {.blocks = does_.rewrites ? std::size_t{4} : 0,
          .blocks_if_shared = does_.changes ? k_own_blocks : 0,
          .context_bytes = sifter_.context_bytes() + k_items * k_bad_bytes};
}

void sift_work::take(rows in) {
  current_ = std::move(in);
  if (steps_->front().what == record_step::kind::json && current_.data)
    current_.cut = record_carrier::is_beginning(current_.data);
  busy_ = true;
  begun_ = false;
  first_ = true;
  if (!current_.data || current_.data.size() == 0) return;
  if (steps_->front().what == record_step::kind::json && !current_.data.whole_records()) {
    throw std::runtime_error("json needs records: put 'lines' before it");
  }
  if (current_.data.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw std::runtime_error("a block of " + std::to_string(current_.data.size()) +
                             " bytes is too large for records; no record may have more than 4 GiB");
  }
}

step sift_work::go_on(outlet<sifted>& out) {
  if (!current_.data || current_.data.size() == 0) { // tells positions and columns, no more
    give(fresh_item(), out, true);
    return step::more;
  }
  if (current_.cut) {
    put_out_cut(out);
    return step::more;
  }
  if (!begun_) {
    if (const step why = begin(); why != step::more) return why;
  }
  if (!sifter_.in_place()) return rewrite(out);
  only_read_ ? sift_shared(out) : sift_in_place(out);
  return step::more;
}

// Behind a tee a long record is only read, shared or not: whether another branch still has it is chance, and its CR must not
// depend on that.
step sift_work::begin() {
  const block& data = current_.data;
  only_read_ = does_.changes && context_->has_blocks() && data.size() + k_block_headroom > context_->blocks().limit() &&
               (data.shared() || is_one_line(data.text()));
  if (does_.changes && current_.data.shared() && !only_read_) {
    if (const step why = make_own(current_.data, *context_); why != step::more) return why;
  }
  sifter_.begin(current_);
  gapless_ = current_.data.gapless();
  piece_begin_ = current_.data.position();
  begun_ = true;
  return step::more;
}

sifted sift_work::fresh_item() const {
  sifted item;
  const bool known = begun_ && sifter_.leaves() != nullptr;
  item.schema = known ? sifter_.leaves() : current_.schema;
  item.format = begun_ ? sifter_.format() : current_.format;
  item.placed = begun_ ? sifter_.exact() : current_.placed;
  item.in_place = !begun_ || sifter_.in_place();
  item.came_as = current_.format;
  item.position = current_.data.position();
  item.end_position = current_.data.end_position();
  item.source_number = current_.data.source();
  item.header_lines = current_.schema ? current_.schema->header_lines : 0;
  item.gapless = begun_ ? gapless_ : current_.data.gapless();
  return item;
}

void sift_work::give(sifted item, outlet<sifted>& out, bool last) {
  item.first = std::exchange(first_, false);
  item.last = last;
  if (last) {
    sifter_.end();
    current_ = {};
    busy_ = false;
  }
  (void)out.try_push(std::move(item)); // there is room
}

// The first step, which reads, has found it out: nobody has seen the record.
void sift_work::put_out_cut(outlet<sifted>& out) {
  sifted item = fresh_item();
  item.in_place = false;
  item.source = input();
  item.counts.in = item.counts.lines = item.counts.steps[0].rejected = 1;
  item.bad.push_back(
      {.position = current_.data.position(), .size = static_cast<std::uint32_t>(current_.data.size()), .cut = true});
  give(std::move(item), out, true);
}

// A block that nothing is left of goes back to its pool at once.
void sift_work::sift_in_place(outlet<sifted>& out) {
  sifted item = fresh_item();
  const std::size_t size = current_.data.size();
  sifter::stop why{};
  const std::size_t kept = sifter_.in_place(reinterpret_cast<char*>(current_.data.data()), item, why);
  if (why == sifter::stop::bad) {
    item.rest = sifter_.passed();
    item.rest_size = size - item.rest;
  }
  if (kept > 0 || item.rest != sifted::k_no_rest) {
    item.data = std::move(current_.data);
    item.data.resize(kept);
    item.records = item.counts.kept;
  }
  give(std::move(item), out, true);
}

// Behind a tee a long record, alone in its block, stays where it is: what is kept of such a block is all of it, or nothing.
void sift_work::sift_shared(outlet<sifted>& out) {
  sifted item = fresh_item();
  std::size_t begin = 0;
  std::size_t end = 0;
  if (!sifter_.one_stretch(item, begin, end)) {
    throw std::runtime_error("a block of " + std::to_string(current_.data.size()) + " bytes from byte " +
                             std::to_string(current_.data.position()) +
                             " on is too large to be copied for this branch of the tee");
  }
  if (!item.bad.empty()) item.source = input();
  item.in_place = false; // the bad rows stand in the source, not among the kept ones
  if (item.counts.kept > 0) {
    const std::uint64_t position = current_.data.position();
    item.data = std::move(current_.data);
    item.data.drop_front(begin);
    item.data.resize(end - begin);
    item.data.position(position); // what was left out in front is accounted for
    item.records = item.counts.kept;
  }
  give(std::move(item), out, true);
}

step sift_work::rewrite(outlet<sifted>& out) {
  if (!made_) {
    made_ = context_->blocks().try_take();
    if (!made_) return step::memory;
  }
  if (made_.size() == 0) writer_.begin(made_, sifter_.form(), sifter_.leaves(), piece_begin_);
  sifted item = fresh_item();
  const sifter::stop why = sifter_.rewrite(writer_, item);
  if (!item.bad.empty()) item.source = input();
  if (why == sifter::stop::bad) {
    give(std::move(item), out, false);
  } else if (why == sifter::stop::full && made_.size() == 0) {
    leave_rest(std::move(item), out);
  } else if (why == sifter::stop::full) {
    give_piece(std::move(item), out);
  } else {
    if (made_.size() > 0) {
      item.data = std::move(made_);
      item.data.came_from(current_.data);
      item.data.position(piece_begin_);
      item.records = writer_.records();
    }
    give(std::move(item), out, true);
  }
  return step::more;
}

// The block is full: what it holds ends where the record at hand begins.
void sift_work::give_piece(sifted item, outlet<sifted>& out) {
  item.data = std::move(made_);
  item.data.came_from(current_.data);
  item.data.position(piece_begin_);
  item.records = writer_.records();
  item.open = !sifter_.may_split();
  if (!item.open) piece_begin_ = sifter_.source_position();
  item.data.end_position(piece_begin_);
  give(std::move(item), out, false);
}

// A record that no block of ours can hold: the settle node has larger ones.
void sift_work::leave_rest(sifted item, outlet<sifted>& out) {
  item.rest = sifter_.passed();
  item.source = input();
  give(std::move(item), out, true);
}

rows sift_work::input() const {
  rows same = current_.share();
  same.records = 0;
  return same;
}

} // namespace weir::stages
