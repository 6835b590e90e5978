#pragma once
// state_word: who may run a stage. One atomic word, changed only by read-modify-write, legal changes as a table.
//
//   idle ---wake---> ready ---claim---> running ---yield---> ready
//    ^                                  |  |  \---retire---> done
//    |                                  | wake
//    '-------------park-----------------'  v
//                                       notified ---park---> ready      (woken while it ran: it must look again)
//                                       notified ---yield--> ready, ---retire---> done
//
//   function             who                            waits  progress
//   apply(wake)          anyone                         no     lock-free
//   apply(claim)         the worker that took the entry no     lock-free
//   apply(yield/park/retire)  the worker that runs it   no     lock-free
//
// Invariants
//   I1  between claim and yield/park/retire the stage belongs to one worker
//   I2  a wake is never lost: from idle it makes ready, from running it makes notified, which park cannot leave
//   I3  a stage is listed exactly while its word says ready; at its blocking thread it need not be (blocking_threads.hpp)
//
// Order pairs
//   [state.change] acq_rel: what the one who changed the word did before is seen by whoever changes it next: the
//                  stage's fields go from worker to worker, the waker's news to the woken; pairs with [state.change]

#include <weir/atomics.hpp>

#include <cstdint>
#include <optional>

namespace weir::detail {

enum class life : std::uint32_t { idle, ready, running, notified, done };
enum class act : std::uint8_t { wake, claim, yield, park, retire };

/// The table of legal changes; empty: this act must not happen in this state.
[[nodiscard]] constexpr std::optional<life> next_life(life from, act what) noexcept {
  switch (what) {
  case act::wake:
    return from == life::idle ? life::ready : from == life::running ? life::notified : from;
  case act::claim:
    return from == life::ready ? std::optional(life::running) : std::nullopt;
  case act::yield:
    return from == life::running || from == life::notified ? std::optional(life::ready) : std::nullopt;
  case act::park:
    return from == life::running    ? std::optional(life::idle)
           : from == life::notified ? std::optional(life::ready)
                                    : std::nullopt;
  case act::retire:
    return from == life::running || from == life::notified ? std::optional(life::done) : std::nullopt;
  }
  return std::nullopt;
}

template <class Atomics = std_atomics>
class state_word {
 public:
  struct change {
    life from;
    life to;
    bool legal;
  };

  /// Does what the table says; an illegal act changes nothing. A wake that changes nothing is still an RMW: it must
  /// read the latest word, or a stale `ready` would lose it.
  change apply(act what) noexcept {
    life from = word_.load(order::relaxed); // [relaxed: the exchange below checks it]
    for (;;) {
      const std::optional<life> to = next_life(from, what);
      if (!to) { return {from, from, false}; }
      // [state.change] on success; [relaxed: a failed try only learns the new value]
      if (word_.compare_exchange_weak(from, *to, order::acq_rel, order::relaxed)) { return {from, *to, true}; }
    }
  }

  /// For reports. Late.
  [[nodiscard]] life peek() const noexcept {
    return word_.load(order::relaxed); // [relaxed: a report]
  }

 private:
  // Changed by wakers and by the owning worker.
  typename Atomics::template atomic<life> word_{life::idle};
};

} // namespace weir::detail
