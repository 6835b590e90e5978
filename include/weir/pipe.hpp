#pragma once
// pipe<In, Out>: a piece of a pipeline as a value, typed at its two ends; `|` puts pieces together.
//
//   pipe<void, T>     begins with a source      pipe<A, B>  a transform      pipe<T, void>  ends in a sink
//   plan              source to sink: what can be run
// Operators (operators.hpp) that meet are collected in an open_pipe and become one fused stage when the group closes:
// at a stage, at edge(n), or at the end.

#include <weir/parts.hpp>
#include <weir/plan.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// `| edge(n) |`: a queue of n items here, also between operators that would fuse.
[[nodiscard]] inline edge_options edge(std::size_t capacity) { return {.capacity = capacity}; }

/// `| lag(n) |` behind a stage: it takes at most n items more than it has made, and makes one of each. For zip(), which
/// otherwise refuses stages that it does not know.
struct declared_lag {
  std::size_t items;
};
[[nodiscard]] inline declared_lag lag(std::size_t items) { return {items}; }

/// A piece of a pipeline. Copies share their parts; the same piece may stand in a plan twice.
template <class In, class Out>
class pipe {
 public:
  using in_type = In;
  using out_type = Out;

  explicit pipe(part_list parts) : parts_(std::move(parts)) {}
  explicit pipe(std::shared_ptr<const part> only) { parts_.add(std::move(only)); }
  [[nodiscard]] const part_list& parts() const noexcept { return parts_; }

 private:
  part_list parts_;
};

namespace detail {

template <class In, class Out>
auto finished_pipe(part_list parts) {
  if constexpr (std::is_void_v<In> && std::is_void_v<Out>) {
    return plan(std::move(parts));
  } else {
    return pipe<In, Out>(std::move(parts));
  }
}

} // namespace detail

/// The functions that can end a group: tagged, so that `|` knows them.
struct source_function_tag {};
struct sink_function_tag {};

/// A pipe whose last group of operators is still open: more may fuse into it.
template <class In, class Mid, class Source, class... Ops>
class open_pipe {
 public:
  using entering = typename detail::group_input<Mid, Source>::type;
  using out_type = typename detail::chain_output<entering, Ops...>::type;
  using in_type = In;

  open_pipe(part_list before, Source source, std::tuple<Ops...> ops)
      : before_(std::move(before)), source_(std::move(source)), ops_(std::move(ops)) {}

  template <class... More>
  [[nodiscard]] auto with(std::tuple<More...> more) && {
    return open_pipe<In, Mid, Source, Ops..., More...>(std::move(before_), std::move(source_),
                                                       std::tuple_cat(std::move(ops_), std::move(more)));
  }
  /// The group becomes a stage; `sink` is its last function or no_function.
  template <class Sink = no_function>
  [[nodiscard]] auto close(Sink sink = {}) && {
    if constexpr (sizeof...(Ops) == 0 && !is_function_end<Source> && !is_function_end<Sink>) {
      return detail::finished_pipe<In, out_type>(std::move(before_)); // nothing in the group
    } else {
      return close_group(std::move(sink));
    }
  }

 private:
  template <class Sink>
  auto close_group(Sink sink) {
    using group = detail::fused_part<Mid, Source, std::tuple<Ops...>, Sink>;
    part_list parts = std::move(before_);
    parts.add(std::make_shared<group>(std::move(source_), std::move(ops_), std::move(sink)));
    return detail::finished_pipe<In, std::conditional_t<is_function_end<Sink>, void, out_type>>(std::move(parts));
  }

  part_list before_;
  Source source_;
  std::tuple<Ops...> ops_;
};

namespace detail {

template <class T>
inline constexpr bool is_pipe = false;
template <class In, class Out>
inline constexpr bool is_pipe<pipe<In, Out>> = true;
template <class T>
inline constexpr bool is_open_pipe = false;
template <class In, class Mid, class Source, class... Ops>
inline constexpr bool is_open_pipe<open_pipe<In, Mid, Source, Ops...>> = true;

/// Any left side of `|` as an open pipe: what can take operators and function sinks.
template <class Left>
auto opened(Left left) {
  if constexpr (is_open_pipe<Left>) {
    return left;
  } else {
    using mid = typename Left::out_type;
    return open_pipe<typename Left::in_type, mid, no_function>(left.parts(), no_function{}, {});
  }
}

template <class Any>
auto closed(Any piece) {
  if constexpr (is_open_pipe<Any>) {
    return std::move(piece).close();
  } else {
    return piece;
  }
}

} // namespace detail

template <class T>
concept left_side = detail::is_pipe<T> || detail::is_open_pipe<T>;
template <class T>
concept sink_function = std::derived_from<T, sink_function_tag>;

template <left_side Left, operator_row Ops>
[[nodiscard]] auto operator|(Left left, Ops ops) {
  static_assert(!std::is_void_v<typename Left::out_type>, "weir: an operator cannot stand after a sink");
  return detail::opened(std::move(left)).with(detail::as_tuple(std::move(ops)));
}

template <left_side Left, sink_function Sink>
[[nodiscard]] auto operator|(Left left, Sink sink) {
  static_assert(!std::is_void_v<typename Left::out_type>, "weir: a sink cannot stand after a sink");
  return detail::opened(std::move(left)).close(std::move(sink));
}

template <left_side Left>
[[nodiscard]] auto operator|(Left left, edge_options options) {
  static_assert(!std::is_void_v<typename Left::out_type>, "weir: no edge leaves a sink");
  auto done = detail::closed(std::move(left));
  part_list parts = done.parts();
  parts.last_edge(options);
  return decltype(done)(std::move(parts));
}

template <left_side Left>
[[nodiscard]] auto operator|(Left left, declared_lag lag) {
  auto done = detail::closed(std::move(left));
  part_list parts = done.parts();
  parts.last_lag(lag.items);
  return decltype(done)(std::move(parts));
}

template <left_side Left, left_side Right>
[[nodiscard]] auto operator|(Left left, Right right) {
  using before = typename Left::out_type;
  using after = typename Right::in_type;
  static_assert(!std::is_void_v<before>, "weir: nothing can stand after a sink");
  static_assert(!std::is_void_v<after>, "weir: a source can only stand first");
  static_assert(std::is_same_v<before, after>,
                "weir: the stage on the right of `|` does not take the items that the left makes");
  part_list parts = detail::closed(std::move(left)).parts();
  const auto rest = detail::closed(std::move(right));
  parts.add(rest.parts());
  return detail::finished_pipe<typename Left::in_type, typename Right::out_type>(std::move(parts));
}

namespace detail {

template <class Member>
struct coroutine_shape;
template <class C, class A, class B>
struct coroutine_shape<task (C::*)(inlet<A>, outlet<B>)> {
  using in = A;
  using out = B;
};
template <class C, class B>
struct coroutine_shape<task (C::*)(outlet<B>)> {
  using in = void;
  using out = B;
};
template <class C, class A>
struct coroutine_shape<task (C::*)(inlet<A>)> {
  using in = A;
  using out = void;
};
template <class C, class T>
struct coroutine_shape<generator<T> (C::*)()> {
  using in = void;
  using out = T;
};
template <class R, class C, class... Args>
struct coroutine_shape<R (C::*)(Args...) const> : coroutine_shape<R (C::*)(Args...)> {};

struct function_holder {};
template <class R, class... Args>
struct coroutine_shape<R (*)(Args...)> : coroutine_shape<R (function_holder::*)(Args...)> {};

template <class F>
struct shape_of : coroutine_shape<decltype(&F::operator())> {};
template <class R, class... Args>
struct shape_of<R (*)(Args...)> : coroutine_shape<R (*)(Args...)> {};

} // namespace detail

template <class F>
concept coroutine_stage = requires {
  typename detail::shape_of<F>::in;
};

/// A stage from an object with process(), copied for each run (a move-only one serves a single run), or from a callable
/// that makes a coroutine: task(inlet<A>, outlet<B>), task(outlet<B>), task(inlet<A>), or generator<T>().
template <class S>
[[nodiscard]] auto stage(std::string name, S what) {
  if constexpr (object_stage<S>) {
    return pipe<stage_input<S>, stage_output<S>>(
        std::make_shared<detail::object_part<S>>(std::move(name), std::move(what)));
  } else {
    static_assert(coroutine_stage<S>,
                  "weir::stage takes an object with `step process(inlet, outlet)` or a callable that returns "
                  "weir::task or weir::generator");
    using in = typename detail::shape_of<S>::in;
    using out = typename detail::shape_of<S>::out;
    return pipe<in, out>(std::make_shared<detail::coroutine_part<S, in, out>>(std::move(name), std::move(what)));
  }
}

/// A stage made anew for each run by calling `make`, which returns an object with process().
template <class Make>
[[nodiscard]] auto make_stage(std::string name, Make make) {
  using made = std::invoke_result_t<Make&>;
  return pipe<stage_input<made>, stage_output<made>>(
      std::make_shared<detail::made_part<Make, made>>(std::move(name), std::move(make)));
}

} // namespace weir
