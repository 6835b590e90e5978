// The scheduler: a stage is run by one worker at a time and never forgotten; ready work is never left without a drainer.

#include <weir/atomics.hpp>
#include <weir/gate.hpp>
#include <weir/waker.hpp>

#include "engine/drainer_count.hpp"
#include "engine/hand_over_slot.hpp"
#include "engine/run_count.hpp"
#include "engine/state_word.hpp"
#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"
#include "tests/model/models/stage_like.hpp"

#include <cstdint>

namespace weir::model {

namespace {

using detail::act;
using detail::drainer_count;
using detail::life;
using detail::state_word;

// A list that orders nothing: whoever takes an entry learns by it only that there is one.
class bare_list {
 public:
  void push() noexcept {
    entries_.fetch_add(1, order::relaxed); // [relaxed: it stands for a list of which nothing is known]
  }
  [[nodiscard]] bool take() noexcept {
    std::uint32_t n = entries_.load(order::relaxed); // [relaxed: the same]
    while (n > 0) {
      // [relaxed: the same]
      if (entries_.compare_exchange_strong(n, n - 1, order::relaxed, order::relaxed)) { return true; }
    }
    return false;
  }
  void await() const noexcept {
    entries_.wait(0, order::relaxed); // [relaxed: the same]
  }
  [[nodiscard]] std::uint32_t left() const noexcept {
    return entries_.load(order::relaxed); // [relaxed: the same]
  }

 private:
  std_atomics::atomic<std::uint32_t> entries_{0};
};

constexpr int k_spins = 3;

// ---- the state word -----------------------------------------------------------------------------------------------

// Each waker brings news and wakes; the stage's turns go on until it has seen all of them.
program woken_by(int wakers) {
  return [wakers](scene& s) {
    auto& st = s.make<stage_like>();
    auto* const news = new hint<bool>[2];
    st.wake(); // Its first turn runs beside the wakers.
    s.thread("worker", [&st, news, wakers] {
      for (int seen = 0; seen < wakers;) {
        require(st.claim(), "there is one worker");
        seen = 0;
        for (int i = 0; i < wakers; ++i) { seen += news[i].get() ? 1 : 0; }
        if (seen < wakers) { st.park(); }
      }
      st.retire();
    });
    for (int i = 0; i < wakers; ++i) {
      s.thread("waker", [&st, news, i] {
        news[i].set(true);
        st.wake();
      });
    }
    s.after([&st] { require(st.word.peek() == life::done, "a stage that retired stays so"); });
  };
}

// The stage goes from one worker to the other: by a yield, or by a park and a wake.
program from_worker_to_worker(bool parks) {
  return [parks](scene& s) {
    auto& st = s.make<stage_like>();
    st.wake();
    require(st.claim(), "nobody else is there");
    s.thread("one", [&st, parks] {
      st.turns.set(1);
      if (!parks) { return st.yield(); }
      st.park();
      st.wake();
    });
    s.thread("other", [&st] {
      require(st.claim(), "there is one who takes");
      st.park();
    });
  };
}

// The word alone hands a stage over: a waker that finds it parked sees what its last turn did.
program woken_where_it_parked() {
  return [](scene& s) {
    auto& word = s.make<state_word<>>();
    auto& fields = s.make<plain<int>>(0);
    (void)word.apply(act::wake);
    (void)word.apply(act::claim);
    s.thread("worker", [&] {
      fields.set(1);
      (void)word.apply(act::park);
    });
    s.thread("waker", [&] { // On the deterministic backend, and where a thread outside looks why the stage waits.
      if (word.apply(act::wake).from == life::idle) { require(fields.get() == 1, "the last turn is over"); }
    });
  };
}

// A stage that has retired is neither listed nor run by a wake that comes too late.
program woken_too_late() {
  return [](scene& s) {
    auto& st = s.make<stage_like>();
    st.wake();
    s.thread("worker", [&st] {
      require(st.claim(), "there is one worker");
      st.retire();
    });
    s.thread("waker", [&st] { st.wake(); });
    s.after([&st] { require(st.left() == 0 && st.word.peek() == life::done, "nobody lists what has retired"); });
  };
}

// ---- drainers -----------------------------------------------------------------------------------------------------

// The engine as its lister and drainers use it: count_, the list, and drainers that are started through something
// that orders nothing.
struct engine_like {
  explicit engine_like(std::uint32_t threads) : count(threads) {}

  void ready() {
    count.listed();
    list.push();
    if (count.nobody() && count.raise()) { start(); }
  }
  void ready_worth_a_wake() {
    count.listed();
    list.push();
    if (count.raise()) { start(); }
  }
  void start() {
    count.starts();
    starts.push();
  }
  // A thread that oneTBB gives to the engine.
  void thread() {
    starts.await();
    if (!starts.take()) { return; }
    count.begins();
    (void)set_up.get();
    drain();
    count.gone();
  }
  void drain() {
    for (int spins = 0;;) { // A failed take proves nothing: the entry may be on its way.
      if (list.take()) {
        count.taken();
        work.set(work.get() + gift.get());
        continue;
      }
      if (count.leave()) { return; }
      if (++spins == k_spins) { give_up(); }
    }
  }

  drainer_count<> count;
  bare_list list;
  bare_list starts;
  plain<int> set_up{0};
  plain<int> gift{0};
  plain<int> work{0};
};

// A drainer is about to leave while a thread lists. Whoever sees the other, the entry is run.
program listed_while_leaving(std::uint32_t threads) {
  return [threads](scene& s) {
    auto& e = s.make<engine_like>(threads);
    require(e.count.raise(), "the first drainer is welcome");
    s.thread("drainer", [&e] { e.drain(); });
    s.thread("lister", [&e] {
      e.gift.set(1);
      e.count.listed();
      e.list.push();
      if (e.count.nobody() && e.count.raise()) { e.drain(); }
    });
    s.after([&e] {
      require(e.list.left() == 0, "ready work and no active drainer");
      require(e.work.get() == 1, "each entry is run once");
      require(e.count.active_hint() == 0, "each drainer has left");
    });
  };
}

// Two drainers leave at once while a thread lists.
program listed_while_two_leave() {
  return [](scene& s) {
    auto& e = s.make<drainer_count<>>(2u);
    auto& list = s.make<bare_list>();
    for (int i = 0; i < 2; ++i) { require(e.raise(), "two drainers are welcome"); }
    const auto drain = [&] {
      for (int spins = 0; spins < k_spins; ++spins) {
        if (list.take()) {
          e.taken();
        } else if (e.leave()) {
          return;
        }
      }
      give_up();
    };
    s.thread("one", drain);
    s.thread("other", drain);
    s.thread("lister", [&] {
      e.listed();
      list.push();
      if (e.nobody() && e.raise()) { drain(); }
    });
    s.after([&] { require(list.left() == 0 && e.active_hint() == 0, "ready work and no active drainer"); });
  };
}

// With every place taken raise() fails only because somebody is there who will look.
program listed_at_the_limit() {
  return [](scene& s) {
    auto& e = s.make<engine_like>(1u);
    require(e.count.raise(), "the first drainer is welcome");
    s.thread("drainer", [&e] { e.drain(); });
    s.thread("lister", [&e] {
      e.gift.set(1);
      e.count.listed();
      e.list.push();
      if (e.count.raise()) { e.drain(); }
    });
    s.after([&e] { require(e.list.left() == 0 && e.work.get() == 1, "ready work and no active drainer"); });
  };
}

// Two threads list at once with nobody there: one of them starts a drainer, which runs both.
program two_listers() {
  return [](scene& s) {
    auto& e = s.make<engine_like>(1u);
    for (const char* name : {"one", "other"}) {
      s.thread(name, [&e] {
        e.count.listed();
        e.list.push();
        if (e.count.nobody() && e.count.raise()) { e.drain(); }
      });
    }
    s.after([&e] { require(e.list.left() == 0 && e.count.active_hint() == 0, "ready work and no active drainer"); });
  };
}

// A drainer that somebody starts sees the engine; the engine goes after its drainers have.
program started_and_gone() {
  return [](scene& s) {
    auto* const e = new engine_like(1u);
    s.thread("owner", [e] {
      e->set_up.set(1);
      e->gift.set(1);
      e->ready();
      while (!e->count.all_gone()) { std_atomics::pause(); }
      delete e;
    });
    s.thread("drainer", [e] { e->thread(); });
  };
}

// A thread that is no drainer lists a run's last entry, and looks afterwards whether somebody is there: the engine, which goes when the
// run is over, waits for it.
program visited_and_gone() {
  return [](scene& s) {
    auto* const e = new engine_like(1u);
    auto& run = s.make<detail::run_count<>>(0);
    e->count.starts();
    s.thread("drainer", [e, &run] {
      e->list.await();
      require(e->list.take(), "it was listed");
      e->count.taken();
      run.end();
      e->count.gone();
    });
    s.thread("visitor", [e] {
      e->count.visits();
      e->count.listed();
      e->list.push();
      (void)e->count.nobody();
      e->count.left();
    });
    s.thread("owner", [e, &run] {
      run.wait();
      while (!e->count.all_gone()) { std_atomics::pause(); }
      delete e;
    });
  };
}

// ---- slots: what a worker holds for itself, and what it is sent -------------------------------------------------------

// Workers that have nothing but their slots, as pool.cpp uses them: what a worker hands over to itself is not counted in R,
// what another sends it is; anybody takes from both.
struct slots_like {
  using slot = detail::hand_over_slot<plain<int>>;

  void run(plain<int>& entry) { entry.set(entry.get() + 1); }
  // Looks into all slots until none holds anything and it may leave.
  void drain() {
    for (int spins = 0;;) {
      if (plain<int>* const own = hand_over.take()) {
        run(*own);
      } else if (plain<int>* const sent = inbox.take()) {
        count.taken();
        run(*sent);
      } else if (count.leave()) {
        return;
      } else if (++spins == k_spins) {
        give_up();
      }
    }
  }

  drainer_count<> count{2u};
  slot hand_over;
  slot inbox;
  plain<int> first{0};
  plain<int> second{0};
};

// A worker hands over to itself and another one looks there: the entry is run once, though R does not know of it.
program handed_over_uncounted() {
  return [](scene& s) {
    auto& e = s.make<slots_like>();
    for (int i = 0; i < 2; ++i) { require(e.count.raise(), "two drainers are welcome"); }
    s.thread("owner", [&e] {
      e.first.set(1); // what its turn did for the stage that it wakes
      require(e.hand_over.give(e.first) == nullptr, "the slot was empty");
      e.drain();
    });
    s.thread("thief", [&e] { e.drain(); });
    s.after([&e] {
      require(e.first.get() == 2, "an entry that is handed over is run once");
      require(e.count.active_hint() == 0 && e.count.ready_hint() == 0, "each drainer has left");
    });
  };
}

// A worker lists for itself and stays until nothing is left there, while another one takes from it: the entry is run once and
// seen whole by whoever runs it.
program listed_for_itself() {
  return [](scene& s) {
    auto& listed = s.make<detail::own_list<>>();
    auto& list = s.make<bare_list>();
    auto& entry = s.make<plain<int>>(0);
    const auto try_run = [&] {
      if (listed.none() || !list.take()) { return false; }
      listed.taken();
      entry.set(entry.get() + 1);
      return true;
    };
    s.thread("owner", [&, try_run] {
      entry.set(1);
      listed.listed();
      list.push();
      for (int spins = 0; !listed.none();) { // A failed take proves nothing.
        if (!try_run() && ++spins == k_spins) { give_up(); }
      }
    });
    s.thread("thief", [try_run] { (void)try_run(); });
    s.after([&] {
      require(list.left() == 0 && listed.none(), "the owner leaves nothing behind");
      require(entry.get() == 2, "an entry is run once");
    });
  };
}

// A worker is sent an entry while it leaves: whoever stays finds it there.
program sent_while_leaving() {
  return [](scene& s) {
    auto& e = s.make<slots_like>();
    for (int i = 0; i < 2; ++i) { require(e.count.raise(), "two drainers are welcome"); }
    s.thread("home", [&e] { e.drain(); });
    s.thread("sender", [&e] {
      e.first.set(1);
      e.count.listed();
      require(e.inbox.give(e.first) == nullptr, "nobody else sends");
      e.drain();
    });
    s.after([&e] {
      require(e.first.get() == 2, "an entry that is sent is run once");
      require(e.count.active_hint() == 0 && e.count.ready_hint() == 0, "each drainer has left");
    });
  };
}

// Two send at once: who displaces the other's entry lists it, and its count stays what it was.
program two_send() {
  return [](scene& s) {
    auto& e = s.make<slots_like>();
    auto& ran = s.make<std_atomics::atomic<int>>(0);
    const auto send = [&e, &ran](plain<int>& entry) {
      entry.set(1);
      e.count.listed();
      plain<int>* const displaced = e.inbox.give(entry);
      if (displaced == nullptr) { return; }
      e.count.taken();
      e.run(*displaced);
      ran.fetch_add(1, order::relaxed); // [relaxed: a count for the check below]
    };
    s.thread("one", [&e, send] { send(e.first); });
    s.thread("other", [&e, send] { send(e.second); });
    s.after([&e, &ran] {
      // [relaxed: all threads have ended]
      require(ran.load(order::relaxed) == 1 && e.count.ready_hint() == 1, "one entry displaces the other");
      require(e.first.get() + e.second.get() == 3, "which is seen whole");
    });
  };
}

// The beat goes to rest while a drainer starts: one of the two arms the timer again (heartbeat.cpp).
program beat_at_rest() {
  return [](scene& s) {
    auto& count = s.make<drainer_count<>>(1u);
    auto& resting = s.make<gate<>>();
    auto& armed = s.make<std_atomics::atomic<int>>(0);
    const auto arm = [&armed] {
      armed.fetch_add(1, order::relaxed); // [relaxed: a count for the check below]
    };
    s.thread("beat", [&, arm] {
      resting.raise(wish::level);
      if (!count.nobody() && resting.raised() != wish::none && resting.take()) { arm(); }
    });
    s.thread("starter", [&, arm] {
      require(count.raise(), "the first drainer is welcome");
      if (resting.raised() != wish::none && resting.take()) { arm(); }
    });
    s.after([&armed] {
      // [relaxed: all threads have ended]
      require(armed.load(order::relaxed) == 1, "drainers without a beat");
    });
  };
}

} // namespace

std::vector<named_model> scheduler_models() {
  return {
      {"state.one_waker", "a wake at any moment of a turn is followed by a turn that sees its news", woken_by(1)},
      {"state.two_wakers", "the same for two at once", woken_by(2)},
      {"state.yield", "a stage's fields go from worker to worker with a yield", from_worker_to_worker(false)},
      {"state.park", "and with a park and a wake", from_worker_to_worker(true)},
      {"state.parked", "a waker that finds a stage parked sees what its last turn did", woken_where_it_parked()},
      {"state.late", "a wake after the end lists nothing", woken_too_late()},
      {"drain.leave", "an entry listed while the only drainer leaves is run", listed_while_leaving(1)},
      {"drain.leave_2", "the same with room for a second drainer", listed_while_leaving(2)},
      {"drain.two_leave", "an entry listed while two drainers leave is run", listed_while_two_leave()},
      {"drain.limit", "an entry listed at the limit is run by who is there", listed_at_the_limit()},
      {"drain.two_listers", "two list at once, and both entries are run", two_listers()},
      {"drain.started", "a started drainer sees the engine, which outlives it", started_and_gone()},
      {"drain.visited", "the engine outlives who lists a run's last entry", visited_and_gone()},
      {"drain.handed", "an entry that R does not count is run by its worker or by who took it",
       handed_over_uncounted()},
      {"drain.own", "an entry that a worker lists for itself is run by it or by who took it", listed_for_itself()},
      {"drain.sent", "an entry that is sent to a worker that leaves is run", sent_while_leaving()},
      {"drain.two_send", "of two entries that are sent at once one displaces the other", two_send()},
      {"drain.beat", "drainers never work without a beat", beat_at_rest()},
  };
}

} // namespace weir::model
