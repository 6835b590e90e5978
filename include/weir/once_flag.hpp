#pragma once
// once_flag: one side of an edge says its last word, once: "no more items" or "wants no more".
//
//   function  who           waits  progress
//   set       the one side  no     wait-free
//   is_set    anyone        no     wait-free
//
// Order pairs
//   [word.said]  seq_cst: what was published before is seen by whoever reads the word, and the word is in the single
//                order before its speaker looks at the other side's gate; pairs with [word.heard]
//   [word.heard] seq_cst: a waiter looks after it raised its gate; pairs with [word.said]

#include <weir/atomics.hpp>

namespace weir {

template <class Atomics = std_atomics>
class once_flag {
 public:
  void set() noexcept {
    word_.store(true, order::seq_cst); // [word.said]
  }
  [[nodiscard]] bool is_set() const noexcept {
    return word_.load(order::seq_cst); // [word.heard]
  }

 private:
  // Written by one side, once; read by both.
  typename Atomics::template atomic<bool> word_{false};
};

} // namespace weir
