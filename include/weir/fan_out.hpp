#pragma once
// The nodes that one input leaves by several outputs: tee (each item to all), split (each item to the one with the least
// to do), partition (each item to the one its key names).
//
// All three wait for room before they take an item, and for several edges at once by naming each of them: the wait set
// is the list of edges whose gate is raised, so an edge that drains twice, or closes, cannot be counted twice.

#include <weir/edge.hpp>
#include <weir/stage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// One more of the same item: a copy, or for items that share what they hold a second handle.
template <class T>
[[nodiscard]] T one_more(T& item) {
  if constexpr (requires { item.share(); }) {
    return item.share();
  } else {
    return T(std::as_const(item));
  }
}

/// What the three have in common: one input, several outputs.
template <class T>
class fan_out_node : public node {
 public:
  fan_out_node(std::string name, edge_base* in, const std::vector<edge_base*>& outs)
      : node(std::move(name)), in_(static_cast<typed_edge<T>&>(*in)) {
    add_input(*in);
    for (edge_base* e : outs) {
      add_output(*e);
      outs_.push_back(static_cast<typed_edge<T>*>(e));
    }
  }

 protected:
  /// Nobody downstream wants more.
  [[nodiscard]] bool all_closed() const noexcept {
    return std::all_of(outs_.begin(), outs_.end(), [](const auto* e) { return e->closed(); });
  }
  [[nodiscard]] step no_item() {
    if (in_.ended()) { return step::done; }
    wait_on(in_, edge_event::items);
    return step::input;
  }

  /// Only when the run is over.
  [[nodiscard]] std::int64_t in_minus_out() const noexcept {
    std::uint64_t out = 0;
    for (const auto* e : outs_) { out += e->items_in(); }
    return static_cast<std::int64_t>(in_.items_out() - out);
  }

  typed_edge<T>& in_;
  std::vector<typed_edge<T>*> outs_;
};

/// Every output gets every item, in order; the slowest governs. An output that wants no more is left out.
template <class T>
class tee_node final : public fan_out_node<T> {
 public:
  tee_node(std::string name, edge_base* in, const std::vector<edge_base*>& outs)
      : fan_out_node<T>(std::move(name), in, outs) {
    this->shares_items(true);
  }
  [[nodiscard]] stage_tally tally() const noexcept override {
    std::uint64_t out = 0;
    for (const auto* e : this->outs_) { out += e->items_in(); }
    stage_tally t;
    t.added = out - std::min(out, this->in_.items_out());
    return t;
  }
  [[nodiscard]] std::int64_t unaccounted() const noexcept override {
    std::int64_t missing = 0;
    for (const auto* e : this->outs_) {
      if (!e->closed()) { missing += static_cast<std::int64_t>(this->in_.items_out() - e->items_in()); }
    }
    return missing;
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      if (this->all_closed()) { return step::done; }
      const std::span<T> items = this->in_.peek();
      if (items.empty()) { return this->no_item(); }
      const std::size_t n = room_for(std::min(items.size(), budget.items()));
      if (n == 0) { return step::room; }
      give(items.first(n));
      this->in_.release(n);
      if (budget.spent()) { return step::more; }
    }
  }

 private:
  // How many of `n` items every open output has room for; names those that have none.
  std::size_t room_for(std::size_t n) {
    for (typed_edge<T>* e : this->outs_) {
      if (e->closed()) { continue; }
      const std::size_t room = e->room();
      if (room == 0) { this->wait_on(*e, edge_event::room); }
      n = std::min(n, room);
    }
    return n;
  }
  void give(std::span<T> items) {
    typed_edge<T>* const last = this->outs_.back();
    for (typed_edge<T>* e : this->outs_) {
      for (T& item : items) {
        if (!e->try_push(e == last ? std::move(item) : one_more(item))) { break; } // closed meanwhile
      }
    }
  }
};

/// Each item to the output with the shortest queue. With `tickets`, which say where each item went, for ordered farms.
template <class T>
class split_node final : public fan_out_node<T> {
 public:
  split_node(std::string name, edge_base* in, const std::vector<edge_base*>& outs,
             typed_edge<std::uint32_t>* tickets = nullptr)
      : fan_out_node<T>(std::move(name), in, outs), tickets_(tickets) {
    if (tickets != nullptr) { this->also_writes(*tickets); }
  }
  [[nodiscard]] std::int64_t unaccounted() const noexcept override { return this->in_minus_out(); }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      if (tickets_ != nullptr && tickets_->closed()) { return step::done; }
      T* const item = this->in_.front();
      if (item == nullptr) { return this->all_closed() ? step::done : this->no_item(); }
      if (tickets_ != nullptr && !tickets_->has_room()) {
        this->wait_on(*tickets_, edge_event::room);
        return step::room;
      }
      const std::size_t to = least_loaded();
      if (to == this->outs_.size()) { return no_room(); }
      if (!this->outs_[to]->try_push(std::move(*item))) { continue; } // closed meanwhile
      this->outs_[to]->flush_out();
      if (tickets_ != nullptr) {
        (void)tickets_->try_push(static_cast<std::uint32_t>(to));
        tickets_->flush_out();
      }
      this->in_.next();
      if (budget.spent()) { return step::more; }
    }
  }

 private:
  step no_room() {
    bool none_left = true;
    for (auto* e : this->outs_) {
      if (e->closed()) { continue; } // A replica that wants no more.
      none_left = false;
      this->wait_on(*e, edge_event::room);
    }
    return none_left ? step::done : step::room;
  }
  // Starts behind the last one, so that equals take turns.
  std::size_t least_loaded() {
    std::size_t best = this->outs_.size();
    std::size_t best_length = 0;
    for (std::size_t i = 0; i < this->outs_.size(); ++i) {
      const std::size_t r = (last_ + 1 + i) % this->outs_.size();
      if (!this->outs_[r]->has_room()) { continue; }
      const std::size_t length = this->outs_[r]->writable_length();
      if (best == this->outs_.size() || length < best_length) {
        best = r;
        best_length = length;
      }
    }
    if (best != this->outs_.size()) { last_ = best; }
    return best;
  }

  typed_edge<std::uint32_t>* tickets_;
  std::size_t last_ = 0;
};

/// Each item to the output that hash(key(item)) names: same key, same output. Waits for that output alone, so order holds
/// for each key. An output that wants no more gets no more; what its keys bring then counts as filtered.
template <class T, class Key>
class partition_node final : public fan_out_node<T> {
 public:
  partition_node(std::string name, edge_base* in, const std::vector<edge_base*>& outs, Key key)
      : fan_out_node<T>(std::move(name), in, outs), key_(std::move(key)) {}
  [[nodiscard]] stage_tally tally() const noexcept override {
    stage_tally t;
    t.filtered = filtered_.get();
    return t;
  }
  [[nodiscard]] std::int64_t unaccounted() const noexcept override {
    return this->in_minus_out() - static_cast<std::int64_t>(filtered_.get());
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      if (this->all_closed()) { return step::done; }
      T* const item = this->in_.front();
      if (item == nullptr) { return this->no_item(); }
      typed_edge<T>& to = *this->outs_[lane_of(*item)];
      if (!to.try_push(std::move(*item))) {
        if (!to.closed()) {
          this->wait_on(to, edge_event::room);
          return step::room;
        }
        filtered_.add(1);
      }
      this->in_.next();
      if (budget.spent()) { return step::more; }
    }
  }

 private:
  // Hashes of integers are often the integers themselves: mixed, so that keys with a common step spread too.
  [[nodiscard]] std::size_t lane_of(const T& item) {
    using key_type = std::remove_cvref_t<std::invoke_result_t<Key&, const T&>>;
    const std::uint64_t mixed = std::uint64_t{std::hash<key_type>{}(key_(item))} * 0x9e3779b97f4a7c15u;
    return static_cast<std::size_t>((mixed >> 32) % this->outs_.size());
  }

  Key key_;
  counter filtered_; // written by the stage
};

} // namespace weir::detail
