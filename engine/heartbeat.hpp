#pragma once
// heartbeat: while drainers are active, a timer looks after workers that have been in one turn for long.
//
// Other stages that became ready at such a worker are worth a drainer of their own, however cheap they are; and a body that
// keeps a compute worker longer than the user allows is named. Beats only while there are drainers: an idle engine is idle.

#include <weir/clock.hpp>
#include <weir/gate.hpp>
#include <weir/waker.hpp>

#include <chrono>

namespace weir::detail {

class engine_core;

class heartbeat final : public waker {
 public:
  static constexpr clock::duration k_period = std::chrono::milliseconds(20);

  explicit heartbeat(engine_core& engine) : engine_(&engine) { resting_.raise(wish::level); }

  /// A drainer starts. True: the caller arms the first beat. Anyone; wait-free.
  [[nodiscard]] bool starts() noexcept { return resting_.raised() != wish::none && resting_.take(); }
  /// A beat: on the timer's thread.
  void wake() noexcept override;
  /// No beat is armed any more.
  void rests() noexcept { resting_.raise(wish::level); }

 private:
  engine_core* engine_;
  gate<> resting_; // raised: no beat is armed
};

} // namespace weir::detail
