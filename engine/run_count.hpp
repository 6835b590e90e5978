#pragma once
// run_count: when a run is still, and when it is over.
//
//   live      stages that are ready or running, parked ones that somebody outside will bring back, and whoever is about
//             to touch the run. Zero with stages left: nobody can ever wake one of them, the run is stalled, at that
//             moment and without a timeout. Zero with none left: the run is over.
//   left      stages that have not closed
//
//   function            who                        waits               progress
//   stirs               a waker, before the word   no                  wait-free
//   rests               a holder of a live count   no                  wait-free
//   one_closed          a stage's owner            no                  wait-free
//   over, end           anyone, the last to rest   no                  wait-free
//   wait                a thread outside           until end()         –
//
// Order pairs
//   [run.stir]  acq_rel: a wake is counted before the stage's word changes; pairs with [run.rest]
//   [run.rest]  acq_rel: whoever brings the count to zero sees what all others did to the run; pairs with [run.stir],
//               [run.rest]
//   [run.left]  acq_rel: who finds none left sees all of them closed; pairs with [run.none], [run.left]
//   [run.none]  acquire: zero stages left means that all have closed; pairs with [run.left]
//   [run.over]  release: the outcome is complete; pairs with [run.seen]
//   [run.seen]  acquire: who sees the end sees the outcome; pairs with [run.over]

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir::detail {

template <class Atomics = std_atomics>
class run_count {
 public:
  /// Begins with one live count, the starter's.
  explicit run_count(std::int64_t stages) : left_(stages) {}

  void stirs() noexcept {
    live_.fetch_add(1, order::acq_rel); // [run.stir]
  }
  /// True: the caller brought it to zero.
  [[nodiscard]] bool rests() noexcept {
    return live_.fetch_sub(1, order::acq_rel) == 1; // [run.rest]
  }
  void one_closed() noexcept {
    left_.fetch_sub(1, order::acq_rel); // [run.left]
  }
  [[nodiscard]] bool all_closed() const noexcept {
    return left_.load(order::acquire) == 0; // [run.none]
  }

  void end() noexcept {
    over_.store(true, order::release); // [run.over]
    over_.notify_all();
  }
  [[nodiscard]] bool over() const noexcept {
    return over_.load(order::acquire); // [run.seen]
  }
  void wait() const noexcept {
    over_.wait(false, order::acquire); // [run.seen]
  }

 private:
  alignas(2 * k_cache_line) typename Atomics::template atomic<std::int64_t> live_{1}; // by wakers and owners
  alignas(2 * k_cache_line) typename Atomics::template atomic<std::int64_t> left_;    // by owners that retire
  typename Atomics::template atomic<bool> over_{false};                               // by the last to rest
};

} // namespace weir::detail
