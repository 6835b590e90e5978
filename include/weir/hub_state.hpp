#pragma once
// What a hub's stage shares with the threads that attach and detach.
//
//   hub_state    who is attached (hub_roll.hpp), and what becomes of whoever cannot be served
//   hub_link<T>  one branch's queue, and its run; the queue's producer is the hub's stage, its consumer the branch's first
//   hub_branch   a branch as its handles see it

#include <weir/atomics.hpp>
#include <weir/errors.hpp>
#include <weir/fan_part.hpp>
#include <weir/hub_roll.hpp>
#include <weir/run.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir {

enum class on_branch_failure : std::uint8_t { fail_all, detach };

namespace detail {

/// A branch as its handles see it.
class hub_branch {
 public:
  explicit hub_branch(std::function<void()> wake_hub) : wake_hub_(std::move(wake_hub)) {}

  void leave() {
    leaving_.set(true);
    wake_hub_();
  }
  [[nodiscard]] bool leaving() const noexcept { return leaving_.get(); }

  // ---- the hub's stage ----
  void started(run r) {
    settle([&] { run_.emplace(std::move(r)); });
  }
  void failed(std::exception_ptr error) {
    settle([&] { error_ = std::move(error); });
  }

  report wait() {
    {
      std::unique_lock lock(mutex_);
      settled_.wait(lock, [this] { return run_ || error_; });
    }
    if (error_) { std::rethrow_exception(error_); }
    return run_->wait();
  }
  [[nodiscard]] bool over() const {
    const std::lock_guard lock(mutex_);
    return error_ || (run_ && run_->over());
  }

 private:
  template <class Change>
  void settle(Change change) {
    {
      const std::lock_guard lock(mutex_);
      if (!run_ && !error_) { change(); }
    }
    settled_.notify_all();
  }

  std::function<void()> wake_hub_;
  hint<bool> leaving_{false};
  mutable std::mutex mutex_; // a branch's start, and whoever waits for it
  std::condition_variable settled_;
  std::optional<run> run_;
  std::exception_ptr error_; // it never started
};

/// A branch's queue and run. Kept by the hub's stage until the branch is over, and by the branch's run.
template <class T>
struct hub_link {
  explicit hub_link(const edge_options& queue) : items(queue.resolved(k_default_capacity<T>)) { items.held_outside(); }

  typed_edge<T> items;
  branch_parts parts;
  run_options options;
  std::shared_ptr<hub_branch> handle;
  std::shared_ptr<void> hub_alive; // the stage that is the queue's producer
  std::optional<run> run_of_branch;
  bool finished = false; // gets no more; hub's stage only
};

/// The branch's side of the queue: where its pipeline begins.
template <class T>
class link_part final : public typed_part<T> {
 public:
  explicit link_part(std::shared_ptr<hub_link<T>> link) : typed_part<T>("hub"), link_(std::move(link)) {}
  void build(graph_builder& builder, edge_base*, edge_base* out) const override {
    edge_base* const in = &builder.keep(link_).items;
    using forward = fused_node<T, no_function, std::tuple<>, no_function>;
    builder.add_node<forward>(this->name(), no_function{}, std::tuple<>{}, no_function{}, in, out).shares_items(true);
  }

 private:
  std::shared_ptr<hub_link<T>> link_;
};

template <class T>
class hub_state : public std::enable_shared_from_this<hub_state<T>> {
 public:
  explicit hub_state(on_branch_failure policy) : policy_(policy) {}
  ~hub_state() { ends(); }
  hub_state(const hub_state&) = delete;
  hub_state& operator=(const hub_state&) = delete;

  [[nodiscard]] on_branch_failure policy() const noexcept { return policy_; }

  std::shared_ptr<hub_branch> attach(branch_parts parts, const run_options& options) {
    auto link = std::make_shared<hub_link<T>>(parts.queue);
    link->parts = std::move(parts);
    link->options = options;
    (void)plan(whole(link)).check(options);
    link->handle = std::make_shared<hub_branch>([weak = this->weak_from_this()] {
      if (const auto state = weak.lock()) { state->wake(); }
    });
    if (!roll_.add(link)) {
      throw std::logic_error("weir: the hub's run is over: nothing can be attached to it any more");
    }
    return link->handle;
  }
  [[nodiscard]] std::size_t branches() const { return roll_.size(); }
  void wake() { roll_.wake(); }
  static part_list whole(const std::shared_ptr<hub_link<T>>& link) {
    part_list parts;
    parts.add(std::make_shared<link_part<T>>(link));
    parts.add(link->parts.parts);
    return parts;
  }

  // ---- the hub's stage ----
  /// Throws plan_error when another run has it.
  void taken() {
    if (std::exchange(used_, true)) { throw plan_error("weir: a hub serves one run only, and has"); }
  }
  [[nodiscard]] bool used() const noexcept { return used_; }
  void begins(waker& stage) { roll_.begins(stage); }
  /// From now on nothing can be attached, and nobody is woken.
  void ends() {
    for (const auto& link : roll_.ends()) { give_up(*link); }
  }
  [[nodiscard]] bool news() const noexcept { return roll_.news(); }
  [[nodiscard]] std::vector<std::shared_ptr<hub_link<T>>> attached() { return roll_.attached(); }
  void gone(const std::shared_ptr<hub_link<T>>& link) { roll_.gone(link); }

 private:
  static void give_up(hub_link<T>& link) {
    try {
      link.handle->failed(std::make_exception_ptr(cancelled_error()));
    } catch (...) { link.handle->failed(std::current_exception()); } // Whoever waits for it must not wait for ever.
  }

  const on_branch_failure policy_;
  hub_roll<std::shared_ptr<hub_link<T>>> roll_;
  bool used_ = false;
};

} // namespace detail

} // namespace weir
