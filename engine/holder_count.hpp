#pragma once
// holder_count: how many hold a place that is used again: who cuts pieces from it, and each piece. It is free when all have left.
//
//   function  who                             waits  progress
//   try_take  anyone                          no     wait-free
//   closes    who took it, once               no     wait-free
//   leaves    each piece's last holder, once  no     wait-free
//
// Order pairs
//   [place.leave] release: the holder no longer touches its piece; pairs with [place.take]
//   [place.take]  acquire: the place is the taker's to write; pairs with [place.leave]

#include <weir/atomics.hpp>

#include <cstdint>

namespace weir::detail {

template <class Atomics = std_atomics>
class holder_count {
 public:
  /// The place is the caller's, to cut pieces from, if nobody holds it.
  [[nodiscard]] bool try_take() noexcept {
    std::uint32_t none = 0;
    if (holders_.load(order::relaxed) != none) { return false; } // [relaxed: the exchange below looks again]
    // [place.take] on success; [relaxed: on failure the place is another's]
    return holders_.compare_exchange_strong(none, k_open, order::acquire, order::relaxed);
  }
  /// The caller has cut so many pieces and cuts no more. Some of them may have left.
  void closes(std::uint32_t pieces) noexcept {
    holders_.fetch_sub(k_open - pieces, order::relaxed); // [relaxed: all that was written is in pieces, which leave]
  }
  void leaves() noexcept {
    holders_.fetch_sub(1, order::release); // [place.leave]
  }

 private:
  static constexpr std::uint32_t k_open = 1u << 20; // more than there are pieces

  typename Atomics::template atomic<std::uint32_t> holders_{0}; // by all of them
};

} // namespace weir::detail
