#pragma once
// pool: the engine proper. Elastic drainers on oneTBB empty the list of ready stages, downstream first.
//
// A drainer is a oneTBB task that runs ready stages, spins about one wake cost when there are none and no other drainer does so
// already, naps (drainer_places.hpp) and returns. A stage
// made ready by a worker goes into that worker's hand-over slot and runs next, with its data still in the cache; where the
// run is cut (balance.hpp), into the inbox of the worker at whom its part has its home. What a worker has more than that it lists
// for itself. Neither is counted as ready work: the worker is active, and does not leave before there is none. So chains that
// stay at their workers share no line. All else is counted.
//
// Others take a worker's entries only while it has been in one turn for k_steal_age: entries of cheap chains are gone
// sooner, and moving their data between cores costs more than it gains; or once it has left, for it may have been sent one as
// it left. Another drainer is started when there is none at all (an obligation, see
// drainer_count.hpp) or when the work that waits is worth more than a wake: that of a new run, whose cost nobody knows, is if no
// drainer is about to look. Life and the waiting thread: pool.cpp; listing:
// pool_list.cpp; draining: pool_drain.cpp.
//
//   function                  who                 waits                    progress
//   ready                     anyone              no                       lock-free
//   blocking, wake_at         a worker            a short lock             –
//   drain                     a drainer           no, spins a bounded time –
//   join                      who waits for a run until the run is over    –

#include "engine/blocking_threads.hpp"
#include "engine/drainer_count.hpp"
#include "engine/drainer_places.hpp"
#include "engine/hand_over_slot.hpp"
#include "engine/heartbeat.hpp"
#include "engine/own_timers.hpp"
#include "engine/ready_queue.hpp"
#include "engine/run_core.hpp"
#include "engine/scheduler.hpp"
#include "engine/tbb_threads.hpp"
#include "engine/timer_thread.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace weir::detail {

class engine_core final : public scheduler {
 public:
  engine_core(std::size_t threads, slow_turn_watch watch);
  engine_core(const engine_core&) = delete;
  engine_core& operator=(const engine_core&) = delete;
  ~engine_core();

  /// Starts a run and keeps it until it is over.
  /// A caller that is about to join works for it from its first stage on, and no thread is woken for that.
  void start(std::shared_ptr<run_core> run, bool joining) override;
  [[nodiscard]] std::shared_ptr<run_core> let_go(const run_core& run) noexcept override;
  void visits() noexcept override { count_.visits(); }
  /// Throws std::logic_error inside a stage.
  void join(run_core& run) override;

  /// On the timer's thread, while drainers are active.
  void beat() noexcept;

  // ---- scheduler ----
  void ready(stage_task& stage) noexcept override;
  void again(stage_task& stage) noexcept override;
  void blocking(stage_task& stage) override { blocking_.submit(stage, true); }
  /// On a worker the timer stays with it while it has nothing else to do for longer than ten microseconds, and it naps until then: telling
  /// the timer's thread costs more than passing an item on through a chain.
  void wake_at(clock::time_point when, waker& stage, std::weak_ptr<void> alive) override;
  [[nodiscard]] clock::time_point now() noexcept override { return clock::now(); }
  [[nodiscard]] turn_budget budget(std::uint64_t begun) noexcept override;
  [[nodiscard]] std::size_t threads() const noexcept override { return threads_; }

 private:
  // One a thread that may drain: the places' at oneTBB, then the joined waiter's.
  struct alignas(2 * k_cache_line) worker {
    hand_over_slot<stage_task> hand_over;   // given by the owner
    own_list<> listed;                      // in the queue's list of this slot
    hand_over_slot<stage_task> inbox;       // given by others: stages whose home is here
    hint<bool> searching{false};            // it drains and finds nothing
    counter turn_began;                     // ticks; 0 between turns, k_gone while nobody drains here
    counter expects;                        // ticks that the turn is expected to take
    hint<const stage_task*> stage{nullptr}; // whose turn it is; only to compare
    std::uint64_t told = 0;                 // the turn that was reported as slow; heartbeat only
    std::size_t slot = 0;                   // its number, and its place at oneTBB
    std::size_t streak = 0;                 // its own stages run in a row; owner only
    own_timers timers;                      // not left to the timer's thread
    std::uint64_t timers_since = 0;         // tick of the turn that asked for the first of them; owner only
    std::uint64_t in_vain = 0;              // waits for work in a row that brought none; owner only
    std::uint64_t looked_round = 0;         // tick of its last look at the others; owner only
    std::uint64_t reviewed = 0;             // tick of its last review; owner only
    const run_core* reviewed_run = nullptr; // whose stage it had then; only to compare
    std::uint64_t idle = 0;                 // ticks without work since then; owner only
    bool beginning = false;                 // it lists a new run's stages, to run them all itself; owner only
  };

  static constexpr std::uint64_t k_gone = 1; // instead of a turn's begin: others may take what is listed here

  // In ticks of a few gigahertz; rough on purpose.
  static constexpr std::uint64_t k_quantum = 150'000;  // a turn's length, about 50 microseconds
  static constexpr std::uint64_t k_spin = 150'000;     // about what waking a thread costs
  static constexpr std::uint64_t k_steal_age = 15'000; // a cheap turn is shorter than this

  // What the thread is for the engine it drains, if it does.
  static constinit thread_local engine_core* t_engine;
  static constinit thread_local worker* t_worker;

  static void drain_entry(void* self, std::size_t place) noexcept;
  void drain(worker& me) noexcept;
  [[nodiscard]] std::uint64_t patience(const worker& me) const noexcept;
  /// Another drainer looks for work, and is the one to go on with it.
  [[nodiscard]] bool others_search(const worker& me) const noexcept;
  /// A drainer looks for work, or will after a turn that should end within so many ticks of its begin.
  [[nodiscard]] bool somebody_comes(std::uint64_t within) const noexcept;
  /// What a stage that was listed from outside is worth, whose turn is expected to take `cost`.
  [[nodiscard]] std::uint64_t worth_from_outside(std::uint64_t cost) const noexcept;
  /// The drainer leaves, if nothing is to be done. False: it stays.
  [[nodiscard]] bool leaves(worker& me) noexcept;
  /// Naps, if nobody does, until it is called or a timer of its own is due. True: it is an active drainer again.
  [[nodiscard]] bool naps(worker& me) noexcept;
  /// Wakes whose time has come among the worker's own timers. True: there were such.
  bool fire_due(worker& me) noexcept;
  /// Leaves the worker's timers to the timer's thread. The worker, or the beat.
  void set_timers(worker& of) noexcept;
  [[nodiscard]] stage_task* next(worker& me, std::uint64_t now) noexcept;
  [[nodiscard]] stage_task* held_by(worker& who) noexcept;
  [[nodiscard]] stage_task* listed_outside() noexcept;
  void hand_on(stage_task& stage, worker& me) noexcept;
  /// Where a stage that `me` made ready should run: at me, at another worker that is there, or (null) at any other.
  [[nodiscard]] worker* home_of(const stage_task& stage, worker& me) noexcept;
  /// Takes up the part of a stage that has no home.
  void take_up(const stage_task& stage, worker& me) noexcept;
  [[nodiscard]] bool anybody_free(const worker& me) const noexcept;
  void review(stage_task& stage, worker& me, std::uint64_t now) noexcept;
  [[nodiscard]] stage_task* steal(worker& me, std::uint64_t now) noexcept;
  /// `cost`: ticks that a turn of what was listed is expected to take.
  [[nodiscard]] bool worth_a_wake(std::uint64_t cost) const noexcept;
  /// One turn that begins now; the tick at which it ended.
  std::uint64_t run_stage(stage_task& stage, worker& me, std::uint64_t now) noexcept;
  /// On the waiter's place, if it is free, as an active drainer: drains for one run until it is over, nothing was ready for
  /// a while, or another run's stage turned up. `begin`: begins the run first. False: there was no place.
  [[nodiscard]] bool work_for(run_core& run, bool begin) noexcept;
  void drain_for(run_core& run, worker& me, bool begin) noexcept;
  [[nodiscard]] bool to_blocking_thread(stage_task& stage) noexcept;
  void list(stage_task& stage) noexcept;
  void list_here(stage_task& stage, worker& me) noexcept;
  void start_if_worth(std::uint64_t cost) noexcept;
  void start_drainer() noexcept;
  void arm_beat(clock::duration from_now = beat_pace::k_period) noexcept;
  void wake_around(const worker& w) noexcept;
  void tell_slow(worker& w, std::uint64_t began, std::uint64_t so_far) noexcept;

  const std::size_t threads_;
  drainer_count<> count_;
  ready_queue queue_;
  std::vector<worker> workers_;
  waiters_place<> waiter_;
  cut_trials trials_;

  std::mutex runs_mutex_; // starts and ends of runs
  std::vector<std::shared_ptr<run_core>> runs_;

  const slow_turn_watch watch_;
  std::shared_ptr<heartbeat> beat_;
  beat_pace pace_; // of beat_
  drainer_places places_;
  blocking_threads blocking_;
  timer_thread timers_;
  tbb_threads threads_of_tbb_; // last: no drainer outlives the rest
};

} // namespace weir::detail
