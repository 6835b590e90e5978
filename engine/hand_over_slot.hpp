#pragma once
// hand_over_slot: one ready stage that its worker will run next, unless somebody takes it first. As a worker's inbox it is
// given by others.
// own_list: how many ready stages stand in the shared list for one worker. They are looked after by it alone: it stays until
// there is none, so nobody else has to be told of them, and the line is the worker's own while nobody takes from it.
// waiters_place: at most one thread that waits for a run works for it.
//
//   function          who        waits  progress
//   give              anyone     no     wait-free
//   take              anyone     no     wait-free
//   listed            its worker no     wait-free
//   taken             who took   no     wait-free
//   none              anyone     no     wait-free
//   try_enter, leave  a waiter   no     wait-free
//
// Order pairs
//   [slot.give] acq_rel: the entry is for whoever takes it, and the one it displaces is seen whole; pairs with [slot.give],
//               [slot.take]
//   [slot.take] acquire: exactly one takes an entry, and sees it whole; pairs with [slot.give]
//   [own.list]  release: an entry is seen whole by whoever takes it, whatever the list orders; pairs with [own.take]
//   [own.take]  acquire: the same; pairs with [own.list]
//   [join.in]   acquire: the waiter sees the place as the one before left it; pairs with [join.out]
//   [join.out]  release: the place is in order; pairs with [join.in]

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir::detail {

template <class Entry, class Atomics = std_atomics>
class hand_over_slot {
 public:
  /// Puts an entry in; returns the one it displaced, or null.
  [[nodiscard]] Entry* give(Entry& entry) noexcept {
    return entry_.exchange(&entry, order::acq_rel); // [slot.give]
  }
  [[nodiscard]] Entry* take() noexcept {
    // [relaxed: an empty slot's line is not taken from its owner]
    if (entry_.load(order::relaxed) == nullptr) { return nullptr; }
    return entry_.exchange(nullptr, order::acquire); // [slot.take]
  }

  /// For a look from outside. Late.
  [[nodiscard]] bool holds_hint() const noexcept {
    return entry_.load(order::relaxed) != nullptr; // [relaxed: a hint]
  }

 private:
  // Given by the owner, or as an inbox by others; taken by anyone.
  typename Atomics::template atomic<Entry*> entry_{nullptr};
};

template <class Atomics = std_atomics>
class own_list {
 public:
  /// Before an entry is put into the list. The worker only.
  void listed() noexcept {
    entries_.fetch_add(1, order::release); // [own.list]
  }
  /// After an entry was taken, before it is looked at.
  void taken() noexcept {
    entries_.fetch_sub(1, order::acquire); // [own.take]
  }
  /// The worker sees each entry that it has listed until that was taken. For others late.
  [[nodiscard]] bool none() const noexcept {
    return entries_.load(order::relaxed) == 0; // [relaxed: its own entries the worker has counted itself]
  }

 private:
  // By the worker that lists, and by whoever takes.
  typename Atomics::template atomic<std::uint32_t> entries_{0};
};

template <class Atomics = std_atomics>
class waiters_place {
 public:
  [[nodiscard]] bool try_enter() noexcept {
    return !taken_.exchange(true, order::acquire); // [join.in]
  }
  void leave() noexcept {
    taken_.store(false, order::release); // [join.out]
  }

 private:
  // By waiters.
  typename Atomics::template atomic<bool> taken_{false};
};

} // namespace weir::detail
