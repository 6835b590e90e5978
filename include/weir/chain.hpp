#pragma once
// chain: operators bound to the item type that enters them, as one object that a fused stage sends items through.

#include <weir/operators.hpp>

#include <tuple>
#include <utility>

namespace weir::detail {

template <class Op, class X>
struct bound_operator {
  using type = Op;
  static type bind(Op op) { return op; }
};
template <class F, class X>
struct bound_operator<flat_map_operator<F>, X> {
  using type = bound_flat_map<F, X>;
  static type bind(flat_map_operator<F> op) { return type{.f = std::move(op.f)}; }
};

/// The item type that leaves a chain of operators which X enters.
template <class X, class... Ops>
struct chain_output {
  using type = X;
};
template <class X, class Op, class... Rest>
struct chain_output<X, Op, Rest...> : chain_output<typename Op::template out<X>, Rest...> {};

/// A chain of operators bound to the item type X that enters it.
template <class X, class... Ops>
class chain {
 public:
  static constexpr bool k_expands = false;
  explicit chain(std::tuple<>) {}
  [[nodiscard]] bool pending() const noexcept { return false; }
  void abandon() noexcept {}
  template <class Y, class Room, class Put>
  bool pass(Y&& x, Room&&, Put&& put, op_tally&) {
    return put(std::forward<Y>(x));
  }
  template <class Room, class Put>
  bool resume(Room&&, Put&&, op_tally&) {
    return true;
  }
};

template <class X, class Op, class... Rest>
class chain<X, Op, Rest...> {
  using bound = bound_operator<Op, X>;
  using rest_chain = chain<typename Op::template out<X>, Rest...>;
  static constexpr bool k_is_flat = requires(typename bound::type & op) { op.pending(); };

 public:
  /// Whether one item may become several.
  static constexpr bool k_expands = k_is_flat || rest_chain::k_expands;

  explicit chain(std::tuple<Op, Rest...> ops)
      : op_(bound::bind(std::move(std::get<0>(ops)))),
        rest_(std::apply([](Op&, Rest&... rest) { return std::tuple<Rest...>(std::move(rest)...); }, ops)) {}

  /// An item is still being passed on: resume() before the next pass().
  [[nodiscard]] bool pending() const noexcept {
    if constexpr (k_is_flat) {
      if (op_.pending()) { return true; }
    }
    return rest_.pending();
  }

  /// Forgets what is pending.
  void abandon() noexcept {
    if constexpr (k_is_flat) { op_.abandon(); }
    rest_.abandon();
  }

  /// Sends one item through; false: the stream is to stop.
  template <class Y, class Room, class Put>
  bool pass(Y&& x, Room&& room, Put&& put, op_tally& tally) {
    if constexpr (k_is_flat) {
      op_.begin(std::forward<Y>(x), tally);
      return drain(room, put, tally);
    } else {
      return op_(
          std::forward<Y>(x), [&](auto&& y) { return rest_.pass(std::forward<decltype(y)>(y), room, put, tally); },
          tally);
    }
  }

  /// Goes on with what is pending, the last operator first, so that order holds.
  template <class Room, class Put>
  bool resume(Room&& room, Put&& put, op_tally& tally) {
    if (!rest_.resume(room, put, tally)) { return false; }
    if constexpr (k_is_flat) {
      if (!rest_.pending() && op_.pending()) { return drain(room, put, tally); }
    }
    return true;
  }

 private:
  template <class Room, class Put>
  bool drain(Room& room, Put& put, op_tally& tally) {
    return op_.resume([&] { return !rest_.pending() && room(); },
                      [&](auto&& y) { return rest_.pass(std::forward<decltype(y)>(y), room, put, tally); }, tally);
  }

  typename bound::type op_;
  rest_chain rest_;
};

} // namespace weir::detail
