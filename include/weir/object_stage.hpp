#pragma once
// Stages written as objects: a class with `step process(…)` over an inlet, an outlet, or both.
//
//   struct doubler {
//     weir::step process(weir::inlet<int>& in, weir::outlet<int>& out);
//     weir::step finish(weir::outlet<int>& out);      // optional: what is left after the last input
//     weir::step idle();                              // optional: when there is no input now; step::input, after wake_by()
//                                                     //   perhaps, or step::blocking
//     void start(weir::stage_context& context);       // optional: open files, keep the context
//     weir::stage_needs needs() const;                // optional: blocks and bytes
//     bool holds_items() const noexcept;              // optional, of a source: asked to finish, it still has to let
//                                                     //   something out, and is called until it has
//   };
// process() is called only with at least one item at hand and room for at least one (space before input).

#include <weir/errors.hpp>
#include <weir/ports.hpp>
#include <weir/slot.hpp>
#include <weir/stage.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class Member>
struct process_shape;
template <class S, class A, class B>
struct process_shape<step (S::*)(inlet<A>&, outlet<B>&)> {
  using in = A;
  using out = B;
};
template <class S, class B>
struct process_shape<step (S::*)(outlet<B>&)> {
  using in = void;
  using out = B;
};
template <class S, class A>
struct process_shape<step (S::*)(inlet<A>&)> {
  using in = A;
  using out = void;
};

} // namespace detail

/// An object stage's item types; void where it has no such end.
template <class S>
using stage_input = typename detail::process_shape<decltype(&S::process)>::in;
template <class S>
using stage_output = typename detail::process_shape<decltype(&S::process)>::out;

template <class S>
concept object_stage = requires {
  typename detail::process_shape<decltype(&S::process)>::in;
  typename detail::process_shape<decltype(&S::process)>::out;
};

/// Keeps the batch handed to a body near `k_target` of work: 1,024 items of a cheap body, one of a heavy one.
class batch_size {
 public:
  [[nodiscard]] std::size_t items() const noexcept { return items_; }

  void learn(std::uint64_t ticks_spent, std::uint64_t items_done) noexcept {
    if (items_done == 0) { return; }
    const std::uint64_t fit = k_target * items_done / std::max<std::uint64_t>(1, ticks_spent);
    items_ = std::clamp<std::size_t>((3 * items_ + static_cast<std::size_t>(fit)) / 4, 1, k_most_items);
  }

 private:
  static constexpr std::uint64_t k_target = 40'000; // ticks, 10 to 20 microseconds
  std::size_t items_ = 64;
};

namespace detail {

/// The ends of a node, absent where the type is void.
template <class T>
struct input_end {
  explicit input_end(edge_base* e) : port(static_cast<typed_edge<T>&>(*e)) {}
  inlet<T> port;
};
template <>
struct input_end<void> {
  explicit input_end(edge_base*) {}
};
template <class T>
struct output_end {
  explicit output_end(edge_base* e) : port(static_cast<typed_edge<T>&>(*e)) {}
  outlet<T> port;
};
template <>
struct output_end<void> {
  explicit output_end(edge_base*) {}
};

} // namespace detail

/// The node of an object stage.
template <object_stage S>
class object_node final : public node {
  using in_t = stage_input<S>;
  using out_t = stage_output<S>;
  static constexpr bool k_has_in = !std::is_void_v<in_t>;
  static constexpr bool k_has_out = !std::is_void_v<out_t>;

 public:
  object_node(std::string name, S stage, edge_base* in, edge_base* out)
      : node(std::move(name)), stage_(std::in_place, std::move(stage)), in_(in), out_(out) {
    if constexpr (k_has_in) { add_input(*in); }
    if constexpr (k_has_out) { add_output(*out); }
  }

  /// The item to blame is the one at the front of the inlet; a stage with a policy leaves it there, and whole, until it has
  /// dealt with it.
  void guard(const error_policy& policy, edge_base* aside) override {
    if constexpr (k_has_in) {
      auto* const letters = dynamic_cast<typed_edge<dead<in_t>>*>(aside);
      if (aside != nullptr && letters == nullptr) {
        throw plan_error("weir: dead_letter() behind '" + name() + "' is for items of another type");
      }
      guard_.emplace(policy, letters);
    } else {
      node::guard(policy, aside);
    }
  }
  [[nodiscard]] stage_tally tally() const noexcept override {
    stage_tally t;
    if constexpr (k_has_in) {
      if (guard_) {
        t.skipped = guard_->skipped();
        t.dead_lettered = guard_->dead_lettered();
      }
    }
    return t;
  }

  [[nodiscard]] stage_needs needs() const override {
    if constexpr (requires { stage_->needs(); }) { return stage_->needs(); }
    return {};
  }
  void start() override {
    if constexpr (requires { stage_->start(context()); }) { stage_->start(context()); }
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      if constexpr (k_has_out) {
        if (out_.port.closed()) { return step::done; } // Also while there is no input.
      }
      if constexpr (k_has_in) {
        if (!finishing_ && in_.port.empty()) {
          if (!in_.port.ended()) {
            if constexpr (requires { stage_->idle(); }) { return stage_->idle(); }
            return step::input;
          }
          finishing_ = true;
        }
      }
      if constexpr (k_has_out) {
        if (!out_.port.get().has_room()) { return step::room; } // closed meanwhile: waiting for room finds out
      }
      if constexpr (k_has_in) {
        if (guard_ && !guard_->ready()) {
          wait_on(*guard_->aside(), edge_event::room);
          return step::room;
        }
        if (guard_ && context().now() < guard_->due()) {
          context().wake_at(guard_->due());
          return step::time;
        }
      }
      const step why = finishing_ ? finish() : guarded_process(budget);
      if (why == step::input && end_of_input()) { continue; }
      if (why != step::more) { return why; }
      if (k_has_in && !finishing_ ? budget.late() : budget.spent()) { return step::more; }
    }
  }

  [[nodiscard]] bool holds_items() const noexcept override {
    if constexpr (requires { stage_->holds_items(); }) {
      return stage_->holds_items();
    } else {
      return false;
    }
  }

  void release() override { stage_.reset(); }

 private:
  step process(const turn_budget& budget) {
    if constexpr (k_has_in && k_has_out) {
      in_.port.get().window(budget.items(batch_.items()));
      return measured(budget, [&] { return stage_->process(in_.port, out_.port); });
    } else if constexpr (k_has_in) {
      in_.port.get().window(budget.items(batch_.items()));
      return measured(budget, [&] { return stage_->process(in_.port); });
    } else {
      return stage_->process(out_.port);
    }
  }

  step guarded_process(const turn_budget& budget) {
    if constexpr (k_has_in) {
      if (guard_) {
        try {
          const step why = process(budget);
          guard_->succeeded();
          return why;
        } catch (...) {
          if (in_.port.empty()) { throw; } // No item to blame.
          if (!guard_->failed(&in_.port.front(), context().now())) { in_.port.release(1); }
          return step::more;
        }
      }
    }
    return process(budget);
  }

  step finish() {
    if constexpr (k_has_out && requires { stage_->finish(out_.port); }) {
      return stage_->finish(out_.port);
    } else if constexpr (requires { stage_->finish(); }) {
      return stage_->finish();
    }
    return step::done;
  }

  // The body wants more than is there, and no more will come: it gets what finish() is for.
  bool end_of_input() {
    if constexpr (k_has_in) {
      typed_edge<in_t>& e = in_.port.get();
      if (!finishing_ && e.finished() && e.all_seen()) {
        finishing_ = true;
        return true;
      }
    }
    return false;
  }

  template <class Call>
  step measured(const turn_budget& budget, Call call) {
    const std::uint64_t before = in_.port.get().total_in();
    const step why = call();
    batch_.learn(budget.lap(), in_.port.get().total_in() - before);
    return why;
  }

  detail::slot<S> stage_;
  [[no_unique_address]] detail::input_end<in_t> in_;
  [[no_unique_address]] detail::output_end<out_t> out_;
  std::optional<detail::item_guard<std::conditional_t<k_has_in, in_t, char>>> guard_;
  batch_size batch_;
  bool finishing_ = false;
};

} // namespace weir
