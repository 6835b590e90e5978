// What an operation of the program becomes: an event of the graph, and a choice for each other one that it could be.

#include "tests/model/checker/explorer_core.hpp"

#include <cstring>
#include <utility>

namespace weir::model {

namespace {

bool same_place(const site& a, const site& b) { return a.line == b.line && std::strcmp(a.file, b.file) == 0; }

} // namespace

void explorer::construct(const void* object, std::uint64_t value, site where) {
  begins(object);
  const std::uint16_t place = graph_.location_of(now_, constructed_[now_]++);
  objects_[object] = place;
  event e = blank(place, std::memory_order_relaxed, where);
  e.value = value;
  e.beginning = true;
  write(e);
}

std::uint64_t explorer::load(const void* object, std::memory_order order, site where) {
  use(order_use::operation::load, 0, order, where);
  return read(blank(place_of(object), effective(order, where, 0), where)).value;
}

void explorer::store(const void* object, std::uint64_t value, std::memory_order order, site where) {
  use(order_use::operation::store, 0, order, where);
  event e = blank(place_of(object), effective(order, where, 0), where);
  e.value = value;
  write(e);
}

std::uint64_t explorer::update(const void* object, std::uint64_t (*change)(std::uint64_t, std::uint64_t),
                               std::uint64_t with, std::memory_order order, site where) {
  use(order_use::operation::update, 0, order, where);
  event e = blank(place_of(object), effective(order, where, 0), where);
  e.mode = read_mode::update;
  const std::uint64_t before = read(e).value;
  finish_update(e, change(before, with));
  return before;
}

bool explorer::compare(const void* object, std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
                       std::memory_order failure, site where) {
  use(order_use::operation::update, 0, success, where);
  use(order_use::operation::load, 1, failure, where);
  event e = blank(place_of(object), effective(success, where, 0), where);
  e.mode = read_mode::compare;
  e.expected = expected;
  e.order_if_expected = e.order;
  e.order_if_other = effective(failure, where, 1);
  const event seen = read(e);
  expected = seen.value;
  if (!seen.exclusive) { return false; }
  finish_update(e, desired);
  return true;
}

void explorer::await_other(const void* object, std::uint64_t value, std::memory_order order, site where) {
  use(order_use::operation::load, 0, order, where);
  event e = blank(place_of(object), effective(order, where, 0), where);
  e.mode = read_mode::await;
  e.expected = value;
  if (read(e).blocked) { stay(state::waits); }
}

void explorer::pause() {
  event& last = graph_.last(now_);
  if (last.kind != event_kind::read) { wrong("pause() does not follow a load"); }
  last.blocked = true;
  stay(state::waits);
}

void explorer::touched(const void* object, touch how) {
  if (auto text = plain_.touched(object, how, now_, done_[now_], graph_knowledge())) { wrong(*text); }
}

void explorer::begins(const void* object) {
  plain_.reborn(object);
  touched(object, touch::write);
}

void explorer::freed(const void* begin, std::size_t bytes) {
  if (auto text = plain_.freed(begin, bytes, now_, done_[now_], graph_knowledge())) { wrong(*text); }
}

void explorer::wrong(const std::string& text) {
  result_.wrong = "thread " + names_[now_] + ": " + text;
  result_.execution = graph_.text(names_);
  state_[now_] = state::wrong;
  for (;;) { leave(); }
}

void explorer::end_here() {
  dead_end_ = true;
  for (;;) { leave(); }
}

bool explorer::turn() {
  for (;;) {
    if (done_[now_] < graph_.size(now_)) {
      const event& next = graph_.at({static_cast<std::uint8_t>(now_), static_cast<std::uint16_t>(done_[now_])});
      if (next.kind == event_kind::write || done_[next.from.thread] > next.from.index) { return true; }
    } else if (permitted_ > 0) {
      if (--permitted_ == 0 && done_[now_] >= k_most_events - 1) { wrong("it does not end"); }
      return false;
    }
    leave();
  }
}

event explorer::read(event e) {
  if (turn()) {
    const event& kept = next_kept(event_kind::read, e.location);
    graph_.at(next_id()).value = graph_.at(kept.from).value;
  } else {
    new_read(e);
  }
  const event& seen = graph_.at(next_id());
  half_done_[now_] = seen.exclusive;
  ++done_[now_];
  return seen;
}

void explorer::finish_update(event e, std::uint64_t value) {
  e.value = value;
  e.update = true;
  write(e);
  half_done_[now_] = false;
}

void explorer::write(const event& e) {
  if (turn()) {
    if (next_kept(event_kind::write, e.location).value != e.value) { wrong("it is no function of what it reads"); }
  } else {
    new_write(e);
  }
  ++done_[now_];
}

void explorer::new_read(const event& e) {
  std::vector<event_id> allowed;
  for (const event_id from : graph_.readable(now_, e.location)) {
    if (graph_.add_read(now_, e, from)) { allowed.push_back(from); }
    graph_.take_back(now_);
  }
  if (allowed.empty()) { end_here(); }
  for (std::size_t i = 1; i < allowed.size(); ++i) {
    left_.push_back(graph_);
    (void)left_.back().add_read(now_, e, allowed[i]);
  }
  (void)graph_.add_read(now_, e, allowed.front());
}

void explorer::new_write(const event& e) {
  for (execution_graph& other : graph_.revisits(now_, e)) { left_.push_back(std::move(other)); }
  std::vector<std::size_t> allowed;
  for (const std::size_t place : graph_.places(now_, e)) {
    if (graph_.add_write(now_, e, place)) { allowed.push_back(place); }
    graph_.take_back(now_);
  }
  if (allowed.empty()) { end_here(); } // Two updates that read one write: only the revisits that were kept lead on.
  for (std::size_t i = 1; i < allowed.size(); ++i) {
    left_.push_back(graph_);
    (void)left_.back().add_write(now_, e, allowed[i]);
  }
  (void)graph_.add_write(now_, e, allowed.front());
  for (const std::uint16_t place : watched_) {
    if (place == e.location && !graph_.loads_before_last(now_)) {
      wrong("load buffering: a load could see this store");
    }
  }
}

event_id explorer::next_id() const {
  return {static_cast<std::uint8_t>(now_), static_cast<std::uint16_t>(done_[now_])};
}

event explorer::blank(std::uint16_t place, std::memory_order order, site where) const {
  event e;
  e.location = place;
  e.order = order;
  e.where = where;
  return e;
}

std::uint16_t explorer::place_of(const void* object) {
  touched(object, touch::read);
  const auto found = objects_.find(object);
  if (found == objects_.end()) { wrong("an atomic object is used that was never constructed"); }
  return found->second;
}

void explorer::use(order_use::operation what, int which, std::memory_order order, site where) {
  uses_.try_emplace({where.file, where.line, which, what, order}, order_use{where, which, order, what});
}

std::memory_order explorer::effective(std::memory_order order, site where, int which) const {
  if (how_.only_sequential) { return std::memory_order_seq_cst; }
  const weakening* w = how_.weaker;
  return w != nullptr && w->which == which && w->from == order && same_place(w->where, where) ? w->to : order;
}

} // namespace weir::model
