#pragma once
// Stages written as coroutines.
//
//   weir::task twice(weir::inlet<int> in, weir::outlet<int> out) {
//     while (auto x = co_await in.pop()) {
//       if (!co_await out.push(*x * 2)) { co_return; }
//     }
//   }
//   weir::generator<int> count(int n) { for (int i = 0; i < n; ++i) { co_yield i; } }
//
// A coroutine may stop in the middle of an item: it is suspended while its edge is full or empty and is resumed by the
// stage's next turn, on whichever worker has it. It is never resumed from inside another coroutine (no symmetric
// transfer: GCC 12 overflows the stack with it at -O0 and under the sanitizers). The plan owns the callable, so what a
// lambda captured outlives the frame; parameters are kept in the frame by the language.

#include <weir/ports.hpp>
#include <weir/stage.hpp>

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// What a suspended stage coroutine waits for.
class coroutine_state {
 public:
  // ---- awaiters ----
  /// True: suspend until `what` happened at `where`; false: it has, and the turn may go on.
  [[nodiscard]] bool must_wait(edge_base& where, edge_event what) noexcept {
    where_ = &where;
    what_ = what;
    return budget_->spent() || !where.happened(what);
  }

  // ---- the node ----
  void turn(const turn_budget& budget) noexcept { budget_ = &budget; }
  [[nodiscard]] bool may_resume() const noexcept { return where_ == nullptr || where_->happened(what_); }
  [[nodiscard]] edge_base& where() const noexcept { return *where_; }
  [[nodiscard]] edge_event what() const noexcept { return what_; }
  void failed(std::exception_ptr error) noexcept { error_ = std::move(error); }
  void rethrow() {
    if (error_) { std::rethrow_exception(std::exchange(error_, nullptr)); }
  }

 private:
  const turn_budget* budget_ = nullptr;
  edge_base* where_ = nullptr;
  edge_event what_ = edge_event::items;
  std::exception_ptr error_;
};

/// Owns a coroutine frame.
template <class Promise>
class frame {
 public:
  frame() = default;
  explicit frame(std::coroutine_handle<Promise> handle) noexcept : handle_(handle) {}
  frame(frame&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  frame& operator=(frame&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~frame() {
    if (handle_) { handle_.destroy(); }
  }
  [[nodiscard]] std::coroutine_handle<Promise> handle() const noexcept { return handle_; }

 private:
  std::coroutine_handle<Promise> handle_;
};

} // namespace detail

/// The return type of a stage coroutine that takes its ends as arguments.
class task {
 public:
  struct promise_type : detail::coroutine_state {
    task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { failed(std::current_exception()); }
  };
  [[nodiscard]] std::coroutine_handle<promise_type> handle() const noexcept { return frame_.handle(); }

 private:
  explicit task(std::coroutine_handle<promise_type> handle) noexcept : frame_(handle) {}
  detail::frame<promise_type> frame_;
};

/// Waits until an item is there, moves it out; empty at the end of the stream.
template <class T>
struct pop_awaiter {
  typed_edge<T>* from;

  [[nodiscard]] bool await_ready() const noexcept { return from->item_at_hand(); }
  template <class Promise>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> self) const noexcept {
    return self.promise().must_wait(*from, edge_event::items);
  }
  [[nodiscard]] std::optional<T> await_resume() const { return inlet<T>(*from).try_pop(); }
};

/// Waits until the item is taken; false when nobody wants more.
template <class T>
struct push_awaiter {
  typed_edge<T>* to;
  T item;

  [[nodiscard]] bool await_ready() const noexcept { return to->room_at_hand(); }
  template <class Promise>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> self) const noexcept {
    return self.promise().must_wait(*to, edge_event::room);
  }
  [[nodiscard]] bool await_resume() { return to->try_push(std::move(item)); }
};

/// Waits until an edge is at or below its low-water mark; false when nobody wants more.
struct drained_awaiter {
  edge_base* of;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> self) const noexcept {
    return self.promise().must_wait(*of, edge_event::low);
  }
  bool await_resume() const noexcept { return !of->closed(); }
};

template <class T>
push_awaiter<T> outlet<T>::push(T item) {
  return {edge_, std::move(item)};
}
template <class T>
drained_awaiter outlet<T>::drained() {
  edge_->flush_out();
  return {edge_};
}
template <class T>
pop_awaiter<T> inlet<T>::pop() {
  return {edge_};
}

/// The return type of a source coroutine: each `co_yield x` waits until x is taken.
template <class T>
class generator {
 public:
  struct promise_type : detail::coroutine_state {
    typed_edge<T>* to = nullptr;

    generator get_return_object() { return generator(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { this->failed(std::current_exception()); }

    /// When nobody wants more the frame stays suspended here and is destroyed with the stage.
    struct yield_awaiter : push_awaiter<T> {
      bool await_suspend(std::coroutine_handle<promise_type> self) const noexcept {
        return self.promise().must_wait(*this->to, edge_event::room) || this->to->closed();
      }
      void await_resume() { (void)push_awaiter<T>::await_resume(); }
    };
    yield_awaiter yield_value(T item) { return {{to, std::move(item)}}; }
  };
  [[nodiscard]] std::coroutine_handle<promise_type> handle() const noexcept { return frame_.handle(); }

 private:
  explicit generator(std::coroutine_handle<promise_type> handle) noexcept : frame_(handle) {}
  detail::frame<promise_type> frame_;
};

namespace detail {

/// Calls a coroutine's maker with the ends it has.
template <class In, class Out, class F>
auto call_with_ends(F& make, edge_base* in, edge_base* out) {
  if constexpr (std::is_void_v<In> && std::is_invocable_v<F&>) {
    auto made = make();
    made.handle().promise().to = static_cast<typed_edge<Out>*>(out);
    return made;
  } else if constexpr (std::is_void_v<In>) {
    return make(outlet<Out>(static_cast<typed_edge<Out>&>(*out)));
  } else if constexpr (std::is_void_v<Out>) {
    return make(inlet<In>(static_cast<typed_edge<In>&>(*in)));
  } else {
    return make(inlet<In>(static_cast<typed_edge<In>&>(*in)), outlet<Out>(static_cast<typed_edge<Out>&>(*out)));
  }
}

} // namespace detail

/// The node of a stage coroutine. F is called once a run with the ends; it is kept as long as the frame.
template <class F, class In, class Out>
class coroutine_node final : public node {
 public:
  coroutine_node(std::string name, F make, edge_base* in, edge_base* out)
      : node(std::move(name)), make_(std::move(make)), in_(in), out_(out) {
    if (in != nullptr) { add_input(*in); }
    if (out != nullptr) { add_output(*out); }
  }

 protected:
  /// The frame is made at the first turn, and resumed while what it waits for has happened and the budget lasts.
  step body(const turn_budget& budget) override {
    if (!frame_) { frame_.emplace(detail::call_with_ends<In, Out>(*make_, in_, out_)); }
    auto handle = frame_->handle();
    auto& state = handle.promise();
    state.turn(budget);
    do {
      if (out_ != nullptr && out_->closed()) { return step::done; }
      if (!state.may_resume()) {
        wait_on(state.where(), state.what());
        return state.what() == edge_event::items ? step::input : step::room;
      }
      handle.resume();
      state.rethrow();
      if (handle.done()) { return step::done; }
    } while (!budget.spent());
    return step::more;
  }

  void release() noexcept override {
    frame_.reset();
    make_.reset();
  }

 private:
  using frame_type = decltype(detail::call_with_ends<In, Out>(std::declval<F&>(), std::declval<edge_base*>(), nullptr));

  std::optional<F> make_;
  edge_base* in_;
  edge_base* out_;
  std::optional<frame_type> frame_;
};

} // namespace weir
