#include "stages/record/settle_node.hpp"

#include <algorithm>
#include <utility>

namespace weir::stages {
namespace {

/// Items that hold bad rows at a time: at the inlet, in hand, and what a rest makes.
constexpr std::size_t k_items = 4;
/// Dead letters in memory, of one file.
constexpr std::size_t k_letters = 64 * 1024;

bool leaves_text(const record_steps& steps) { return steps.back().what == record_step::kind::to; }

// As it is, CSV is what came as CSV, unless a select made cells of it.
header_line header_of(const record_steps& steps) {
  if (!leaves_text(steps) || steps.back().form == text_form::json) return header_line::none;
  if (steps.back().form == text_form::csv) return header_line::always;
  const bool selects = std::any_of(steps.begin(), steps.end(),
                                   [](const record_step& step) { return step.what == record_step::kind::select; });
  return selects ? header_line::none : header_line::if_csv_came;
}

} // namespace

settle_node::settle_node(std::string name, std::shared_ptr<const record_steps> steps, edge_base& in, edge_base& out)
    : node(std::move(name)), steps_(std::move(steps)), in_(static_cast<typed_edge<sifted>&>(in)), out_(out),
      desk_(steps_), exit_(*this, leaves_text(*steps_), header_of(*steps_)), rest_(steps_, desk_, exit_) {
  add_input(in);
  add_output(out);
}

stage_needs settle_node::needs() const {
  const std::size_t readers = 2; // to judge, and for rests
  return {.blocks = row_exit::k_blocks,
          .context_bytes = readers * sifter(steps_).context_bytes() + k_items * k_bad_bytes + k_letters,
          .large_records = needs_of(*steps_).rewrites};
}

void settle_node::start() {
  desk_.start(context());
  exit_.start(context());
  rest_.start(context());
}

void settle_node::release() { rest_.release(); }

step settle_node::body(const turn_budget& budget) {
  for (;;) {
    if (out_.closed()) return step::done;
    const step why = next_step();
    if (why == step::room) wait_on(out_, edge_event::room);
    if (why != step::more) return why;
    if (budget.spent()) return step::more;
  }
}

step settle_node::next_step() {
  if (over_) return finish();
  sifted* const item = in_.front();
  if (item == nullptr) {
    if (!in_.ended()) return wait_for_items();
    over_ = true;
    return step::more;
  }
  const step why = settle(*item);
  if (why == step::more) {
    phase_ = phase::begin;
    in_.next();
  }
  return why;
}

step settle_node::settle(sifted& item) {
  switch (phase_) {
  case phase::begin:
    desk_.begin(item);
    exit_.begin(item);
    desk_.count(item.counts);
    phase_ = phase::bad;
    [[fallthrough]];
  case phase::bad:
    if (const step why = take_out_bad(item); why != step::more) return why;
    desk_.pass_lines(item.counts.lines);
    phase_ = phase::rest_in_place;
    [[fallthrough]];
  case phase::rest_in_place:
    if (item.rest != sifted::k_no_rest) {
      if (desk_.writes_letters() && !context().may_block()) return step::blocking;
      if (item.in_place) rest_.go_on_in_place(item);
    }
    phase_ = phase::hand_out;
    [[fallthrough]];
  case phase::hand_out:
    if (item.data && item.data.size() > 0) {
      if (const step why = exit_.emit(item.data, item.records, item, item.open); why != step::more) return why;
    }
    phase_ = phase::rest_anew;
    [[fallthrough]];
  case phase::rest_anew:
    if (item.rest != sifted::k_no_rest) {
      if (desk_.writes_letters() && !context().may_block()) return step::blocking;
      if (const step why = rest_.go_on_anew(item); why != step::more) return why;
    }
    phase_ = phase::end;
    [[fallthrough]];
  case phase::end:
    if (item.last) {
      if (const step why = exit_.end_input(item); why != step::more) return why;
    }
  }
  desk_.end(item);
  item = {};
  return step::more;
}

step settle_node::take_out_bad(sifted& item) {
  if (item.bad.empty()) return step::more;
  if (desk_.would_write(item.bad) && !context().may_block()) return step::blocking;
  if (item.in_place) {
    const rows where{
        .data = item.data.share(), .format = item.format, .records = 0, .schema = item.schema, .placed = item.placed};
    desk_.report(item.bad, where);
    item.data.resize(take_out(reinterpret_cast<char*>(item.data.data()), item.data.size(), item.bad));
  } else {
    desk_.report(item.bad, item.source);
  }
  return step::more;
}

step settle_node::wait_for_items() {
  if (const auto& due = desk_.letters_due()) {
    if (context().now() < *due) {
      context().wake_by(*due);
    } else if (context().may_block()) {
      desk_.write_letters();
    } else {
      return step::blocking;
    }
  }
  wait_on(in_, edge_event::items);
  return step::input;
}

step settle_node::finish() {
  if (!finished_) {
    if (desk_.letters_due() && !context().may_block()) return step::blocking;
    desk_.write_letters();
    desk_.finish();
    finished_ = true;
  }
  if (const step why = exit_.finish(); why != step::more) return why;
  return step::done;
}

} // namespace weir::stages
