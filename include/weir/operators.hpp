#pragma once
// Operators: pure functions on items that fuse at compile time and cost no queue.
//
// An operator is called with an item and the rest of the chain: it passes on none, one or many items. It returns false
// when the stream is to stop, and counts what it left out in the tally of its group, which lives in registers. Most pass on at most one; flat_map keeps its range and is resumed when there is room, so
// no operator can overflow the output.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// What marks a type as an operator.
struct operator_tag {};
template <class T>
concept item_operator = std::derived_from<std::remove_cvref_t<T>, operator_tag>;

/// What a group of operators did with the items that it took.
struct op_tally {
  std::uint64_t filtered = 0; ///< left out by filter or take
  std::uint64_t split = 0;    ///< replaced by the items of a range
  std::uint64_t made = 0;     ///< those items
};

namespace detail {

/// GCC splits a loop that sums up in one place and counts in another into two, and each does all the work before: with
/// two filters that is three times the time. Of a number that passes here it knows nothing.
inline void keep_in_one_loop(std::uint64_t& count) noexcept {
#if defined(__GNUC__)
  asm("" : "+r"(count));
#endif
}

template <class F>
struct map_operator : operator_tag {
  static constexpr std::string_view k_name = "map";
  static constexpr bool k_one_to_one = true;
  template <class X>
  using out = std::remove_cvref_t<std::invoke_result_t<F&, X>>;
  F f;

  template <class X, class Rest>
  bool operator()(X&& x, Rest&& rest, op_tally&) {
    return rest(f(std::forward<X>(x)));
  }
};

template <class F>
struct filter_operator : operator_tag {
  static constexpr std::string_view k_name = "filter";
  static constexpr bool k_one_to_one = false;
  template <class X>
  using out = std::remove_cvref_t<X>;
  F f;

  template <class X, class Rest>
  bool operator()(X&& x, Rest&& rest, op_tally& tally) {
    if (f(std::as_const(x))) { return rest(std::forward<X>(x)); }
    ++tally.filtered;
    keep_in_one_loop(tally.filtered);
    return true;
  }
};

template <class F>
struct inspect_operator : operator_tag {
  static constexpr std::string_view k_name = "inspect";
  static constexpr bool k_one_to_one = true;
  template <class X>
  using out = std::remove_cvref_t<X>;
  F f;

  template <class X, class Rest>
  bool operator()(X&& x, Rest&& rest, op_tally&) {
    f(std::as_const(x));
    return rest(std::forward<X>(x));
  }
};

struct take_operator : operator_tag {
  static constexpr std::string_view k_name = "take";
  static constexpr bool k_one_to_one = true;
  template <class X>
  using out = std::remove_cvref_t<X>;
  std::size_t left;

  template <class X, class Rest>
  bool operator()(X&& x, Rest&& rest, op_tally& tally) {
    if (left == 0) {
      ++tally.filtered;
      return false;
    }
    --left;
    return rest(std::forward<X>(x)) && left > 0;
  }
};

template <class F>
struct flat_map_operator : operator_tag {
  static constexpr std::string_view k_name = "flat_map";
  static constexpr bool k_one_to_one = false;
  template <class X>
  using range = std::remove_cvref_t<std::invoke_result_t<F&, X>>;
  template <class X>
  using out = std::ranges::range_value_t<range<X>>;
  F f;
};

/// A flat_map bound to its input type: it holds the range that is being passed on.
template <class F, class X>
struct bound_flat_map {
  using range = typename flat_map_operator<F>::template range<X>;
  F f;
  std::optional<range> items{};
  std::optional<std::ranges::iterator_t<range>> at{};
  /// Leaves out what is left of the range.
  void abandon() noexcept {
    at.reset();
    items.reset();
  }
  [[nodiscard]] bool pending() const noexcept { return at.has_value(); }

  template <class Y>
  void begin(Y&& x, op_tally& tally) {
    items.emplace(f(std::forward<Y>(x)));
    ++tally.split;
    at.emplace(std::ranges::begin(*items));
  }
  /// Passes items on while there is room; false: the stream is to stop.
  template <class Room, class Rest>
  bool resume(Room&& room, Rest&& rest, op_tally& tally) {
    while (*at != std::ranges::end(*items)) {
      if (!room()) { return true; }
      auto item = std::move(**at);
      ++*at;
      ++tally.made;
      if (!rest(std::move(item))) { return false; }
    }
    at.reset();
    items.reset();
    return true;
  }
};

} // namespace detail

/// f(x) for each x.
template <class F>
[[nodiscard]] auto map(F f) {
  return detail::map_operator<F>{{}, std::move(f)};
}
/// Those x for which f(x) holds.
template <class F>
[[nodiscard]] auto filter(F f) {
  return detail::filter_operator<F>{{}, std::move(f)};
}
/// Each item of the range f(x), for each x. The range is kept while the output is full.
template <class F>
[[nodiscard]] auto flat_map(F f) {
  return detail::flat_map_operator<F>{{}, std::move(f)};
}
/// The first `n`; then the stream ends and upstream is told to stop, without waiting for another item.
[[nodiscard]] inline auto take(std::size_t n) { return detail::take_operator{{}, n}; }
/// Calls f(x) for each x and passes x on.
template <class F>
[[nodiscard]] auto inspect(F f) {
  return detail::inspect_operator<F>{{}, std::move(f)};
}

/// Operators in a row, not yet bound to an item type: a reusable piece of a pipeline.
template <class... Ops>
struct operators {
  std::tuple<Ops...> list;
};

namespace detail {

template <class T>
inline constexpr bool is_operators = false;
template <class... Ops>
inline constexpr bool is_operators<operators<Ops...>> = true;

/// The tuple of one operator or of a row of them.
template <class Op>
auto as_tuple(Op op) {
  if constexpr (is_operators<Op>) {
    return std::move(op.list);
  } else {
    return std::tuple<Op>(std::move(op));
  }
}

template <class... Ops>
std::string chain_name(const std::tuple<Ops...>*) {
  std::string name;
  (name.append(name.empty() ? "" : "+").append(Ops::k_name), ...);
  return name;
}

} // namespace detail

template <class T>
concept operator_row = item_operator<T> || detail::is_operators<std::remove_cvref_t<T>>;

template <operator_row A, operator_row B>
[[nodiscard]] auto operator|(A a, B b) {
  auto both = std::tuple_cat(detail::as_tuple(std::move(a)), detail::as_tuple(std::move(b)));
  return [&]<class... Ops>(std::tuple<Ops...>&& list) { return operators<Ops...>{std::move(list)}; }(std::move(both));
}

} // namespace weir
