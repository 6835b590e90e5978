#pragma once
// pipe<In, Out>: a piece of a pipeline as a value, typed at its two ends; `|` puts pieces together.
//
//   pipe<void, T>     begins with a source      pipe<A, B>  a transform      pipe<T, void>  ends in a sink
//   plan              source to sink: what can be run
// Operators (operators.hpp) that meet are collected in an open_pipe and become one fused stage when the group closes:
// at a stage, at edge(n), or at the end.

#include <weir/fused_stage.hpp>
#include <weir/graph.hpp>
#include <weir/object_stage.hpp>
#include <weir/plan.hpp>
#include <weir/task.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// A prototype that is copied for each run, or moved out for the only one.
template <class T>
class prototype {
 public:
  explicit prototype(T value) : value_(std::move(value)) {}
  [[nodiscard]] T take() const {
    if constexpr (std::copy_constructible<T>) {
      return *value_;
    } else {
      T taken = std::move(*value_);
      value_.reset();
      return taken;
    }
  }
  [[nodiscard]] bool used_up() const noexcept { return !value_.has_value(); }
  /// Adds the node that `make(T)` would, or a description of it when a look must not use it up.
  template <class Make>
  void build(graph_builder& builder, const std::string& name, edge_base* in, edge_base* out, Make make) const {
    if constexpr (!std::copy_constructible<T>) {
      if (builder.dry()) {
        stage_needs needs;
        if constexpr (requires(const T& t) { t.needs(); }) { needs = value_->needs(); }
        builder.add_node<described_node>(name, needs, in, out);
        return;
      }
    }
    if (used_up()) { // It stands in this plan twice, or as one of several replicas.
      throw plan_error("weir: '" + name + "' serves one stage of one run only");
    }
    make(take());
  }

 private:
  mutable std::optional<T> value_;
};

template <class Out>
edge_base* make_out_edge(graph_builder& builder, const edge_options& options, std::string name) {
  if constexpr (std::is_void_v<Out>) {
    return nullptr;
  } else {
    return &builder.add_edge<Out>(options, k_default_capacity<Out>, std::move(name));
  }
}

/// A part whose edge has items of type Out.
template <class Out>
class typed_part : public part {
 public:
  using part::part;
  edge_base* add_out_edge(graph_builder& builder, const edge_options& options, std::string name) const override {
    return make_out_edge<Out>(builder, options, std::move(name));
  }
};

template <class S>
class object_part final : public typed_part<stage_output<S>> {
 public:
  object_part(std::string name, S stage) : typed_part<stage_output<S>>(std::move(name)), stage_(std::move(stage)) {}
  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    stage_.build(builder, this->name(), in, out,
                 [&](S stage) { builder.add_node<object_node<S>>(this->name(), std::move(stage), in, out); });
  }
  [[nodiscard]] bool used_up() const noexcept override { return stage_.used_up(); }

 private:
  prototype<S> stage_;
};

template <class Make, class S>
class made_part final : public typed_part<stage_output<S>> {
 public:
  made_part(std::string name, Make make) : typed_part<stage_output<S>>(std::move(name)), make_(std::move(make)) {}
  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    builder.add_node<object_node<S>>(this->name(), make_(), in, out);
  }

 private:
  Make make_;
};

template <class F, class In, class Out>
class coroutine_part final : public typed_part<Out> {
 public:
  coroutine_part(std::string name, F make) : typed_part<Out>(std::move(name)), make_(std::move(make)) {}
  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    make_.build(builder, this->name(), in, out,
                [&](F make) { builder.add_node<coroutine_node<F, In, Out>>(this->name(), std::move(make), in, out); });
  }
  [[nodiscard]] bool used_up() const noexcept override { return make_.used_up(); }

 private:
  prototype<F> make_;
};

template <class In, class Source, class Ops, class Sink>
class fused_part;

template <class In, class Source, class... Ops, class Sink>
class fused_part<In, Source, std::tuple<Ops...>, Sink> final
    : public typed_part<std::conditional_t<
          is_function_end<Sink>, void, typename chain_output<typename group_input<In, Source>::type, Ops...>::type>> {
  using node_type = fused_node<In, Source, std::tuple<Ops...>, Sink>;
  struct functions {
    Source source;
    std::tuple<Ops...> ops;
    Sink sink;
  };

 public:
  fused_part(Source source, std::tuple<Ops...> ops, Sink sink)
      : fused_part::typed_part(group_name()), group_({std::move(source), std::move(ops), std::move(sink)}) {}

  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    group_.build(builder, this->name(), in, out, [&](functions f) {
      builder.add_node<node_type>(this->name(), std::move(f.source), std::move(f.ops), std::move(f.sink), in, out);
    });
  }
  [[nodiscard]] bool used_up() const noexcept override { return group_.used_up(); }

 private:
  static std::string group_name() {
    std::string name(Source::k_name);
    ((name += (name.empty() ? "" : "+"), name += Ops::k_name), ...);
    if constexpr (is_function_end<Sink>) { (name += name.empty() ? "" : "+") += Sink::k_name; }
    return name;
  }
  prototype<functions> group_;
};

} // namespace detail

/// `| edge(n) |`: a queue of n items here, also between operators that would fuse.
[[nodiscard]] inline edge_options edge(std::size_t capacity) { return {.capacity = capacity}; }

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
    using group = detail::fused_part<Mid, Source, std::tuple<Ops...>, Sink>;
    part_list parts = std::move(before_);
    parts.add(std::make_shared<group>(std::move(source_), std::move(ops_), std::move(sink)));
    return detail::finished_pipe<In, std::conditional_t<is_function_end<Sink>, void, out_type>>(std::move(parts));
  }

 private:
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
