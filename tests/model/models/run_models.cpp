// The run's count: it ends once, after all its stages, with everything they did; and it is never taken for stalled or over
// while somebody is about to wake it.

#include <weir/atomics.hpp>

#include "engine/hand_over_slot.hpp"
#include "engine/run_count.hpp"
#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"
#include "tests/model/models/stage_like.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace weir::model {

namespace {

using detail::run_count;

// A run as run_core keeps it: what its stages did, and how it ended.
struct run_like {
  explicit run_like(int stages) : count(stages) {}

  void work(int stage) { (stage == 0 ? first : second).set(1); }
  // run_core::rests()
  void rests() {
    while (const std::optional<std::uint64_t> last = count.rests()) {
      if (count.all_closed()) { return end(); }
      if (!waits_outside.get()) {
        if (!count.still(*last)) { continue; }
        outcome.set(2);
        return;
      }
      if (count.leaves(*last)) { return; }
    }
  }
  void retire() {
    count.one_closed();
    rests();
  }
  void end() {
    require(first.get() + second.get() == expected, "who ends a run sees all that its stages did");
    outcome.set(1);
    count.end();
  }

  run_count<> count;
  hint<bool> waits_outside{false};
  plain<int> first{0};
  plain<int> second{0};
  plain<int> outcome{0};
  int expected = 0;
};

// Stages on two workers work and retire; whoever is last ends the run.
program two_retire() {
  return [](scene& s) {
    auto& r = s.make<run_like>(2);
    r.expected = 2;
    r.count.stirs(); // The starter's own count serves the second stage.
    for (int stage = 0; stage < 2; ++stage) {
      s.thread("worker", [&r, stage] {
        r.work(stage);
        r.retire();
      });
    }
    s.after([&r] { require(r.count.over() && r.outcome.get() == 1, "a run ends once all stages have closed"); });
  };
}

// A stage closes early and gives up its count later; another one, which never rests itself, finds all closed.
program closed_by_another() {
  return [](scene& s) {
    auto& r = s.make<run_like>(2);
    r.expected = 2;
    r.count.stirs();
    s.thread("worker", [&r] {
      r.work(0);
      r.count.one_closed();
      r.work(0); // Its close observers run after it has counted.
      r.rests();
    });
    s.thread("other", [&r] {
      r.work(1);
      r.retire();
    });
    s.after([&r] { require(r.count.over(), "a run ends once all stages have closed"); });
  };
}

// Whoever waits may free the run.
program waiter_frees() {
  return [](scene& s) {
    auto* const r = new run_like(1);
    r->expected = 1;
    s.thread("worker", [r] {
      r->work(0);
      r->retire();
    });
    s.thread("waiter", [r] {
      r->count.wait();
      require(r->outcome.get() == 1, "who sees the end sees the outcome");
      delete r;
    });
  };
}

program seen_over() {
  return [](scene& s) {
    auto* const r = new run_like(1);
    r->expected = 1;
    s.thread("worker", [r] {
      r->work(0);
      r->retire();
    });
    s.thread("looker", [r] {
      while (!r->count.over()) { std_atomics::pause(); }
      require(r->outcome.get() == 1, "who sees the end sees the outcome");
      delete r;
    });
  };
}

// Two stages. One is parked where somebody outside stands, and is woken from there; its turn is its last. The other's
// worker rests meanwhile, and must not take the run for stalled: it looks whom the parked stage waits for.
program woken_from_outside() {
  return [](scene& s) {
    auto& r = s.make<run_like>(2);
    r.expected = 2;
    r.waits_outside.set(true);
    no_load_buffering(&r.waits_outside);
    s.thread("worker", [&r] {
      r.work(0);
      r.retire();
    });
    s.thread("outside", [&r] {
      r.count.stirs();
      r.waits_outside.set(false); // The turn that follows the wake.
      r.work(1);
      r.retire();
    });
    s.after([&r] { require(r.outcome.get() == 1, "a run that somebody has woken is taken for stalled"); });
  };
}

// What was looked at before still() is no later than it: nothing that a waker does after its stir can have been seen.
program looked_before_still() {
  return [](scene& s) {
    auto& r = s.make<run_like>(1);
    no_load_buffering(&r.waits_outside);
    s.thread("worker", [&r] {
      if (const auto ticket = r.count.rests()) {
        (void)r.waits_outside.get();
        (void)r.count.still(*ticket);
      }
    });
    s.thread("outside", [&r] {
      r.count.stirs();
      r.waits_outside.set(true);
    });
  };
}

// A stage rests and is not the last: its work must be seen by whoever ends the run.
program rests_in_between() {
  return [](scene& s) {
    auto& r = s.make<run_like>(1);
    r.expected = 2;
    r.waits_outside.set(true);
    s.thread("worker", [&r] {
      r.work(0);
      r.rests();
    });
    s.thread("outside", [&r] {
      r.count.stirs();
      r.work(1);
      r.retire();
    });
    s.after([&r] { require(r.count.over() && r.outcome.get() == 1, "a run ends once all stages have closed"); });
  };
}

// ---- a count that goes from stage to stage ----------------------------------------------------------------------------

// A turn wakes a stage, parks, and its count is now that stage's: run_count's word does not change. Whoever took the stage
// ends the run, and sees what the turn did.
program count_handed_on() {
  return [](scene& s) {
    auto& r = s.make<run_like>(1);
    auto& place = s.make<detail::hand_over_slot<plain<int>>>();
    auto& entry = s.make<plain<int>>(0);
    r.expected = 2;
    s.thread("worker", [&] {
      r.work(0);
      require(place.give(entry) == nullptr, "the slot was empty"); // stage_task::gives_up()
    });
    s.thread("thief", [&] {
      while (place.take() == nullptr) { std_atomics::pause(); }
      r.work(1);
      r.retire();
    });
    s.after([&r] { require(r.count.over() && r.outcome.get() == 1, "the count that was handed on is the last"); });
  };
}

// The turn has woken two: one gets its count, the other a new one before either is listed. The first may be over before
// the second is listed.
program count_for_two() {
  return [](scene& s) {
    auto& r = s.make<run_like>(2);
    auto& place = s.make<detail::hand_over_slot<plain<int>>>();
    auto& entry = s.make<plain<int>>(0);
    r.expected = 2;
    s.thread("worker", [&] {
      r.count.stirs(1);
      require(place.give(entry) == nullptr, "the slot was empty");
      r.work(0); // It runs the other itself.
      r.retire();
    });
    s.thread("thief", [&] {
      while (place.take() == nullptr) { std_atomics::pause(); }
      r.work(1);
      r.retire();
    });
    s.after([&r] { require(r.count.over() && r.outcome.get() == 1, "a run ends once both have closed"); });
  };
}

// A turn hands its count on while somebody outside wakes another stage and takes it back: nobody takes the run for still.
program handed_on_beside_a_wake() {
  return [](scene& s) {
    auto& r = s.make<run_like>(1);
    auto& place = s.make<detail::hand_over_slot<plain<int>>>();
    auto& entry = s.make<plain<int>>(0);
    r.expected = 1;
    s.thread("worker", [&] { require(place.give(entry) == nullptr, "the slot was empty"); });
    s.thread("thief", [&] {
      while (place.take() == nullptr) { std_atomics::pause(); }
      r.work(0);
      r.retire();
    });
    s.thread("outside", [&] { // It wakes a stage that was ready already.
      r.count.stirs();
      r.rests();
    });
    s.after([&r] { require(r.count.over() && r.outcome.get() == 1, "the run ends once and is never stalled"); });
  };
}

// ---- a stage of a run, as stage_task keeps it -----------------------------------------------------------------------

struct running_stage {
  // stage_task::wake()
  void wake() {
    run.count.stirs();
    if (!stage.wakes()) { run.rests(); }
  }
  // A turn of the only worker: true when it was the last.
  bool turn() {
    require(stage.claim(), "there is one worker");
    if (std::exchange(held, false)) { run.rests(); }
    if (!cancelled.get()) {
      held = true; // A timer is armed: the run is not still while it is.
      run.count.stirs();
      if (stage.park()) { run.rests(); }
      return false;
    }
    stage.retire();
    run.retire();
    return true;
  }

  run_like run{1};
  stage_like stage;
  hint<bool> cancelled{false};
  bool held = false; // the worker's
};

// A timer fires and the run is cancelled, in any order, while the stage parks: it ends once, and is never taken for stalled.
program timer_and_cancel() {
  return [](scene& s) {
    auto& st = s.make<running_stage>();
    st.held = true; // It is parked with a timer, which holds the run's only count.
    s.thread("worker", [&st] {
      while (!st.turn()) {}
    });
    s.thread("timer", [&st] { st.wake(); });
    s.thread("cancel", [&st] {
      st.cancelled.set(true);
      st.wake();
    });
    s.after([&st] { require(st.run.count.over() && st.run.outcome.get() == 1, "a cancelled run ends"); });
  };
}

// Nobody left who could wake it: the last one says so, and has seen what the others did.
program really_stalled() {
  return [](scene& s) {
    auto& r = s.make<run_like>(2);
    r.count.stirs();
    for (int stage = 0; stage < 2; ++stage) {
      s.thread("worker", [&r, stage] {
        r.work(stage);
        r.rests();
      });
    }
    s.after([&r] { require(r.outcome.get() == 2, "a stall is noticed by whoever rests last"); });
  };
}

} // namespace

std::vector<named_model> run_models() {
  return {
      {"run.two_retire", "whoever retires last ends the run and sees all", two_retire()},
      {"run.by_another", "a stage that has closed is seen as such by whoever rests last", closed_by_another()},
      {"run.wait", "who has waited sees the outcome and may free the run", waiter_frees()},
      {"run.over", "the same for who only looks", seen_over()},
      {"run.outside", "a run that somebody outside has woken is not stalled", woken_from_outside()},
      {"run.look", "what still() confirms was looked at before whoever stirs next", looked_before_still()},
      {"run.rests", "what a stage did before it rested is seen at the end", rests_in_between()},
      {"run.timer_cancel", "a timer and a cancel at once: the stage sees the cancel and the run ends once",
       timer_and_cancel()},
      {"run.handed_on", "a count that a turn hands on brings what the turn did", count_handed_on()},
      {"run.for_two", "a turn that has woken two: the run ends after both", count_for_two()},
      {"run.handed_wake", "a count is handed on beside a wake from outside, and the run ends once",
       handed_on_beside_a_wake()},
      {"run.stall", "a stall is noticed", really_stalled()},
  };
}

} // namespace weir::model
