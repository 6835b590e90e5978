#pragma once
// Sources and sinks made of plain functions and containers. They fuse with the operators beside them.

#include <weir/pipe.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class T>
struct iota_source : source_function_tag {
  static constexpr std::string_view k_name = "iota";
  using item = T;
  T next;
  T end;

  template <class Emit>
  bool pull(std::size_t n, Emit&& emit) {
    const T stop = static_cast<std::size_t>(end - next) < n ? end : static_cast<T>(next + static_cast<T>(n));
    T at = next;
    while (at != stop) {
      if (!emit(T{at++})) { break; }
    }
    next = at;
    return next != end;
  }
};

template <class F>
struct call_source : source_function_tag {
  static constexpr std::string_view k_name = "generate";
  using item = typename std::invoke_result_t<F&>::value_type;
  F f;
  bool ended = false;

  template <class Emit>
  bool pull(std::size_t n, Emit&& emit) {
    while (n-- > 0 && !ended) {
      auto x = f();
      if (!x) {
        ended = true;
      } else if (!emit(std::move(*x))) {
        break;
      }
    }
    return !ended;
  }
};

/// Holds the range and a position in it; copied as the range from its beginning, so that each run sees all of it.
template <class Range>
struct range_source : source_function_tag {
  static constexpr std::string_view k_name = "from";
  using item = std::ranges::range_value_t<Range>;
  std::shared_ptr<const Range> range;
  std::optional<std::ranges::iterator_t<const Range>> at{};

  template <class Emit>
  bool pull(std::size_t n, Emit&& emit) {
    if (!at) { at.emplace(std::ranges::begin(*range)); }
    while (n-- > 0 && *at != std::ranges::end(*range)) {
      item x = **at;
      ++*at;
      if (!emit(std::move(x))) { break; }
    }
    return *at != std::ranges::end(*range);
  }
};

template <class F>
struct for_each_sink : sink_function_tag {
  static constexpr std::string_view k_name = "for_each";
  F f;
  template <class X>
  void put(X&& x) {
    f(std::forward<X>(x));
  }
};

template <class Container>
struct into_sink : sink_function_tag {
  static constexpr std::string_view k_name = "into";
  Container* to;
  template <class X>
  void put(X&& x) {
    to->push_back(std::forward<X>(x));
  }
};

template <class Source>
auto open_source(Source source) {
  return open_pipe<void, void, Source>(part_list{}, std::move(source), {});
}

} // namespace detail

/// 0, 1, … n-1, or begin … end-1.
template <std::integral T>
[[nodiscard]] auto iota(T begin, T end) {
  return detail::open_source(detail::iota_source<T>{{}, begin, end < begin ? begin : end});
}
/// Calls f() for each item until it returns an empty std::optional.
template <class F>
[[nodiscard]] auto generate(F f) {
  return detail::open_source(detail::call_source<F>{{}, std::move(f)});
}
/// The items of a range, copied; the range is kept by the plan and every run begins at its first item.
template <std::ranges::input_range Range>
[[nodiscard]] auto from(Range range) {
  return detail::open_source(
      detail::range_source<Range>{{}, std::make_shared<const Range>(std::move(range)), std::nullopt});
}
/// Calls f(x) for each item, one call at a time.
template <class F>
[[nodiscard]] auto for_each(F f) {
  return detail::for_each_sink<F>{{}, std::move(f)};
}
/// Appends each item to a container that outlives the run.
template <class Container>
[[nodiscard]] auto into(Container& container) {
  return detail::into_sink<Container>{{}, &container};
}

} // namespace weir
