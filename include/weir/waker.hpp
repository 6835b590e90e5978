#pragma once
// waker: what an edge or a pool calls when the party at its other end may go on. Stages are woken through the engine,
// threads outside it through a parker; the edge does not know which.

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir {

class waker {
 public:
  /// May be called by any thread at any time, also too often: the woken party looks again. Never waits.
  virtual void wake() noexcept = 0;
  /// As wake(), because nobody wants any more what the party makes: it is reached also where it waits outside the engine.
  virtual void unwanted() noexcept { wake(); }

 protected:
  ~waker() = default;
};

/// The waker of a thread outside the engine: an event count of one waiter.
//
//   function  who         waits             progress
//   ticket    the waiter  no                wait-free
//   wait      the waiter  until wake()      –
//   wake      anyone      no                wait-free (a futex call when somebody waits)
//
// Order pairs
//   [parker.wake]   release: what the waker did before is seen by the woken; pairs with [parker.ticket], [parker.woken]
//   [parker.ticket] acquire: the waiter looks at its condition after it took the ticket; pairs with [parker.wake]
//   [parker.woken]  acquire: the waiter sees what was done before the wake; pairs with [parker.wake]
template <class Atomics = std_atomics>
class basic_parker final : public waker {
 public:
  /// Take a ticket, look at the condition, then wait(ticket): a wake in between is not lost.
  [[nodiscard]] std::uint32_t ticket() const noexcept {
    return epoch_.load(order::acquire); // [parker.ticket]
  }

  /// Returns once a wake came after the ticket was taken.
  void wait(std::uint32_t ticket) const noexcept {
    epoch_.wait(ticket, order::acquire); // [parker.woken]
  }

  void wake() noexcept override {
    epoch_.fetch_add(1, order::release); // [parker.wake]
    epoch_.notify_all();
  }

 private:
  // Written by every waker, read by the one waiter.
  typename Atomics::template atomic<std::uint32_t> epoch_{0};
};

using parker = basic_parker<>;

} // namespace weir
