#pragma once
// The node of a fused group: [source function] operators [sink function], each end either a function or an edge.

#include <weir/chain.hpp>
#include <weir/errors.hpp>
#include <weir/fused_ends.hpp>
#include <weir/object_stage.hpp>
#include <weir/slot.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

template <class In, class Source, class Ops, class Sink>
class fused_node;

template <class In, class Source, class... Ops, class Sink>
class fused_node<In, Source, std::tuple<Ops...>, Sink> final : public node {
  static constexpr bool k_has_source = is_function_end<Source>;
  static constexpr bool k_has_sink = is_function_end<Sink>;
  using entering = typename detail::group_input<In, Source>::type;
  using leaving = typename detail::chain_output<entering, Ops...>::type;
  using chain_type = detail::chain<entering, Ops...>;
  using body_type = detail::group_body<Source, chain_type, Sink>;
  using exit = detail::group_exit<body_type, leaving, k_has_sink>;

 public:
  fused_node(std::string name, Source source, std::tuple<Ops...> ops, Sink sink, edge_base* in, edge_base* out)
      : node(std::move(name)), body_(std::in_place, std::move(source), chain_type(std::move(ops)), std::move(sink)),
        in_(in), out_(out) {
    if constexpr (!k_has_source) { add_input(*in); }
    if constexpr (!k_has_sink) { add_output(*out); }
  }

  void guard(const error_policy& policy, edge_base* aside) override {
    if (policy.keeps_item() && !std::copy_constructible<entering>) {
      throw plan_error("weir: '" + name() + "' takes items that cannot be copied: on_error(skip()) only");
    }
    auto* const letters = dynamic_cast<typed_edge<dead<entering>>*>(aside);
    if (aside != nullptr && letters == nullptr) {
      throw plan_error("weir: dead_letter() behind '" + name() + "' is for items of another type");
    }
    guard_.emplace(policy, letters);
  }

  [[nodiscard]] bool begins_with_input() const noexcept override { return !k_has_source; }
  [[nodiscard]] stage_tally tally() const noexcept override {
    stage_tally t;
    t.made = k_has_source ? taken_.get() : 0;
    t.consumed = k_has_sink ? put_.get() : 0;
    t.filtered = filtered_.get();
    t.added = added_.get();
    if (guard_) {
      t.skipped = guard_->skipped();
      t.dead_lettered = guard_->dead_lettered();
    }
    return t;
  }
  [[nodiscard]] std::int64_t unaccounted() const noexcept override {
    const stage_tally t = tally();
    const std::uint64_t left = put_.get() + t.filtered + t.skipped + t.dead_lettered + unwanted_.get();
    return static_cast<std::int64_t>(taken_.get() + t.added - left);
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      const std::size_t room = room_now();
      if (room == 0) { return out_closed() ? step::done : step::room; }
      if (guard_ && !guard_->ready()) {
        wait_on(*guard_->aside(), edge_event::room);
        return step::room;
      }
      const step why = work(room, budget);
      if (why != step::more) { return why; }
      if (k_has_source ? budget.spent() : budget.late()) { return step::more; }
    }
  }

  [[nodiscard]] bool holds_items() const noexcept override { return held_ || (body_ && body_->ops.pending()); }
  void release() override {
    if (held_ && out_closed()) { unwanted_.set(1); }
    held_.reset();
    body_.reset();
  }

 private:
  std::size_t room_now() {
    if constexpr (k_has_sink) {
      return k_most_items;
    } else {
      return std::min(out_.port.room(), k_most_items);
    }
  }
  bool out_closed() {
    if constexpr (k_has_sink) {
      return false;
    } else {
      return out_.port.closed();
    }
  }
  exit way_out(std::size_t room) {
    if constexpr (k_has_sink) {
      return exit(*body_, put_);
    } else {
      return exit(*body_, put_, out_.port, room);
    }
  }

  step work(std::size_t room, const turn_budget& budget) {
    if (held_) { return try_again(room); }
    if (body_->ops.pending()) { return finish_item(room); }
    return guard_ ? take_items<true>(room, budget) : take_items<false>(room, budget);
  }
  template <bool Guarded>
  step take_items(std::size_t room, const turn_budget& budget) {
    if constexpr (k_has_source) {
      return from_source<Guarded>(std::min(room, budget.items()));
    } else {
      return from_edge<Guarded>(room, budget);
    }
  }

  // Goes on with an item that stopped in the middle for lack of room. What it makes is published before the next item is
  // asked for: a farm counts it to this item.
  step finish_item(std::size_t room) {
    exit to = way_out(room);
    const counting seen(*this);
    const auto resume = [&] {
      return body_->ops.resume([&] { return to.room() > 0; },
                               [&](auto&& y) { return to.put(std::forward<decltype(y)>(y)); }, seen.tally);
    };
    if (!guard_) { return resume() ? step::more : step::done; }
    try {
      return resume() ? step::more : step::done;
    } catch (...) {
      body_->ops.abandon();
      (void)guard_->failed(nullptr, context().now());
      return step::more;
    }
  }
  template <class Y>
  bool pass(Y&& x, exit& to, op_tally& tally) {
    return body_->ops.pass(
        std::forward<Y>(x), [&] { return to.room() > 0; },
        [&](auto&& y) { return to.put(std::forward<decltype(y)>(y)); }, tally);
  }
  template <bool Guarded>
  bool ready_for_next(const exit& to) {
    if constexpr (chain_type::k_expands) {
      if (to.room() == 0 || body_->ops.pending()) { return false; }
    }
    if constexpr (Guarded) { return !held_ && guard_->ready(); }
    return true;
  }
  template <bool Guarded>
  bool process(entering&& x, exit& to, op_tally& tally) {
    if constexpr (Guarded) { return pass_guarded(std::move(x), to, tally); }
    return pass(std::move(x), to, tally);
  }

  // The item is kept until it has gone through, if the policy needs it after a failure.
  bool pass_guarded(entering&& x, exit& to, op_tally& tally) {
    const std::size_t before = to.passed();
    entering* intact = nullptr;
    try {
      bool go = true;
      if constexpr (std::copy_constructible<entering>) {
        if (guard_->policy().keeps_item()) { intact = &x; }
        go = intact != nullptr ? pass(entering(std::as_const(x)), to, tally) : pass(std::move(x), to, tally);
      } else {
        go = pass(std::move(x), to, tally);
      }
      guard_->succeeded();
      return go;
    } catch (...) {
      body_->ops.abandon();
      if (guard_->failed(to.passed() == before ? intact : nullptr, context().now())) { held_.emplace(std::move(x)); }
      return true;
    }
  }

  step try_again(std::size_t room) {
    if (context().now() < guard_->due()) {
      context().wake_at(guard_->due());
      return step::time;
    }
    exit to = way_out(room);
    entering x = std::move(*held_);
    held_.reset();
    const counting seen(*this);
    return pass_guarded(std::move(x), to, seen.tally) ? step::more : step::done;
  }

  template <bool Guarded>
  step from_source(std::size_t room) {
    if (context().finishing()) { return step::done; } // What was pending has been let out.
    exit to = way_out(room);
    const counting seen(*this);
    bool go = true;
    std::uint64_t taken = 0;
    const bool alive = body_->source.pull(to.room(), [&](entering x) {
      ++taken;
      go = process<Guarded>(std::move(x), to, seen.tally);
      return go && ready_for_next<Guarded>(to);
    });
    taken_.add(taken);
    if (!go) { return step::done; }
    if (!alive) { return holds_items() ? step::more : step::done; }
    return step::more;
  }

  template <bool Guarded>
  step from_edge(std::size_t room, const turn_budget& budget) {
    auto& e = in_.port.get();
    e.window(budget.items(batch_.items()));
    const auto items = in_.port.peek();
    if (items.empty()) { return in_.port.ended() ? step::done : step::input; }
    exit to = way_out(room);
    const std::size_t most = std::min(items.size(), to.room());
    std::size_t done = 0;
    const release_guard release{*this, done};
    const counting seen(*this);
    bool go = true;
    while (done < most && go && ready_for_next<Guarded>(to)) {
      go = process<Guarded>(std::move(items[done++]), to, seen.tally);
    }
    batch_.learn(budget.lap(), done);
    return go ? step::more : step::done;
  }

  struct release_guard {
    fused_node& owner;
    std::size_t& done;
    ~release_guard() {
      owner.in_.port.release(done);
      owner.taken_.add(done);
    }
  };
  // What the operators count in one piece of work, also when something throws; then others may see it.
  class counting {
   public:
    explicit counting(fused_node& owner) noexcept : owner_(&owner) {}
    counting(const counting&) = delete;
    counting& operator=(const counting&) = delete;
    ~counting() {
      if constexpr (sizeof...(Ops) > 0) {
        op_tally& t = owner_->operators_;
        t.filtered += tally.filtered;
        t.split += tally.split;
        t.made += tally.made;
        owner_->filtered_.set(t.filtered + t.split - std::min(t.split, t.made));
        owner_->added_.set(t.made - std::min(t.split, t.made));
      }
    }
    mutable op_tally tally;

   private:
    fused_node* owner_;
  };

  detail::slot<body_type> body_;
  [[no_unique_address]] detail::input_end<std::conditional_t<k_has_source, void, In>> in_;
  [[no_unique_address]] detail::output_end<std::conditional_t<k_has_sink, void, leaving>> out_;
  batch_size batch_;
  op_tally operators_; // what all of them did so far
  std::optional<detail::item_guard<entering>> guard_;
  std::optional<entering> held_; // waits to be tried again
  counter taken_;                // all counters: written by the stage's turns
  counter put_;
  counter filtered_;
  counter added_;
  counter unwanted_; // waited to be tried again when the output closed
};

} // namespace weir
