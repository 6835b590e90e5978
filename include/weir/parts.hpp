#pragma once
// The parts of a plan: one recipe for each way of writing a stage. Each makes its node anew for every run.

#include <weir/errors.hpp>
#include <weir/fused_stage.hpp>
#include <weir/graph.hpp>
#include <weir/object_stage.hpp>
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
  object_part(std::string name, S stage)
      : typed_part<stage_output<S>>(std::move(name)), lag_(lag_of(stage)), stage_(std::move(stage)) {}
  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    stage_.build(builder, this->name(), in, out,
                 [&](S stage) { builder.add_node<object_node<S>>(this->name(), std::move(stage), in, out); });
  }
  [[nodiscard]] bool used_up() const noexcept override { return stage_.used_up(); }
  [[nodiscard]] std::size_t lag() const noexcept override { return lag_; }

 private:
  static std::size_t lag_of(const S& stage) noexcept {
    if constexpr (requires { stage.lag(); }) { return stage.lag(); }
    return k_any_lag;
  }
  std::size_t lag_;
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
  [[nodiscard]] std::size_t lag() const noexcept override { return (Ops::k_one_to_one && ...) ? 0 : k_any_lag; }

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

} // namespace weir
