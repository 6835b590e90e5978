#pragma once
// run_count: when a run is still, and when it is over.
//
//   live      stages that are ready or running, parked ones that somebody outside will bring back, and whoever is about
//             to touch the run. When one is left, its holder looks at the run before it gives it up: with all stages
//             closed the run is over; with none that anybody can wake it is stalled, at that moment and without a
//             timeout.
//   left      stages that have not closed
//
// Who looks holds its count meanwhile, so the run cannot end under it; and it acts on what it saw only if nobody has
// stirred since, or it would take a run for stalled that a thread outside has just woken.
//
//   function            who                        waits               progress
//   stirs               a waker, before the word   no                  wait-free
//   rests               a holder of a live count   no                  lock-free
//   still, leaves       the last holder            no                  wait-free
//   one_closed          a stage's owner            no                  wait-free
//   all_closed, end     the last holder            no                  wait-free
//   over                anyone                     no                  wait-free
//   wait                a thread outside           until end()         –
//
// Order pairs
//   [run.stir]  acquire: a waker that comes after somebody found the run still changes the stage after that look, not
//               before it; pairs with [run.still]
//   [run.still] release: what was looked at is what was there before whoever stirs next; pairs with [run.stir]
//   [run.rest]  release: the last holder sees what all others did to the run before they gave up theirs; pairs with
//               [run.last]
//   [run.last]  acquire: who finds itself the last sees the same without giving anything up; pairs with [run.rest]
//   [run.left]  release: who finds none left sees all of them closed; pairs with [run.none]
//   [run.none]  acquire: zero stages left means that all have closed; pairs with [run.left]
//   [run.over]  release: the outcome is complete, and the run is no longer touched; pairs with [run.seen]
//   [run.seen]  acquire: who sees the end sees the outcome, and may free the run; pairs with [run.over]

#include <weir/atomics.hpp>

#include <cstdint>
#include <optional>

namespace weir::detail {

template <class Atomics = std_atomics>
class run_count {
 public:
  /// Begins with one live count, the starter's.
  explicit run_count(std::int64_t stages) : left_(stages) {}

  void stirs(std::uint32_t times = 1) noexcept {
    live_.fetch_add(k_stir + times, order::acquire); // [run.stir]
  }
  /// Gives up a count, unless it is the only one: then the caller keeps it and gets a ticket.
  [[nodiscard]] std::optional<std::uint64_t> rests() noexcept {
    std::uint64_t live = live_.load(order::acquire); // [run.last]
    while (live % k_stir > 1) {
      // [run.rest] on success, [run.last] on failure
      if (live_.compare_exchange_weak(live, live - 1, order::release, order::acquire)) { return std::nullopt; }
    }
    return live;
  }
  /// Nobody has stirred since the ticket: what its holder saw was the whole truth. An RMW, for a load may be late.
  [[nodiscard]] bool still(std::uint64_t ticket) noexcept {
    // [run.still] on success; [relaxed: after a failure the caller rests() again]
    return live_.compare_exchange_strong(ticket, ticket, order::release, order::relaxed);
  }
  /// Gives up the only count; false, and it is kept: somebody has stirred since the ticket.
  [[nodiscard]] bool leaves(std::uint64_t ticket) noexcept {
    // [run.rest] on success; [relaxed: after a failure the caller rests() again]
    return live_.compare_exchange_strong(ticket, ticket - 1, order::release, order::relaxed);
  }
  void one_closed() noexcept {
    left_.fetch_sub(1, order::release); // [run.left]
  }
  [[nodiscard]] bool all_closed() const noexcept {
    return left_.load(order::acquire) == 0; // [run.none]
  }

  /// The second store is the caller's last touch of the run: whoever sees it may free the run.
  void end() noexcept {
    end_.store(k_told, order::relaxed); // [relaxed: it only ends the sleep; the outcome comes with the next store]
    end_.notify_all();
    end_.store(k_over, order::release); // [run.over]
  }
  [[nodiscard]] bool over() const noexcept {
    return end_.load(order::acquire) == k_over; // [run.seen]
  }
  void wait() const noexcept {
    end_.wait(k_going, order::relaxed);   // [relaxed: over() is asked next]
    while (!over()) { Atomics::pause(); } // A few instructions of whoever ends it.
  }

 private:
  static constexpr std::uint32_t k_going = 0;
  static constexpr std::uint32_t k_told = 1; // waiters are being woken
  static constexpr std::uint32_t k_over = 2;
  static constexpr std::uint64_t k_stir = std::uint64_t{1} << 32; // above it: how often somebody has stirred

  alignas(2 * k_cache_line) typename Atomics::template atomic<std::uint64_t> live_{1}; // by wakers and owners
  alignas(2 * k_cache_line) typename Atomics::template atomic<std::int64_t> left_;     // by owners that retire
  typename Atomics::template atomic<std::uint32_t> end_{k_going};                      // by the last holder
};

} // namespace weir::detail
