#pragma once
// A stage for models: what the engine does with one, without the engine.

#include <weir/atomics.hpp>
#include <weir/waker.hpp>

#include "engine/state_word.hpp"
#include "tests/model/checker/plain.hpp"

#include <cstdint>

namespace weir::model {

// A stage as the engine lists, claims and parks it. That an entry's taker sees what its lister did is the drainer count's
// part (the drain models); here the list does it itself.
struct stage_like final : waker {
  void list() { entries_.fetch_add(1, order::release); }
  void wake() noexcept override { (void)wakes(); }
  // Whether the wake has listed it.
  bool wakes() noexcept {
    const bool idle = word.apply(detail::act::wake).from == detail::life::idle;
    if (idle) { list(); }
    return idle;
  }
  // False: another worker has taken it.
  bool claim() {
    entries_.wait(0, order::acquire);
    std::uint32_t n = left();
    if (n == 0 || !entries_.compare_exchange_strong(n, n - 1, order::acquire, order::relaxed)) { return false; }
    require(word.apply(detail::act::claim).legal, "a listed stage is ready");
    turns.set(turns.get() + 1); // Its fields: one worker at a time.
    return true;
  }
  void yield() {
    require(word.apply(detail::act::yield).legal, "who runs a stage may yield it");
    list();
  }
  // Whether it has come to rest.
  bool park() {
    const detail::state_word<>::change c = word.apply(detail::act::park);
    require(c.legal, "who runs a stage may park it");
    if (c.to == detail::life::ready) { list(); }
    return c.to == detail::life::idle;
  }
  [[nodiscard]] std::uint32_t left() const noexcept { return entries_.load(order::relaxed); }
  void retire() { require(word.apply(detail::act::retire).legal, "who runs a stage may retire it"); }

  detail::state_word<> word;
  plain<int> turns{0};

 private:
  std_atomics::atomic<std::uint32_t> entries_{0};
};

} // namespace weir::model
