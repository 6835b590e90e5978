#pragma once
// pool: the engine proper. Elastic drainers on oneTBB empty the list of ready stages, downstream first.
//
// A drainer is a oneTBB task that runs ready stages, spins about one wake cost when there are none, naps (nap_place.hpp)
// and returns. A stage
// made ready by a worker goes into that worker's hand-over slot and runs next, with its data still in the cache; where the
// run is cut (balance.hpp), into the inbox of the worker at whom its part has its home. The slot is not counted as ready
// work: its worker is active, and looks there before it leaves. All else is.
//
// Others take a worker's entries only while it has been in one turn for k_steal_age: entries of cheap chains are gone
// sooner, and moving their data between cores costs more than it gains; or once it has left, for its list may have hidden
// an entry from it, or it was sent one as it left. Another drainer is started when there is none at all (an obligation, see
// drainer_count.hpp) or when the work that waits is worth more than a wake.
//
//   function                  who                 waits                    progress
//   ready                     anyone              no                       lock-free
//   blocking, wake_at         a worker            a short lock             –
//   drain                     a drainer           no, spins a bounded time –
//   join                      who waits for a run until the run is over    –

#include "engine/blocking_threads.hpp"
#include "engine/drainer_count.hpp"
#include "engine/hand_over_slot.hpp"
#include "engine/heartbeat.hpp"
#include "engine/nap_place.hpp"
#include "engine/ready_queue.hpp"
#include "engine/run_core.hpp"
#include "engine/scheduler.hpp"
#include "engine/tbb_arena.hpp"
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
  /// Throws std::logic_error inside a stage.
  void join(run_core& run) override;

  /// On the timer's thread, while drainers are active.
  void beat() noexcept;

  // ---- scheduler ----
  void ready(stage_task& stage) noexcept override;
  void again(stage_task& stage) noexcept override;
  void blocking(stage_task& stage) override { blocking_.submit(stage, true); }
  /// On a worker the timer is set when there is nothing else to do, or about ten microseconds later: telling the timer's
  /// thread costs more than passing an item on through a chain.
  void wake_at(clock::time_point when, waker& stage, std::weak_ptr<void> alive) override;
  [[nodiscard]] clock::time_point now() noexcept override { return clock::now(); }
  [[nodiscard]] turn_budget budget(std::uint64_t begun) noexcept override;
  [[nodiscard]] std::size_t threads() const noexcept override { return threads_; }

 private:
  // One a thread that may drain: the arena's slots, then the joined waiter's.
  struct alignas(2 * k_cache_line) worker {
    hand_over_slot<stage_task> hand_over;   // given by the owner
    hand_over_slot<stage_task> inbox;       // given by others: stages whose home is here
    hint<bool> searching{false};            // it drains and finds nothing
    counter turn_began;                     // ticks; 0 between turns, k_gone while nobody drains here
    hint<const stage_task*> stage{nullptr}; // whose turn it is; only to compare
    std::uint64_t told = 0;                 // the turn that was reported as slow; heartbeat only
    std::size_t slot = 0;
    std::size_t streak = 0;         // its own stages run in a row; owner only
    std::vector<timer> timers;      // to be set; owner only
    std::uint64_t timers_since = 0; // tick of the turn that asked for the first of them; owner only
    std::uint64_t in_vain = 0;      // waits for work in a row that brought none; owner only
    std::uint64_t looked_round = 0; // tick of its last look at the others; owner only
    std::uint64_t reviewed = 0;     // tick of its last review; owner only
    std::uint64_t idle = 0;         // ticks without work since then; owner only
    bool beginning = false;         // it lists a new run's stages, to run them all itself; owner only
  };

  // A turn that began long ago: others may take what is listed here.
  static constexpr std::uint64_t k_gone = 1;

  static void drain_entry(void* self) noexcept;
  void drain(worker& me) noexcept;
  [[nodiscard]] static std::uint64_t patience(const worker& me) noexcept;
  void set_timers(worker& me) noexcept;
  [[nodiscard]] stage_task* next(worker& me, std::uint64_t now) noexcept;
  [[nodiscard]] stage_task* held_by(worker& who) noexcept;
  [[nodiscard]] stage_task* listed_by(std::size_t slot) noexcept;
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
  void list(stage_task& stage, std::size_t slot) noexcept;
  void start_if_worth(std::uint64_t cost) noexcept;
  void start_drainer() noexcept;
  void arm_beat() noexcept;
  void wake_around(const worker& w) noexcept;
  void tell_slow(worker& w, std::uint64_t began, std::uint64_t so_far) noexcept;

  const std::size_t threads_;
  drainer_count<> count_;
  ready_queue queue_;
  std::vector<worker> workers_;
  waiters_place<> waiter_;

  std::mutex runs_mutex_; // starts and ends of runs
  std::vector<std::shared_ptr<run_core>> runs_;

  const slow_turn_watch watch_;
  std::shared_ptr<heartbeat> beat_;
  nap_place nap_;
  blocking_threads blocking_;
  timer_thread timers_;
  tbb_arena arena_; // last: no drainer outlives the rest
};

} // namespace weir::detail
