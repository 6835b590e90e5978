#pragma once
// balance: which of a run's stages should stay with one worker.
//
// A chain of cheap stages is fastest where its data is: on one core. When one worker cannot keep up with a run and a thread
// is free, the run is cut between two stages, and what lies behind the cut is meant for another worker. It is a trial: when
// the run gets hardly faster, the cut is taken back, and the next trial comes later. While a cut stands, it wanders to
// where both sides have the same work. A worker that has several such runs gives a whole one away instead.
//
//   front          behind                     a part: stages in a row that one worker should run
//   source a b c | d e f sink                 its home: the worker that took it up
//
// What a trial brought is remembered for the engine's other runs too: where the machine's cores are far apart, runs of a few
// milliseconds would lose a part of their time to a trial each.
//
// All of it is advice. A worker runs whatever it finds, and a wrong home costs time, nothing else: so parts are made of
// hints, which order nothing.
//
//   function   who                              waits  progress
//   review     a worker that has a stage of it  no     wait-free; of several at once, one does it

#include "engine/hand_over_slot.hpp"
#include "engine/task_row.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::detail {

/// Stages in a row that one worker should run.
struct run_part {
  hint<const void*> home{nullptr};    // by the worker that takes it up
  hint<const void*> not_for{nullptr}; // by the reviewer: the worker that it was taken from
};

/// The worker that reviews one of its runs.
struct reviewer {
  const void* worker;
  std::uint64_t now; // tick
  bool pressed;      // it has no time left, and a thread is free
  bool several;      // it has other runs too
};

/// When the runs of one engine may try a cut. Any worker, at any time; late and lost updates cost a trial.
class cut_trials {
 public:
  /// Whether a run may try one at tick `now`.
  [[nodiscard]] bool due(std::uint64_t now) const noexcept { return now > next_.get(); }
  /// Taken for a failure until it succeeded(): a run may end before its trial does.
  void begins(std::uint64_t now) noexcept {
    next_.set(now + patience_.get());
    patience_.set(std::min(2 * patience_.get(), k_longest));
  }
  void succeeded() noexcept {
    next_.set(0);
    patience_.set(k_shortest);
  }

 private:
  static constexpr std::uint64_t k_shortest = 30'000'000; // ticks, about ten milliseconds
  static constexpr std::uint64_t k_longest = 16 * k_shortest;

  hint<std::uint64_t> next_{0};
  hint<std::uint64_t> patience_{k_shortest};
};

class balance {
 public:
  static constexpr std::uint64_t k_period = 1'500'000; ///< ticks between two reviews, about half a millisecond

  explicit balance(task_row& stages) : stages_(&stages) {}

  /// Looks at what the stages did since the last review. `trials`: the engine's. True: a part waits for one more worker.
  [[nodiscard]] bool review(const reviewer& by, cut_trials& trials) noexcept;

 private:
  enum class phase : std::uint8_t { whole, settling, trial, cut };

  [[nodiscard]] bool decide(const reviewer& by, cut_trials& trials);
  void measure(std::uint64_t now);
  [[nodiscard]] bool heavy() const noexcept;
  [[nodiscard]] bool gives_away(const reviewer& by) noexcept;
  [[nodiscard]] bool try_cut(const reviewer& by);
  void enter(phase next) noexcept;
  void wander() noexcept;
  void assign() noexcept;
  void take_back(std::uint64_t now) noexcept;

  task_row* stages_;
  waiters_place<> place_; // all below is written by who is in it, and read there; a part's hints by every worker
  phase phase_ = phase::whole;
  run_part front_; // or all of a run that was given away
  run_part behind_;
  std::size_t cut_ = 0;                    // the first stage behind it
  std::vector<std::uint64_t> busy_before_; // ticks, a stage each
  std::vector<std::uint64_t> busy_;        // since the last review
  std::uint64_t reviewed_at_ = 0;
  std::uint64_t items_before_ = 0;
  double rate_ = 0;            // items a tick since the last review
  double mean_ = 0;            // of the rates since the phase began
  std::uint64_t looks_ = 0;    // reviews since then
  double rate_whole_ = 0;      // before the cut
  std::uint64_t retry_at_ = 0; // tick of the next trial
  std::uint64_t patience_ =
      30'000'000; // ticks from a trial that failed to the next: ten milliseconds, doubled each time
};

} // namespace weir::detail
