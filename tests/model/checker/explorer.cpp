#include "tests/model/checker/explorer.hpp"

#include "tests/model/checker/arena.hpp"
#include "tests/model/checker/fiber.hpp"
#include "tests/model/checker/plain_memory.hpp"

#include <array>
#include <cstring>
#include <exception>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace weir::model {

namespace {

constexpr std::size_t k_most_events = 300; // of one thread: more means that it spins

bool same_place(const site& a, const site& b) { return a.line == b.line && std::strcmp(a.file, b.file) == 0; }

} // namespace

/// Runs the program for one graph after the other. Its methods are called from the program's fibers too.
class explorer {
 public:
  explorer(const program& what, const options& how) : program_(&what), how_(how), fibers_(k_most_threads) {}

  verdict explore() {
    left_.emplace_back();
    while (!left_.empty() && result_.wrong.empty() && result_.executions + result_.waiting < how_.most_executions) {
      graph_ = std::move(left_.back());
      left_.pop_back();
      run();
    }
    result_.complete = left_.empty();
    for (const auto& [key, use] : uses_) { result_.uses.push_back(use); }
    return std::move(result_);
  }

  // ---- called on the program's fibers ---------------------------------------------------------------------------

  void construct(const void* object, std::uint64_t value, site where) {
    begins(object);
    const std::uint16_t place = graph_.location_of(now_, constructed_[now_]++);
    objects_[object] = place;
    event e = blank(place, std::memory_order_relaxed, where);
    e.value = value;
    e.beginning = true;
    write(e);
  }

  std::uint64_t load(const void* object, std::memory_order order, site where) {
    use(order_use::operation::load, 0, order, where);
    return read(blank(place_of(object), effective(order, where, 0), where)).value;
  }

  void store(const void* object, std::uint64_t value, std::memory_order order, site where) {
    use(order_use::operation::store, 0, order, where);
    event e = blank(place_of(object), effective(order, where, 0), where);
    e.value = value;
    write(e);
  }

  std::uint64_t update(const void* object, std::uint64_t (*change)(std::uint64_t, std::uint64_t), std::uint64_t with,
                       std::memory_order order, site where) {
    use(order_use::operation::update, 0, order, where);
    event e = blank(place_of(object), effective(order, where, 0), where);
    e.mode = read_mode::update;
    const std::uint64_t before = read(e).value;
    finish_update(e, change(before, with));
    return before;
  }

  bool compare(const void* object, std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
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

  void await_other(const void* object, std::uint64_t value, std::memory_order order, site where) {
    use(order_use::operation::load, 0, order, where);
    event e = blank(place_of(object), effective(order, where, 0), where);
    e.mode = read_mode::await;
    e.expected = value;
    if (read(e).blocked) { stay(); }
  }

  void pause() {
    event& last = graph_.last(now_);
    if (last.kind != event_kind::read) { wrong("pause() does not follow a load"); }
    last.blocked = true;
    stay();
  }

  void touched(const void* object, touch how) {
    if (auto text = plain_.touched(object, how, now_, done_[now_], graph_knowledge())) { wrong(*text); }
  }
  void begins(const void* object) {
    plain_.reborn(object);
    touched(object, touch::write);
  }
  void freed(const void* begin, std::size_t bytes) {
    if (auto text = plain_.freed(begin, bytes, now_, done_[now_], graph_knowledge())) { wrong(*text); }
  }

  [[noreturn]] void wrong(const std::string& text) {
    result_.wrong = "thread " + names_[now_] + ": " + text;
    result_.execution = graph_.text(names_);
    state_[now_] = state::wrong;
    for (;;) { leave(); }
  }
  void note(std::uint64_t seen) { notes_.push_back(seen); }
  void watch_loads(const void* object) { watched_.push_back(place_of(object)); }
  // Nothing is said about this execution: it goes on in others.
  [[noreturn]] void end_here() {
    dead_end_ = true;
    for (;;) { leave(); }
  }

 private:
  enum class state : std::uint8_t { running, ended, waits, wrong };

  // ---- one execution ----------------------------------------------------------------------------------------------

  void run() {
    begin();
    go(0);
    if (state_[0] != state::ended) { return; }
    const std::size_t last = stage_->threads_.size();
    vector_clock set_up;
    set_up.know(0, graph_.size(0) + 1);
    for (std::size_t t = 1; t <= last; ++t) { start(t, stage_->threads_[t - 1].name, set_up); }
    replay(last);
    if (!result_.wrong.empty()) { return; }
    for (std::size_t t = 1; t <= last; ++t) { // An update that has only read yet writes before all else.
      if (half_done_[t]) { go(t, 1); }
    }
    for (std::size_t t = 1; t <= last; ++t) {
      if (!result_.wrong.empty() || dead_end_) { return; }
      if (state_[t] == state::running) { go(t); }
    }
    if (!result_.wrong.empty() || dead_end_) { return; }
    if (some_wait(last)) { return; }
    vector_clock all;
    for (std::size_t t = 0; t <= last; ++t) { all.know(t, graph_.size(t) + 1); }
    start(last + 1, "after", all);
    go(last + 1);
    if (state_[last + 1] != state::ended) { return; }
    ++result_.executions;
    result_.outcomes.insert(notes_);
  }

  void begin() {
    arenas::clear();
    plain_.clear();
    objects_.clear();
    notes_.clear();
    dead_end_ = false;
    names_.clear();
    watched_.clear();
    constructed_ = {};
    half_done_ = {};
    done_ = {};
    start(0, "set-up", {});
  }

  void start(std::size_t t, const std::string& name, const vector_clock& known) {
    if (t >= k_most_threads) { std::terminate(); }
    names_.resize(t + 1);
    names_[t] = name;
    graph_.begins(t, known);
    state_[t] = state::running;
    fibers_[t].begin(&explorer::entry, this);
  }

  // Lets a thread do what is not in the graph yet, at most this many events.
  void go(std::size_t t, std::size_t events = k_most_events) {
    permitted_ = events;
    resume(t);
    permitted_ = 0;
  }

  void replay(std::size_t last) {
    for (bool progress = true; progress && result_.wrong.empty();) {
      progress = false;
      for (std::size_t t = 1; t <= last; ++t) {
        const std::size_t before = done_[t];
        if (state_[t] != state::running) { continue; }
        resume(t);
        progress |= done_[t] > before;
        if (!result_.wrong.empty()) { return; }
      }
    }
  }

  // Threads that wait end the execution: for good when all of them have seen the newest.
  bool some_wait(std::size_t last) {
    bool some = false;
    bool for_good = true;
    std::string who;
    for (std::size_t t = 1; t <= last; ++t) {
      if (state_[t] != state::waits) { continue; }
      some = true;
      for_good &= graph_.reads_newest(graph_.last(t));
      who += (who.empty() ? "" : ", ") + names_[t];
    }
    if (some && for_good) {
      result_.wrong = "nobody wakes " + who;
      result_.execution = graph_.text(names_);
    }
    result_.waiting += some ? 1 : 0;
    return some;
  }

  static void entry(void* self) {
    auto& all = *static_cast<explorer*>(self);
    const std::size_t me = all.now_;
    try {
      all.body(me);
      all.state_[me] = state::ended;
    } catch (const std::exception& e) {
      arenas::serve(arenas::k_none);
      all.result_.wrong = "thread " + all.names_[me] + " throws " + e.what();
      all.state_[me] = state::wrong;
    }
    for (;;) { all.leave(); }
  }

  void body(std::size_t t) {
    if (t == 0) {
      stage_ = new scene; // In the arena, like all that the program makes: the next execution begins without it.
      (*program_)(*stage_);
    } else if (t <= stage_->threads_.size()) {
      stage_->threads_[t - 1].body();
    } else {
      if (stage_->after_) { stage_->after_(); }
      for (auto end = stage_->ends_.rbegin(); end != stage_->ends_.rend(); ++end) { (*end)(); }
    }
  }

  void resume(std::size_t t) {
    now_ = t;
    arenas::serve(t);
    active_ = this;
    fibers_[t].resume();
    active_ = nullptr;
    arenas::serve(arenas::k_none);
  }
  void leave() {
    fibers_[now_].leave();
    arenas::serve(arenas::k_none); // Whoever leaves is inside the explorer, also when it comes back.
  }
  [[noreturn]] void stay() {
    state_[now_] = state::waits;
    for (;;) { leave(); }
  }

  // ---- events -----------------------------------------------------------------------------------------------------

  // Comes back when the thread's next event is to be: from the graph (true) or new (false).
  bool turn() {
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

  event read(event e) {
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

  void finish_update(event e, std::uint64_t value) {
    e.value = value;
    e.update = true;
    write(e);
    half_done_[now_] = false;
  }

  void write(const event& e) {
    if (turn()) {
      if (next_kept(event_kind::write, e.location).value != e.value) { wrong("it is no function of what it reads"); }
    } else {
      new_write(e);
    }
    ++done_[now_];
  }

  void new_read(const event& e) {
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

  void new_write(const event& e) {
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

  [[nodiscard]] event_id next_id() const {
    return {static_cast<std::uint8_t>(now_), static_cast<std::uint16_t>(done_[now_])};
  }
  const event& next_kept(event_kind kind, std::uint16_t place) {
    const event& kept = graph_.at(next_id());
    if (kept.kind != kind || kept.location != place) { wrong("it is no function of what it reads"); }
    return kept;
  }

  event blank(std::uint16_t place, std::memory_order order, site where) const {
    event e;
    e.location = place;
    e.order = order;
    e.where = where;
    return e;
  }
  std::uint16_t place_of(const void* object) {
    touched(object, touch::read);
    const auto found = objects_.find(object);
    if (found == objects_.end()) { wrong("an atomic object is used that was never constructed"); }
    return found->second;
  }
  // What the thread knows after the events that it has done in this run.
  [[nodiscard]] const vector_clock& graph_knowledge() const { return graph_.known(now_, done_[now_]); }

  // ---- orders -----------------------------------------------------------------------------------------------------

  void use(order_use::operation what, int which, std::memory_order order, site where) {
    uses_.try_emplace({where.file, where.line, which, what, order}, order_use{where, which, order, what});
  }
  [[nodiscard]] std::memory_order effective(std::memory_order order, site where, int which) const {
    if (how_.only_sequential) { return std::memory_order_seq_cst; }
    const weakening* w = how_.weaker;
    return w != nullptr && w->which == which && w->from == order && same_place(w->where, where) ? w->to : order;
  }

  const program* program_;
  const options how_;
  verdict result_;
  std::vector<execution_graph> left_;
  std::map<std::tuple<const char*, int, int, order_use::operation, std::memory_order>, order_use> uses_;

  // Of the execution at hand.
  execution_graph graph_;
  plain_memory plain_;
  std::unordered_map<const void*, std::uint16_t> objects_;
  std::vector<std::uint64_t> notes_;
  std::vector<std::string> names_;
  std::vector<std::uint16_t> watched_;
  scene* stage_ = nullptr;
  std::vector<fiber> fibers_;
  std::array<state, k_most_threads> state_{};
  std::array<std::size_t, k_most_threads> done_{};
  std::array<std::size_t, k_most_threads> constructed_{};
  std::array<bool, k_most_threads> half_done_{};
  std::size_t now_ = 0;
  std::size_t permitted_ = 0; // events that the running thread may add
  bool dead_end_ = false;

 public:
  static explorer* active_;
};

explorer* explorer::active_ = nullptr;

namespace {

// The explorer at work on behalf of the program: what it allocates is its own.
class inside {
 public:
  inside() : all_(explorer::active_) { arenas::serve(arenas::k_none); }
  inside(const inside&) = delete;
  inside& operator=(const inside&) = delete;
  ~inside() { arenas::serve(thread_of_); }
  explorer* operator->() const { return all_; }

 private:
  explorer* all_;
  std::size_t thread_of_ = arenas::serving();
};

void tell_freed(void* begin, std::size_t bytes) {
  if (exploring()) { inside()->freed(begin, bytes); }
}

} // namespace

verdict explore(const program& what, const options& how) {
  on_free(&tell_freed);
  return explorer(what, how).explore();
}

std::string verdict::text() const {
  const std::string count = std::to_string(executions) + " executions, " + std::to_string(waiting) + " more that wait";
  if (!wrong.empty()) { return wrong + " (after " + count + "):\n" + execution; }
  return complete ? count : "not finished after " + count;
}

void require(bool holds, const char* what) {
  if (!holds) { inside()->wrong(what); }
}
void give_up() { inside()->end_here(); }
void no_load_buffering(const void* object) { inside()->watch_loads(object); }
void note(std::uint64_t seen) { inside()->note(seen); }
bool exploring() noexcept { return explorer::active_ != nullptr; }

namespace hooks {

void construct(const void* object, std::uint64_t value, site where) { inside()->construct(object, value, where); }
void destroy(const void* object) { inside()->touched(object, touch::destroy); }
std::uint64_t load(const void* object, std::memory_order order, site where) {
  return inside()->load(object, order, where);
}
void store(const void* object, std::uint64_t value, std::memory_order order, site where) {
  inside()->store(object, value, order, where);
}
std::uint64_t update(const void* object, std::uint64_t (*change)(std::uint64_t, std::uint64_t), std::uint64_t with,
                     std::memory_order order, site where) {
  return inside()->update(object, change, with, order, where);
}
bool compare(const void* object, std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
             std::memory_order failure, site where) {
  return inside()->compare(object, expected, desired, success, failure, where);
}
void await_other(const void* object, std::uint64_t value, std::memory_order order, site where) {
  inside()->await_other(object, value, order, where);
}
void pause() {
  if (exploring()) { inside()->pause(); }
}
void plain_touch(const void* object, bool writes) {
  if (exploring()) { inside()->touched(object, writes ? touch::write : touch::read); }
}
void plain_begin(const void* object) {
  if (exploring()) { inside()->begins(object); }
}
void plain_end(const void* object) {
  if (exploring()) { inside()->touched(object, touch::destroy); }
}

} // namespace hooks

} // namespace weir::model
