#pragma once
// The nodes that several inputs enter: merge (whoever has something, by turns), zip (one of each), concat (one after the
// other).

#include <weir/edge.hpp>
#include <weir/stage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// What merge and concat have in common: several inputs of one type, one output.
template <class T>
class fan_in_node : public node {
 public:
  fan_in_node(std::string name, const std::vector<edge_base*>& ins, edge_base* out)
      : node(std::move(name)), out_(static_cast<typed_edge<T>&>(*out)) {
    for (edge_base* e : ins) {
      add_input(*e);
      ins_.push_back(static_cast<typed_edge<T>*>(e));
    }
    add_output(*out);
  }
  /// An output that wants no more ends the account.
  [[nodiscard]] std::int64_t unaccounted() const noexcept override {
    if (out_.closed()) { return 0; }
    std::uint64_t in = 0;
    for (const auto* e : ins_) { in += e->items_out(); }
    return static_cast<std::int64_t>(in - out_.items_in());
  }

 protected:
  std::vector<typed_edge<T>*> ins_;
  typed_edge<T>& out_;
};

/// Items of all inputs as they come, at most k_merge_share of one before the next is looked at. Order holds for each
/// input. Ends when all have ended.
template <class T>
class merge_node final : public fan_in_node<T> {
  using fan_in_node<T>::ins_, fan_in_node<T>::out_;
  static constexpr std::size_t k_merge_share = 64;

 public:
  using fan_in_node<T>::fan_in_node;

 protected:
  step body(const turn_budget& budget) override {
    for (std::size_t idle = 0; idle < ins_.size(); next_ = (next_ + 1) % ins_.size()) {
      if (out_.closed()) { return step::done; }
      const std::size_t room = out_.room();
      if (room == 0) { return step::room; }
      if (pass(*ins_[next_], std::min({room, k_merge_share, budget.items()})) > 0) {
        idle = 0;
        if (budget.spent()) { return step::more; }
      } else {
        ++idle;
      }
    }
    return nothing_there();
  }

 private:
  std::size_t pass(typed_edge<T>& from, std::size_t most) {
    const std::span<T> items = from.peek();
    const std::size_t n = std::min(items.size(), most);
    for (T& item : items.first(n)) { (void)out_.try_push(std::move(item)); }
    from.release(n);
    return n;
  }
  step nothing_there() {
    bool all_ended = true;
    for (typed_edge<T>* e : ins_) {
      if (e->ended()) { continue; }
      all_ended = false;
      this->wait_on(*e, edge_event::items);
    }
    return all_ended ? step::done : step::input;
  }

  std::size_t next_ = 0; // whose turn it is
};

/// Tuples of one item of each input. Ends with the shortest; the others are told that nobody wants more.
template <class... Ts>
class zip_node final : public node {
 public:
  using item = std::tuple<Ts...>;

  zip_node(std::string name, const std::vector<edge_base*>& ins, edge_base* out)
      : zip_node(std::move(name), ins, out, std::index_sequence_for<Ts...>{}) {}

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      if (out_.closed()) { return step::done; }
      if (const step why = input_missing(); why != step::more) { return why; }
      if (!out_.has_room()) { return step::room; }
      std::apply([&](auto*... in) { (void)out_.try_push(item(std::move(*in->front())...)); }, ins_);
      std::apply([](auto*... in) { (in->next(), ...); }, ins_);
      if (budget.spent()) { return step::more; }
    }
  }

 private:
  template <std::size_t... I>
  zip_node(std::string name, const std::vector<edge_base*>& ins, edge_base* out, std::index_sequence<I...>)
      : node(std::move(name)), ins_(static_cast<typed_edge<Ts>*>(ins[I])...),
        out_(static_cast<typed_edge<item>&>(*out)) {
    for (edge_base* e : ins) { add_input(*e); }
    add_output(*out);
  }
  step input_missing() {
    bool missing = false;
    bool over = false;
    const auto look = [&](auto& in) {
      if (in.front() != nullptr) { return; }
      over = over || in.ended();
      missing = true;
      wait_on(in, edge_event::items);
    };
    std::apply([&](auto*... in) { (look(*in), ...); }, ins_);
    if (over) { return step::done; }
    return missing ? step::input : step::more;
  }

  std::tuple<typed_edge<Ts>*...> ins_;
  typed_edge<item>& out_;
};

/// All of the first input, then all of the second, and so on. The later ones fill their edges and wait.
template <class T>
class concat_node final : public fan_in_node<T> {
  using fan_in_node<T>::ins_, fan_in_node<T>::out_;

 public:
  using fan_in_node<T>::fan_in_node;

 protected:
  step body(const turn_budget& budget) override {
    while (at_ < ins_.size()) {
      if (out_.closed()) { return step::done; }
      typed_edge<T>& from = *ins_[at_];
      const std::span<T> items = from.peek();
      if (items.empty()) {
        if (from.ended()) {
          ++at_;
          continue;
        }
        this->wait_on(from, edge_event::items);
        return step::input;
      }
      const std::size_t n = std::min({items.size(), out_.room(), budget.items()});
      if (n == 0) { return step::room; }
      for (T& item : items.first(n)) { (void)out_.try_push(std::move(item)); }
      from.release(n);
      if (budget.spent()) { return step::more; }
    }
    return step::done;
  }

 private:
  std::size_t at_ = 0; // which input is being read
};

} // namespace weir::detail
