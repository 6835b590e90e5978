#pragma once
// Stages that tests put together: of each form one that passes tracked items on, and sources of them.

#include "tests/support/tracked.hpp"

#include <weir/weir.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

namespace weir::test {

/// Passes items on over spans.
struct span_pass {
  step process(inlet<tracked>& in, outlet<tracked>& out) {
    std::size_t done = 0;
    for (tracked& x : in.peek()) {
      if (!out.try_push(std::move(x))) { break; }
      ++done;
    }
    in.release(done);
    return step::more;
  }
};

/// Passes items on one by one.
inline task task_pass(inlet<tracked> in, outlet<tracked> out) {
  while (auto x = co_await in.pop()) {
    if (!co_await out.push(std::move(*x))) { co_return; }
  }
}

/// Takes nothing and waits for somebody outside.
template <class T>
struct stuck {
  step process(inlet<T>&) { return step::outside; }
};

/// 0, 1, … as tracked items, `n` of them, or without end.
inline auto numbers(std::optional<long> n = std::nullopt) {
  return generate([n, next = 0L]() mutable -> std::optional<tracked> {
    if (n && next == *n) { return std::nullopt; }
    return tracked(next++);
  });
}

/// Lets other threads run until `condition` holds. Under a watchdog.
template <class Condition>
void until(Condition condition) {
  while (!condition()) { std::this_thread::yield(); }
}

/// Until all items are destroyed: a worker may still be about to let go of a run that is over. Under a watchdog.
inline void until_none_lives() {
  until([] { return tracked::living == 0; });
}

/// Makes the turn it is called in the last that its stage starts before it looks at the run's signals.
inline void outlast_the_turn() {
  constexpr std::uint64_t k_quanta = 2'000'000;
  for (const std::uint64_t begun = ticks(); ticks() - begun < k_quanta;) {}
}

/// Gives other threads many chances to do what they must not do.
inline void let_others_run() {
  for (int i = 0; i < 2000; ++i) { std::this_thread::yield(); }
}

} // namespace weir::test
