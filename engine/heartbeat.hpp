#pragma once
// heartbeat: while drainers are active, a timer looks after workers that have been in one turn for long.
//
// Other stages that became ready at such a worker are worth a drainer of their own, however cheap they are; and a body that
// keeps a compute worker longer than the user allows is named. It also sends a drainer home that naps from one beat to the next but
// one (drainer_places.hpp). Beats only while there are drainers or nappers, and seldom while nobody keeps others waiting.

#include <weir/clock.hpp>
#include <weir/gate.hpp>
#include <weir/waker.hpp>

#include <algorithm>
#include <chrono>

namespace weir::detail {

class engine_core;

/// The time between beats. The timer's thread only.
class beat_pace {
 public:
  static constexpr clock::duration k_period = std::chrono::milliseconds(20);
  static constexpr clock::duration k_slowest = 4 * k_period; // each beat is a thread that wakes

  /// Until the next beat: twice as long as before, up to `slowest` and k_slowest, while no turn is long (`quiet`).
  [[nodiscard]] clock::duration next(bool quiet, clock::duration slowest) noexcept {
    return now_ = quiet ? std::clamp(slowest, k_period, std::min(2 * now_, k_slowest)) : k_period;
  }

 private:
  clock::duration now_ = k_period;
};

class heartbeat final : public waker {
 public:
  explicit heartbeat(engine_core& engine) : engine_(&engine) { resting_.raise(wish::level); }

  /// A drainer starts. True: the caller arms the first beat. Anyone; wait-free.
  [[nodiscard]] bool starts() noexcept { return resting_.raised() != wish::none && resting_.take(); }
  /// A beat: on the timer's thread.
  void wake() noexcept override;
  /// One is armed, or is on its way.
  [[nodiscard]] bool beats() const noexcept { return resting_.raised() == wish::none; }
  /// No beat is armed any more.
  void rests() noexcept { resting_.raise(wish::level); }

 private:
  engine_core* engine_;
  gate<> resting_; // raised: no beat is armed
};

} // namespace weir::detail
