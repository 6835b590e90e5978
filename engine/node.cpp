// A stage's turn: body, publish, park.

#include <weir/errors.hpp>
#include <weir/stage.hpp>

#include <algorithm>

namespace weir {

void node::guard(const error_policy&, edge_base*) {
  throw plan_error("weir: on_error() cannot stand behind '" + name() + "': it is for operators and object stages");
}

verdict node::turn(const turn_budget& budget, bool may_block) {
  context_.may_block_ = may_block;
  for (edge_base* e : inputs()) { e->consumed_at(budget.worker(), budget.quiet()); }
  for (edge_base* e : outputs()) { e->produced_at(budget.worker(), budget.quiet()); }
  for (;;) {
    if (context_.cancelled()) { return {reason::done}; }
    if (context_.signals_->paused.get()) {
      publish(budget, true);
      return {reason::paused};
    }
    // A source that is asked to finish has reached its end.
    if (inputs().empty() && context_.finishing() && !holds_items()) { return {reason::done}; }
    waits_.clear();
    context_.wake_by_.reset();
    const step why = body(budget);
    publish(budget, why != step::more);
    switch (why) {
    case step::more:
      return {reason::ready};
    case step::done:
      return {reason::done};
    case step::time:
      return {reason::time};
    case step::outside:
      return {reason::outside};
    case step::blocking:
      if (!context_.may_block_) { return {reason::blocking}; }
      continue;
    case step::input:
      // A feed is a source too: asked to finish, it has reached its end when what was pushed is taken.
      if (context_.finishing() && inputs().front()->outside()) { return {reason::done}; }
      [[fallthrough]];
    case step::room:
      if (may_go_on(why)) {
        if (budget.holds_wakes()) { return {reason::ready}; } // The body may not come back; they must not wait for it.
        continue;
      }
      return {why == step::input ? reason::input : reason::room,
              waits_.all().empty() ? nullptr : waits_.all().front().where};
    case step::memory:
      if (context_.pool_ != nullptr && context_.pool_->arm()) {
        if (budget.holds_wakes()) { return {reason::ready}; }
        continue;
      }
      return {reason::memory};
    }
  }
}

// Promise 3: nothing unpublished and nothing unreleased when a stage leaves RUNNING. Consumers are woken last: the
// stage woken last is the one this worker runs next, downstream first.
void node::publish(const turn_budget& budget, bool parking) noexcept {
  budget.publishing(true);
  for (edge_base* e : inputs()) {
    e->flush_in();
    e->signal_space(parking);
  }
  for (edge_base* e : outputs()) {
    e->flush_out();
    e->signal_data();
  }
  budget.publishing(false);
}

// Raises the gates of what the body waits for; true when one of them had news meanwhile.
bool node::may_go_on(step why) {
  if (waits_.all().empty()) {
    if (why == step::input) {
      wait_on(*inputs().front(), edge_event::items);
    } else {
      wait_on(*outputs().front(), edge_event::room);
    }
  }
  bool news = false;
  for (const wait& w : waits_.all()) { news = w.where->arm(w.what) || news; }
  return news;
}

std::exception_ptr node::retire() noexcept {
  std::exception_ptr error;
  try {
    release();
  } catch (...) { error = std::current_exception(); }
  for (edge_base* e : outputs()) { e->finish(); }
  for (edge_base* e : inputs()) {
    e->flush_in();
    e->close();
  }
  return error;
}

} // namespace weir
