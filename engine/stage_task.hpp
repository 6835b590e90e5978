#pragma once
// stage_task: a stage inside a run, as the scheduler sees it: state word, turn, account, observers.

#include "engine/state_word.hpp"
#include "engine/turn_account.hpp"

#include <weir/observer.hpp>
#include <weir/report.hpp>
#include <weir/stage.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weir::detail {

class run_core;
struct run_part;

class alignas(2 * k_cache_line) stage_task final : public waker {
 public:
  static constexpr std::uint64_t k_unknown_turn = 1'000'000; // ticks, before the first

  stage_task(run_core& run, node& what) : run_(&run), node_(&what) { turn_ticks_.set(k_unknown_turn); }

  /// Something the stage waits for may have happened. Any thread; never waits.
  void wake() noexcept override;
  void unwanted() noexcept override;

  /// Before anybody can wake a stage of the run: parks it at its input if its first turn would find nothing to do.
  void begin_parked() noexcept;
  /// It did: its first item wakes it. Any thread, afterwards.
  [[nodiscard]] bool began_parked() const noexcept { return began_parked_; }
  /// After it was taken from the ready list: one turn that begins at tick `now`, and whatever follows from it; nothing when
  /// the entry was stale. Returns the tick at which the turn ended.
  std::uint64_t execute(bool may_block, std::uint64_t now);
  /// Goes on with a stage that asked for a thread that may block: it is still running.
  void execute_blocking();

  [[nodiscard]] node& what() const noexcept { return *node_; }
  [[nodiscard]] run_core& run() const noexcept { return *run_; }
  /// It asked for a blocking thread before: list it there at once.
  [[nodiscard]] bool blocks() const noexcept { return blocks_.get(); }
  /// Ticks its last turn took: what a turn of it is expected to cost. Much, before the first.
  [[nodiscard]] std::uint64_t turn_ticks() const noexcept { return turn_ticks_.get(); }
  /// Sets that, until the next turn.
  void expect(std::uint64_t ticks) noexcept { turn_ticks_.set(ticks); }
  /// Its wakes are kept until its turn ends.
  [[nodiscard]] bool cheap() const noexcept { return turn_ticks() < k_cheap; }
  /// The part of the run that it should be run with, or null (balance.hpp).
  [[nodiscard]] run_part* belongs_to() const noexcept { return part_.get(); }
  void belongs_to(run_part* p) noexcept { part_.set(p); }
  [[nodiscard]] reason why() const noexcept { return why_.get(); }
  [[nodiscard]] bool done() const noexcept { return state_.peek() == life::done; }
  [[nodiscard]] const edge_base* where() const noexcept { return where_.get(); }
  [[nodiscard]] life state() const noexcept { return state_.peek(); }

  /// The calling thread is in a turn of some stage, of whatever engine.
  [[nodiscard]] static bool on_this_thread() noexcept { return t_turns > 0; }
  /// While it lives, it is. Turns nest where a stage runs a plan on the deterministic backend.
  struct in_a_turn {
    in_a_turn() noexcept { ++t_turns; }
    in_a_turn(const in_a_turn&) = delete;
    in_a_turn& operator=(const in_a_turn&) = delete;
    ~in_a_turn() { --t_turns; }
  };

  /// Before the run.
  void observe(event what, observer call);

  turn_account account;

 private:
  static constexpr std::uint64_t k_cheap = 15'000; // ticks of a turn that nobody has to see the wakes of before it ends

  // Stages that a cheap turn has woken while it published: they are listed when it ends, for then the count that it gives
  // up is theirs.
  struct woken_list : kept_wakes {
    run_core* run = nullptr;
    std::array<stage_task*, 6> stages{};
  };

  // Who listens, and what they were told last; owner only.
  struct audience {
    std::vector<observation> observers; // stage name unused
    std::uint64_t items = 0;
    bool pause = false;
    bool full = false;
  };

  struct woken_here;
  static thread_local woken_list* t_woken;
  static constinit thread_local int t_turns;

  std::uint64_t turn(bool may_block, std::uint64_t begun);
  void settle(verdict v, woken_list& woken);
  void park(verdict v, woken_list& woken);
  void stays_live(woken_list& woken) noexcept;
  static void gives_up(run_core& run, woken_list& woken) noexcept;
  void arm_timer(clock::time_point when);
  void retire(bool success, woken_list& woken);
  void tell(event what, std::uint64_t items = 0);
  void tell_pause(bool full);
  void tell_start();
  void tell_items();
  [[nodiscard]] std::uint64_t items_seen() const noexcept;

  state_word<> state_;
  hint<bool> blocks_{false};
  hint<reason> why_{reason::ready};
  bool began_parked_ = false; // before the run
  bool held_ = false;         // parked, and someone outside the run will bring it back; owner only
  run_core* run_;
  node* node_;
  hint<const edge_base*> where_{nullptr};
  hint<run_part*> part_{nullptr}; // by the run's balance
  counter turn_ticks_;
  clock::time_point armed_{};          // the timer that was set last; owner only
  std::unique_ptr<audience> audience_; // null where nobody listens
};
static_assert(sizeof(stage_task) == 2 * k_cache_line, "what ten thousand open runs have three times each");

} // namespace weir::detail
