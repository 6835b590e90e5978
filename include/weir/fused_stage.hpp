#pragma once
// The node of a fused group: [source function] operators [sink function], each end either a function or an edge.

#include <weir/object_stage.hpp>
#include <weir/operators.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// Stands where a fused group has no function at that end but an edge.
struct no_function {
  static constexpr std::string_view k_name = "";
};

/// A source function: `bool pull(n, emit)` calls emit(item) at most n times, stops when emit says false, and returns
/// false when it has nothing more. A sink function: `void put(item)`.
template <class T>
inline constexpr bool is_function_end = !std::is_same_v<T, no_function>;

namespace detail {

/// What enters a fused group: from its source function, or In from the edge.
template <class In, class Source>
struct group_input {
  using type = In;
};
template <class Source>
struct group_input<void, Source> {
  using type = typename Source::item;
};

} // namespace detail

template <class In, class Source, class Ops, class Sink>
class fused_node;

template <class In, class Source, class... Ops, class Sink>
class fused_node<In, Source, std::tuple<Ops...>, Sink> final : public node {
  static constexpr bool k_has_source = is_function_end<Source>;
  static constexpr bool k_has_sink = is_function_end<Sink>;
  using entering = typename detail::group_input<In, Source>::type;
  using leaving = typename detail::chain_output<entering, Ops...>::type;
  using chain_type = detail::chain<entering, Ops...>;
  static constexpr std::size_t k_chunk = 1024; // items between two looks at the clock when there is no edge

 public:
  fused_node(std::string name, Source source, std::tuple<Ops...> ops, Sink sink, edge_base* in, edge_base* out)
      : node(std::move(name)), body_(std::in_place, std::move(source), chain_type(std::move(ops)), std::move(sink)),
        in_(in), out_(out) {
    if constexpr (!k_has_source) { add_input(*in); }
    if constexpr (!k_has_sink) { add_output(*out); }
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      const std::size_t room = room_now();
      if (room == 0) { return out_closed() ? step::done : step::room; }
      step why = step::more;
      if constexpr (k_has_source) {
        why = from_source(std::min(room, budget.items()));
      } else {
        why = from_edge(room, budget);
      }
      if (why != step::more) { return why; }
      if (budget.spent()) { return step::more; }
    }
  }

  void release() noexcept override { body_.reset(); }

 private:
  struct parts {
    parts(Source s, chain_type c, Sink k) : source(std::move(s)), ops(std::move(c)), sink(std::move(k)) {}
    Source source;
    chain_type ops;
    Sink sink;
  };

  // Where items that leave the chain go: into the sink function, or into a reserved span that is committed at the end
  // of the chunk, also when something throws.
  class exit {
   public:
    exit(fused_node& owner, std::size_t room) : owner_(&owner) {
      if constexpr (!k_has_sink) {
        span_ = owner.out_.port.reserve(room);
        at_ = span_.data();
      }
    }
    exit(const exit&) = delete;
    exit& operator=(const exit&) = delete;
    ~exit() {
      if constexpr (!k_has_sink) {
        if (at_ != span_.data()) { owner_->out_.port.commit(static_cast<std::size_t>(at_ - span_.data())); }
      }
    }
    [[nodiscard]] std::size_t room() const noexcept {
      if constexpr (k_has_sink) { return k_chunk; }
      return static_cast<std::size_t>(span_.data() + span_.size() - at_);
    }
    template <class Y>
    bool put(Y&& y) {
      if constexpr (k_has_sink) {
        owner_->body_->sink.put(std::forward<Y>(y));
      } else {
        std::construct_at(at_++, std::forward<Y>(y));
      }
      return true;
    }

   private:
    struct nothing {};
    using element = std::conditional_t<std::is_void_v<leaving>, nothing, leaving>;
    fused_node* owner_;
    std::span<element> span_{};
    element* at_ = nullptr;
  };

  std::size_t room_now() {
    if constexpr (k_has_sink) {
      return k_chunk;
    } else {
      return std::min(out_.port.room(), k_cursor_span);
    }
  }
  bool out_closed() {
    if constexpr (k_has_sink) {
      return false;
    } else {
      return out_.port.closed();
    }
  }

  // Goes on with an item that stopped in the middle for lack of room. What it makes is published before the next item is
  // asked for: a farm counts it to this item.
  step finish_item(std::size_t room) {
    exit to(*this, room);
    const bool go = body_->ops.resume([&] { return to.room() > 0; },
                                      [&](auto&& y) { return to.put(std::forward<decltype(y)>(y)); });
    return go ? step::more : step::done;
  }
  template <class Y>
  bool pass(Y&& x, exit& to) {
    return body_->ops.pass(
        std::forward<Y>(x), [&] { return to.room() > 0; },
        [&](auto&& y) { return to.put(std::forward<decltype(y)>(y)); });
  }
  bool ready_for_next(const exit& to) const {
    if constexpr (chain_type::k_expands) { return to.room() > 0 && !body_->ops.pending(); }
    return true;
  }

  step from_source(std::size_t room) {
    if (body_->ops.pending()) { return finish_item(room); }
    exit to(*this, room);
    bool go = true;
    const bool alive = body_->source.pull(to.room(), [&](auto&& x) {
      go = pass(std::forward<decltype(x)>(x), to);
      return go && ready_for_next(to);
    });
    if (!go) { return step::done; }
    if (!alive) { return body_->ops.pending() ? step::more : step::done; }
    return step::more;
  }

  step from_edge(std::size_t room, const turn_budget& budget) {
    auto& e = in_.port.get();
    e.window(budget.items(batch_.items()));
    if (body_->ops.pending()) { return finish_item(room); }
    const auto items = in_.port.peek();
    if (items.empty()) { return in_.port.ended() ? step::done : step::input; }
    exit to(*this, room);
    const std::uint64_t begun = ticks();
    const std::size_t most = std::min(items.size(), to.room());
    std::size_t done = 0;
    const release_guard release{in_.port, done};
    bool go = true;
    while (done < most && go && ready_for_next(to)) { go = pass(std::move(items[done++]), to); }
    batch_.learn(ticks() - begun, done);
    return go ? step::more : step::done;
  }

  struct release_guard {
    inlet<entering>& port;
    std::size_t& done;
    ~release_guard() { port.release(done); }
  };

  std::optional<parts> body_;
  [[no_unique_address]] detail::input_end<std::conditional_t<k_has_source, void, In>> in_;
  [[no_unique_address]] detail::output_end<std::conditional_t<k_has_sink, void, leaving>> out_;
  batch_size batch_;
};

} // namespace weir
