#pragma once
// gate: one side of an edge tells the other "I am about to stop; wake me when there is something for me".
//
// A gate is one flag. Together with the ring's index it makes the drain handshake, in either direction:
//
//   the one who waits                          the one who wakes
//   1  gate.raise()           [gate.raise]     1  publish index (seq_cst)  [ring.free_sc] / [ring.pub_sc]
//   2  look at the index again (seq_cst)       2  gate.raised()            [gate.look]
//   3  if it may go on: gate.take(), go on     3  if so and the waiter's predicate holds: gate.take() and,
//      else leave RUNNING                         whoever got true, wake the waiter
//
// Of the two second steps at least one sees the other side's first: all four operations are in the single order of
// seq_cst. Release and acquire alone lose wake-ups on x86 (docs/decisions/001-drain-handshake.md).
//
//   function   who              waits  progress
//   raise      the one who waits  no   wait-free
//   raised     the one who wakes  no   wait-free
//   take       both               no   wait-free
//   peek       anyone             no   wait-free
//
// Order pairs
//   [gate.raise] seq_cst: the flag is in the single order before the waiter looks again; pairs with [gate.look],
//                [gate.take]
//   [gate.look]  seq_cst: the waker looks after its index is in the single order; pairs with [gate.raise]
//   [gate.take]  acquire: who gets the flag sees what its raiser did before, also where the look saw an earlier raise:
//                a drain callback may push on another thread; pairs with [gate.raise]

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir {

/// What the one who waits wants to hear of.
enum class wish : std::uint32_t {
  none = 0,
  level = 1, ///< the low-water mark, or news: the ordinary drain
  any = 2,   ///< parked at a full edge: the low-water mark, or any room once the other side stops running too
};

template <class Atomics = std_atomics>
class gate {
 public:
  /// The one who waits, before it looks at the index a last time.
  void raise(wish what) noexcept {
    flag_.store(static_cast<std::uint32_t>(what), order::seq_cst); // [gate.raise]
  }

  /// The one who wakes, after it published its index.
  [[nodiscard]] wish raised() const noexcept {
    return static_cast<wish>(flag_.load(order::seq_cst)); // [gate.look]
  }

  /// Lowers the flag. True for exactly one caller of each raise(): that one owes the wake, or goes on itself.
  [[nodiscard]] bool take() noexcept {
    return flag_.exchange(0, order::acquire) != 0; // [gate.take]
  }

  /// A look without order, for reports and for a waker that will look again.
  [[nodiscard]] bool peek() const noexcept {
    return flag_.load(order::relaxed) != 0; // [relaxed: a hint; the wake is promised by raised() at the turn's end]
  }

 private:
  // A wish. Written by the one who waits and by whoever takes it (0); read by the one who wakes.
  typename Atomics::template atomic<std::uint32_t> flag_{0};
};

} // namespace weir
