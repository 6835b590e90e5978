#pragma once
// on_error: a policy behind the stage that it is for. See error_policy.hpp for what the policies do.

#include <weir/branches.hpp>
#include <weir/error_policy.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace weir {

/// A policy and, for dead letters, where they go.
struct error_handling {
  error_policy policy;
  std::optional<part_list> aside;
  edge_base* (*make_edge)(graph_builder&, std::string) = nullptr;

  /// This many tries first, then what `next` says. Of `next` only what comes after its own retries counts.
  [[nodiscard]] error_handling then(error_handling next) const {
    next.policy.retries = policy.retries;
    next.policy.backoff = policy.backoff;
    return next;
  }
};

/// Leaves the item out; the report counts it as skipped.
[[nodiscard]] inline error_handling skip() { return {{.last = error_action::skip}, {}, nullptr}; }
/// Tries the item `n` times more, the first time after `backoff`, then after twice as long, and so on; then stops the run,
/// or what follows in then(). The stage waits on a timer, no thread does.
[[nodiscard]] inline error_handling retry(std::size_t n, clock::duration backoff = {}) {
  return {{.retries = n, .backoff = backoff}, {}, nullptr};
}
/// Puts the item aside as dead<T>{item, error} into `sink`, a piece that ends in a sink. T: the type of the items that the
/// stage takes.
template <class T, branch Sink>
[[nodiscard]] error_handling dead_letter(Sink sink) {
  auto bound = detail::bind_branch<dead<T>>(sink);
  static_assert(std::is_void_v<typename decltype(bound)::out_type>, "weir: dead letters must end in a sink");
  return {
      {.last = error_action::dead_letter}, std::move(bound.parts.parts), [](graph_builder& builder, std::string name) {
        return detail::make_out_edge<dead<T>>(builder, {}, std::move(name));
      }};
}

namespace detail {

struct on_error_tag {
  error_handling what;
};

/// A part with a policy.
class guarded_part final : public part {
 public:
  guarded_part(std::shared_ptr<const part> inner, error_handling what)
      : part(inner->name()), inner_(std::move(inner)), what_(std::move(what)) {}

  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    inner_->build(builder, in, out);
    node& guarded = builder.last_node();
    edge_base* aside = nullptr;
    if (what_.aside) {
      if (builder.replicating()) {
        throw plan_error("weir: dead_letter() cannot stand inside parallel(), balance(n, …) or partition(): its sink "
                         "would be written by several stages at once");
      }
      aside = what_.make_edge(builder, name() + " -> " + what_.aside->entries().front().what->name());
      guarded.also_writes(*aside);
    }
    guarded.guard(what_.policy, aside);
    if (aside != nullptr) { (void)what_.aside->build(builder, aside, nullptr); }
  }
  edge_base* add_out_edge(graph_builder& builder, const edge_options& options, std::string name) const override {
    return inner_->add_out_edge(builder, options, std::move(name));
  }
  [[nodiscard]] std::string exit_name() const override { return inner_->exit_name(); }
  [[nodiscard]] bool used_up() const noexcept override { return inner_->used_up(); }
  // What is left out makes branches unequal.
  [[nodiscard]] std::size_t lag() const noexcept override {
    return what_.policy.last == error_action::stop ? inner_->lag() : k_any_lag;
  }

 private:
  std::shared_ptr<const part> inner_;
  error_handling what_;
};

inline part_list guarded(part_list parts, error_handling what) {
  parts.replace_last([&](std::shared_ptr<const part> last) {
    return std::make_shared<guarded_part>(std::move(last), std::move(what));
  });
  return parts;
}

} // namespace detail

/// `| on_error(skip())`, `| on_error(retry(3, 10ms).then(skip()))`, …: the policy of the stage in front of it.
[[nodiscard]] inline auto on_error(error_handling what) { return detail::on_error_tag{std::move(what)}; }

template <left_side Left>
[[nodiscard]] auto operator|(Left left, detail::on_error_tag tag) {
  auto done = detail::closed(std::move(left));
  return decltype(done)(detail::guarded(done.parts(), std::move(tag.what)));
}
/// Behind a sink.
[[nodiscard]] inline plan operator|(const plan& left, detail::on_error_tag tag) {
  return left.with(detail::guarded(left.parts(), std::move(tag.what)));
}
template <unbound Left>
[[nodiscard]] auto operator|(Left left, detail::on_error_tag tag) {
  return detail::make_piece(
      [left = std::move(left), tag = std::move(tag)](auto before) { return (std::move(before) | left) | tag; });
}

} // namespace weir
