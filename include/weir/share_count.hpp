#pragma once
// share_count: who drops the last share frees the thing, or gives it back.
//
//   function   who        waits  progress
//   add        a holder   no     wait-free
//   drop       a holder   no     wait-free
//   alone      a holder   no     wait-free
//
// Order pairs
//   [share.drop]  acq_rel: the last one sees all others gone before it frees; pairs with [share.drop], [share.alone]
//   [share.alone] acquire: who finds itself the only holder may write what the others have read; pairs with [share.drop]

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir::detail {

template <class Atomics = std_atomics>
class share_count {
 public:
  explicit share_count(std::uint64_t shares = 1) noexcept : shares_(shares) {}
  void add() noexcept {
    shares_.fetch_add(1, order::relaxed); // [relaxed: whoever adds one holds one, or is the only one to know the thing]
  }
  /// True: it was the last.
  [[nodiscard]] bool drop() noexcept {
    return shares_.fetch_sub(1, order::acq_rel) == 1; // [share.drop]
  }
  /// Nobody else holds a share, and nobody can get one but from the caller.
  [[nodiscard]] bool alone() const noexcept {
    return shares_.load(order::acquire) == 1; // [share.alone]
  }

 private:
  // By holders.
  typename Atomics::template atomic<std::uint64_t> shares_;
};

} // namespace weir::detail
