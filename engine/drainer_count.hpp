#pragma once
// drainer_count: ready work and no active drainer never both hold.
//
// R counts entries that are listed or about to be, except those that workers keep for themselves (pool.hpp).
// A counts drainers that are active or on their way.
//
//   the one who lists              the drainer that found nothing
//   1  R += 1      [drain.list]    1  A -= 1            [drain.leave]
//   2  list it                     2  if R > 0 and A was 1: try to raise A again, and stay   [drain.left]
//   3  if A == 0: raise A, start   otherwise gone
//      a drainer   [drain.idle]
//
// Of the two third and second steps at least one sees the other's first. While A >= 1 after a drainer left, whoever
// remains looks at R before it leaves in its turn, so only the last one has to look.
//
//   function        who                  waits  progress
//   listed taken    lister / taker       no     wait-free
//   raise leave     lister / drainer     no     lock-free
//   starts          who starts one       no     wait-free
//   begins gone     a drainer            no     wait-free
//   visits left     any other thread     no     wait-free
//   all_gone        the engine's end     no     wait-free
//
// Order pairs
//   [drain.list]  seq_cst: R is in the single order before the lister looks at A; pairs with [drain.left],
//                 [drain.take]
//   [drain.left]  seq_cst: the leaver looks at R after it lowered A; pairs with [drain.list]
//   [drain.leave] seq_cst: A is lowered in the single order before the leaver looks at R; pairs with [drain.idle]
//   [drain.idle]  seq_cst: the lister looks at A after it raised R, and the beat after it raised its gate; pairs with
//                 [drain.leave], [drain.raise]
//   [drain.raise] seq_cst: A is raised in the single order before its raiser looks at the beat's gate; pairs with
//                 [drain.idle]
//   [drain.take]  acquire: whoever took an entry sees what its lister did before, whatever the list orders; pairs with
//                 [drain.list]
//   [drain.start] release: the engine as its starter saw it is the drainer's, whatever starts it orders; pairs with
//                 [drain.begin]
//   [drain.begin] acquire: the drainer sees the engine whole; pairs with [drain.start]
//   [drain.gone]  release: the drainer's last touch of the engine; pairs with [drain.none]
//   [drain.left_it] release: a visitor's last touch of the engine; pairs with [drain.none]
//   [drain.none]  acquire: the engine may go once all have; pairs with [drain.gone], [drain.left_it]

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir::detail {

template <class Atomics = std_atomics>
class drainer_count {
 public:
  explicit drainer_count(std::uint32_t most) : most_(most) {}

  /// Before an entry is listed.
  void listed() noexcept {
    ready_.fetch_add(1, order::seq_cst); // [drain.list]
  }
  /// After an entry was taken from the list, before it is looked at.
  void taken() noexcept {
    ready_.fetch_sub(1, order::acquire); // [drain.take]
  }

  /// One more drainer, if there are fewer than the limit. True: the caller starts it, or is it.
  [[nodiscard]] bool raise() noexcept {
    std::uint32_t active = active_.load(order::seq_cst); // [drain.idle]
    while (active < most_) {
      // [drain.raise] on success; [relaxed: a failure shows a later A than the load that looked after R was raised]
      if (active_.compare_exchange_weak(active, active + 1, order::seq_cst, order::relaxed)) { return true; }
    }
    return false;
  }

  /// Whether nobody is there: then raise() is an obligation, otherwise an option.
  [[nodiscard]] bool nobody() const noexcept {
    return active_.load(order::seq_cst) == 0; // [drain.idle]
  }

  /// A drainer found nothing. True: it has left. False: work came meanwhile and it stays.
  [[nodiscard]] bool leave() noexcept {
    const std::uint32_t before = active_.fetch_sub(1, order::seq_cst); // [drain.leave]
    if (before != 1) { return true; }
    if (ready_.load(order::seq_cst) <= 0) { return true; } // [drain.left]
    return !raise();
  }

  /// Before a drainer is started; as its first touch of the engine; as its last.
  void starts() noexcept {
    present_.fetch_add(1, order::release); // [drain.start]
  }
  /// Its starter has counted it: the loop is for a library that would start it before that can be seen.
  void begins() const noexcept {
    while (present_.load(order::acquire) == 0) { Atomics::pause(); } // [drain.begin]
  }
  void gone() noexcept {
    present_.fetch_sub(1, order::release); // [drain.gone]
  }
  /// A thread that is no drainer is about to do something for a run that is not over, which may be so before it has done.
  void visits() noexcept {
    visitors_.fetch_add(1, order::relaxed); // [relaxed: what it does next for the run carries it to whoever ends that]
  }
  void left() noexcept {
    visitors_.fetch_sub(1, order::release); // [drain.left_it]
  }
  /// Nobody touches the engine any more. Exact when no run is left: then visitors make no more drainers once they have left.
  [[nodiscard]] bool all_gone() const noexcept {
    return visitors_.load(order::acquire) == 0 && present_.load(order::acquire) == 0; // [drain.none] twice
  }

  [[nodiscard]] std::int64_t ready_hint() const noexcept {
    return ready_.load(order::relaxed); // [relaxed: a spinning drainer looks again]
  }
  [[nodiscard]] std::uint32_t active_hint() const noexcept {
    return active_.load(order::relaxed); // [relaxed: a report and the wake gate's guess]
  }

 private:
  const std::uint32_t most_;
  alignas(2 * k_cache_line) typename Atomics::template atomic<std::int64_t> ready_{0};   // by listers and takers
  typename Atomics::template atomic<std::uint32_t> visitors_{0};                         // by visitors, who are listers
  alignas(2 * k_cache_line) typename Atomics::template atomic<std::uint32_t> active_{0}; // by listers and drainers
  typename Atomics::template atomic<std::uint32_t> present_{0};                          // by starters and drainers
};

} // namespace weir::detail
