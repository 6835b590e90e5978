#pragma once
// return_stack: what many threads give back, one owner fetches whole. Never popped singly, so there is no ABA.
//
//   function         who        waits  progress
//   push             anyone     no     lock-free
//   fetch, empty     the owner  no     wait-free
//
// Order pairs
//   [pool.back]  seq_cst: the node is no longer touched, and is on the stack before the pusher looks at the owner's gate;
//                pairs with [pool.fetch], [pool.check]
//   [pool.fetch] acquire: the owner may write what others gave back; pairs with [pool.back]
//   [pool.check] seq_cst: the owner looks at the stack after it raised its gate; pairs with [pool.back]

#include <weir/atomics.hpp>

namespace weir::detail {

/// Node has a member `Node* next`, which belongs to the stack while the node is on it.
template <class Node, class Atomics = std_atomics>
class return_stack {
 public:
  void push(Node* node) noexcept {
    Node* top = top_.load(order::relaxed); // [relaxed: the exchange below checks it]
    do {
      node->next = top;
      // [pool.back] on success; [relaxed: a failed try changes nothing]
    } while (!top_.compare_exchange_weak(top, node, order::seq_cst, order::relaxed));
  }
  /// All nodes, newest first, linked by `next`.
  [[nodiscard]] Node* fetch() noexcept {
    return top_.exchange(nullptr, order::acquire); // [pool.fetch]
  }
  /// After the owner's gate was raised.
  [[nodiscard]] bool empty_after_gate() const noexcept {
    return top_.load(order::seq_cst) == nullptr; // [pool.check]
  }

 private:
  // Pushed by anyone, emptied by the owner.
  typename Atomics::template atomic<Node*> top_{nullptr};
};

} // namespace weir::detail
