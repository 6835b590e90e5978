#pragma once
// The stage behind a hub.
//
// Attaching and detaching only change the list of hub_state and wake the stage, which takes the changes between two items.
// So what came before goes to the old branches and what comes after to the new, and the data path takes no lock.

#include <weir/hub_state.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

template <class T>
class hub_node final : public node {
  using link_ptr = std::shared_ptr<hub_link<T>>;

 public:
  hub_node(std::string name, edge_base* in, std::shared_ptr<hub_state<T>> state)
      : node(std::move(name)), in_(static_cast<typed_edge<T>&>(*in)), state_(std::move(state)) {
    add_input(*in);
  }
  void start() override {
    state_->taken();
    state_->begins(context().self());
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      // News are looked at after the items: a change that was made before one of these items was pushed is seen.
      const std::span<T> items = in_.peek();
      if (state_->news()) { take_changes(); }
      if (ending_) { return links_.empty() ? step::done : step::outside; }
      if (items.empty()) {
        if (!in_.ended()) {
          wait_on(in_, edge_event::items);
          return step::input;
        }
        if (context().cancelled()) {
          return step::done;
        } // This end is no end of the stream: nothing may look complete.
        ending_ = true;
        for (const link_ptr& link : links_) { finish(*link); }
        continue;
      }
      const std::size_t n = room_for(std::min(items.size(), budget.items()));
      if (n > 0) {
        give(items.first(n));
        in_.release(n);
      } else if (!news_while_full()) {
        return step::outside;
      }
      if (budget.spent()) { return step::more; }
    }
  }

  // On failure and cancel the branches are cancelled with the hub; their runs release themselves.
  void release() override {
    for (const link_ptr& link : links_) {
      if (context().cancelled()) { link->run_of_branch->cancel(); } // Before its end, or it may look complete.
      finish(*link);
    }
    state_->ends();
    for (const link_ptr& link : links_) { let_go(*link); }
    links_.clear();
  }

 private:
  void take_changes() {
    for (const link_ptr& link : state_->attached()) {
      if (std::find(links_.begin(), links_.end(), link) == links_.end()) { begin(link); }
      if (link->handle->leaving()) { finish(*link); }
    }
    for (std::size_t i = links_.size(); i-- > 0;) {
      if (links_[i]->run_of_branch->over()) { remove(i); }
    }
  }

  void begin(const link_ptr& link) {
    link->hub_alive = context().services().alive();
    link->items.producer(&context().self());
    try {
      links_.reserve(links_.size() + 1); // A branch that runs must be among them.
      link->run_of_branch.emplace(context().services().start_beside(
          hub_state<T>::whole(link), link->options, [kept = link, state = state_]() mutable {
            kept->items.keep(nullptr);
            kept.reset(); // Before anybody can learn of the end.
            state->wake();
          }));
      link->handle->started(*link->run_of_branch);
      links_.push_back(link);
      if (ending_) { finish(*link); }
    } catch (...) {
      link->handle->failed(std::current_exception());
      state_->gone(link);
      if (state_->policy() == on_branch_failure::fail_all) { throw; }
    }
  }

  // The branch is over. Its error is the hub's, unless the policy says otherwise.
  void remove(std::size_t at) {
    const link_ptr link = links_[at];
    finish(*link);
    links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(at));
    state_->gone(link);
    run ended = *link->run_of_branch;
    let_go(*link);
    try {
      (void)ended.wait();
    } catch (...) {
      if (state_->policy() == on_branch_failure::fail_all) { throw; }
    }
  }

  // The branch's run keeps the link: the link must not keep the run.
  static void let_go(hub_link<T>& link) {
    link.run_of_branch.reset();
    link.handle.reset();
  }

  void finish(hub_link<T>& link) {
    if (!std::exchange(link.finished, true)) { link.items.finish(); }
  }
  [[nodiscard]] bool takes(const hub_link<T>& link) const noexcept { return !link.finished && !link.items.closed(); }

  std::size_t room_for(std::size_t n) {
    bool any = false;
    for (const link_ptr& link : links_) {
      if (!takes(*link)) { continue; }
      any = true;
      n = std::min(n, link->items.room());
    }
    return any ? n : 0;
  }
  void give(std::span<T> items) {
    const auto last = std::find_if(links_.rbegin(), links_.rend(), [&](const link_ptr& l) { return takes(*l); });
    for (const link_ptr& link : links_) {
      if (!takes(*link)) { continue; }
      for (T& item : items) {
        if (!link->items.try_push(link == *last ? std::move(item) : one_more(item))) { break; } // closed meanwhile
      }
      link->items.flush_out();
      link->items.signal_data();
    }
  }
  // Raises the gate of every full branch, then looks again. Where none is full any more, the one that was has drained before
  // its gate could be raised: nobody would wake this stage.
  bool news_while_full() {
    bool news = state_->news();
    bool any = false;
    bool full = false;
    for (const link_ptr& link : links_) {
      if (!takes(*link)) { continue; }
      any = true;
      if (link->items.room() > 0) { continue; }
      full = true;
      news = link->items.arm(edge_event::room) || news;
    }
    return news || (any && !full);
  }

  typed_edge<T>& in_;
  std::shared_ptr<hub_state<T>> state_;
  std::vector<link_ptr> links_; // attached and not over
  bool ending_ = false;
};

template <class T>
class hub_part final : public typed_part<void> {
 public:
  explicit hub_part(std::shared_ptr<hub_state<T>> state) : typed_part<void>("hub"), state_(std::move(state)) {}
  void build(graph_builder& builder, edge_base* in, edge_base*) const override {
    builder.add_node<hub_node<T>>(this->name(), in, state_);
  }
  [[nodiscard]] bool used_up() const noexcept override { return state_->used(); }

 private:
  std::shared_ptr<hub_state<T>> state_;
};

} // namespace weir::detail
