#pragma once
// parallel(n, stage): n replicas of one stage, results in the order of the inputs.
//
//   in --> split --[work r]--> replica r --[made r]--> merge --> out
//             \                        \--[marks r]--/
//              `----------[tickets]------------------'
// The splitter hands each item to the replica with the least to do and writes a ticket, "item k went to r". The merger
// reads tickets in order and passes on what that replica made until the replica's mark says that the item is done. So
// order costs no reorder buffer, replicas may drop or multiply items, and the window of items between splitter and
// merger is the capacity of the ticket edge: memory known before the run.
//
// Deadlock-free: the merger waits for the oldest ticket only; its item is the oldest at its replica, whose output has
// room because the merger takes from it.

#include <weir/branches.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// Items a replica may hold before and after itself: few large ones, more small ones.
template <class T>
inline constexpr std::size_t k_replica_queue = holds_block<T>     ? 2
                                               : sizeof(T) <= 256 ? 32
                                                                  : 4;

/// Marks of a lane that are not given back are those whose tickets the merger has not taken yet, a window at most, and those
/// of the span it is at, of which there were a window at most when it was looked up.
inline constexpr std::size_t k_marks_per_ticket = 2;

template <class B>
class in_order_node final : public node {
 public:
  struct lane {
    typed_edge<B>* made;
    typed_edge<std::uint64_t>* marks; // after each item: how many items this replica has made in all
    std::uint64_t passed = 0;
  };

  in_order_node(std::string name, typed_edge<std::uint32_t>& tickets, std::vector<lane> lanes, edge_base* out)
      : node(std::move(name)), tickets_(tickets), lanes_(std::move(lanes)), out_(static_cast<typed_edge<B>&>(*out)) {
    add_input(tickets);
    for (lane& l : lanes_) {
      add_input(*l.made);
      add_input(*l.marks);
    }
    add_output(*out);
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      if (out_.closed()) { return step::done; }
      const std::uint32_t* const ticket = tickets_.front();
      if (ticket == nullptr) {
        if (tickets_.ended()) { return tail(); }
        wait_on(tickets_, edge_event::items);
        return step::input;
      }
      const step why = pass_item(lanes_[*ticket]);
      if (why != step::more) { return why; }
      tickets_.next();
      if (budget.spent()) { return step::more; }
    }
  }

 private:
  // Passes on what one item became. The mark is looked at after the items: a mark is published before any item of the
  // next input, so items seen without their mark all belong to this one.
  step pass_item(lane& from) {
    for (;;) {
      const bool some = from.made->has_items();
      const std::uint64_t* const mark = from.marks->front();
      if (mark != nullptr && from.passed == *mark) {
        from.marks->next();
        return step::more;
      }
      if (!some) {
        if (mark == nullptr && from.marks->ended()) { return step::done; }
        wait_on(*from.made, edge_event::items);
        wait_on(*from.marks, edge_event::items);
        return step::input;
      }
      if (!out_.has_room()) {
        wait_on(out_, edge_event::room);
        return step::room;
      }
      (void)out_.try_push(std::move(*from.made->front()));
      from.made->next();
      ++from.passed;
    }
  }

  // After the last item: what each replica's finish() made, replica by replica.
  step tail() {
    for (lane& l : lanes_) {
      while (!l.made->ended()) {
        if (!l.made->has_items()) {
          wait_on(*l.made, edge_event::items);
          return step::input;
        }
        if (!out_.has_room()) {
          wait_on(out_, edge_event::room);
          return out_.closed() ? step::done : step::room;
        }
        (void)out_.try_push(std::move(*l.made->front()));
        l.made->next();
      }
    }
    return step::done;
  }

  typed_edge<std::uint32_t>& tickets_;
  std::vector<lane> lanes_;
  typed_edge<B>& out_;
};

/// Writes a mark each time a replica asks for its next item.
template <class B>
class marker final : public item_watcher {
 public:
  marker(typed_edge<B>& made, typed_edge<std::uint64_t>& marks) : made_(&made), marks_(&marks) {}
  void item_done() noexcept override {
    (void)marks_->try_push(made_->total_out()); // There is room: see k_marks_per_ticket.
    made_->flush_out();
    marks_->flush_out();
  }

 private:
  typed_edge<B>* made_;
  typed_edge<std::uint64_t>* marks_;
};

template <class A, class B>
class parallel_part final : public typed_part<B> {
 public:
  parallel_part(std::size_t n, std::shared_ptr<const part> inner)
      : typed_part<B>(inner->name()), n_(n), inner_(std::move(inner)) {}

  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    const std::size_t n = n_ == 0 ? builder.threads() : n_;
    if (n == 1) { return inner_->build(builder, in, out); }
    const std::string& name = this->name();
    const std::size_t window = n * (k_replica_queue<A> + k_replica_queue<B> + 1);
    auto& tickets = builder.add_edge<std::uint32_t>({.capacity = window}, window, name + ".tickets");
    std::vector<edge_base*> work;
    for (std::size_t r = 0; r < n; ++r) {
      work.push_back(&builder.add_edge<A>({}, k_replica_queue<A>, lane_name("work", r)));
    }
    builder.add_node<split_node<A>>(name + ".split", in, work, &tickets).member_of(name);
    std::vector<typename in_order_node<B>::lane> lanes;
    for (std::size_t r = 0; r < n; ++r) {
      auto& made = builder.add_edge<B>({}, k_replica_queue<B>, lane_name("made", r));
      auto& marks =
          builder.add_edge<std::uint64_t>({.capacity = k_marks_per_ticket * window}, window, lane_name("marks", r));
      builder.replicating(true);
      inner_->build(builder, work[r], &made);
      builder.replicating(false);
      node& replica = builder.last_node();
      replica.rename(name + "[" + std::to_string(r) + "]");
      replica.member_of(name);
      replica.also_writes(marks);
      static_cast<typed_edge<A>*>(work[r])->watch(builder.keep(std::make_shared<marker<B>>(made, marks)));
      lanes.push_back({&made, &marks});
    }
    builder.add_node<in_order_node<B>>(name + ".merge", tickets, std::move(lanes), out).member_of(name);
  }
  [[nodiscard]] bool used_up() const noexcept override { return inner_->used_up(); }

 private:
  [[nodiscard]] std::string lane_name(const char* what, std::size_t r) const {
    return this->name() + "." + what + "[" + std::to_string(r) + "]";
  }

  std::size_t n_;
  std::shared_ptr<const part> inner_;
};

} // namespace detail

/// `n` replicas of one stage (0: one for each compute thread of the engine), results in the order of the inputs.
/// The stage must treat each item for itself, and keep the item at the front of its inlet until it has made all of it.
/// Throws plan_error when `inner` is more than one stage; operators between two stages are one.
template <left_side Inner>
[[nodiscard]] auto parallel(std::size_t n, Inner inner) {
  const auto one = detail::closed(std::move(inner));
  using made = std::remove_cvref_t<decltype(one)>;
  static_assert(!std::is_void_v<typename made::in_type> && !std::is_void_v<typename made::out_type>,
                "weir::parallel takes a transform: a source or a sink cannot be replicated in order");
  if (one.parts().entries().size() != 1) { throw plan_error("weir::parallel: takes exactly one stage"); }
  return pipe<typename made::in_type, typename made::out_type>(
      std::make_shared<detail::parallel_part<typename made::in_type, typename made::out_type>>(
          n, one.parts().entries().front().what));
}

/// `n` replicas of a group of operators.
template <operator_row Row>
[[nodiscard]] auto parallel(std::size_t n, Row row) {
  return detail::make_piece([n, row = std::move(row)](auto left) {
    using item = typename decltype(left)::out_type;
    return std::move(left) | parallel(n, items<item>() | row);
  });
}

/// Says that results may come in any order.
struct unordered_tag {};
inline constexpr unordered_tag unordered;

/// `n` replicas of a piece of any number of stages, results as they come: no item waits for another.
template <class Piece>
[[nodiscard]] auto parallel(std::size_t n, Piece what, unordered_tag) {
  return balance(n, std::move(what)) | merge();
}

} // namespace weir
