#pragma once
// feed and drain_to: the ends of a pipeline for threads outside the engine.
//
//   weir::feed<int> in;                          weir::drain_to<int> out;
//   auto run = (in.source() | … | out.sink()).start();
//   in.push(1); … in.finish();                   while (auto x = out.pop()) { … }
// Each serves one run. One thread at a time at each end; the two ends are independent. Builds without NDEBUG throw
// std::logic_error at the second thread (one_at_a_time.hpp).

#include <weir/one_at_a_time.hpp>
#include <weir/pipe.hpp>
#include <weir/waker.hpp>

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace weir {

namespace detail {

/// An edge that outlives the run, and the waker of its outside end.
template <class T>
struct outside_edge final : waker {
  explicit outside_edge(const edge_options& options) : items(options.resolved(k_default_capacity<T>)) {
    items.held_outside();
  }
  void wake() noexcept override {
    thread.wake();
    if (on_wake && !items.finished()) { on_wake(); }
  }

  /// The outside end has gone: the run need not outlive itself for its sake.
  void let_go() noexcept {
    items.held_outside(false);
    items.keep(nullptr);
  }

  typed_edge<T> items;
  parker thread;
  std::function<void()> on_wake;
  bool used = false; // set when a run takes it; looked at by later starts
};

/// Moves items between the outside edge and the run's.
template <class T>
using forward_node = fused_node<T, no_function, std::tuple<>, no_function>;

template <class T>
class feed_part final : public typed_part<T> {
 public:
  explicit feed_part(std::shared_ptr<outside_edge<T>> state) : typed_part<T>("feed"), state_(std::move(state)) {}
  void build(graph_builder& builder, edge_base*, edge_base* out) const override {
    if (!builder.dry()) { state_->used = true; }
    edge_base* const in = &builder.keep(state_).items;
    builder.add_node<forward_node<T>>(this->name(), no_function{}, std::tuple<>{}, no_function{}, in, out);
  }
  [[nodiscard]] bool used_up() const noexcept override { return state_->used; }

 private:
  std::shared_ptr<outside_edge<T>> state_;
};

template <class T>
class drain_part final : public typed_part<void> {
 public:
  explicit drain_part(std::shared_ptr<outside_edge<T>> state)
      : typed_part<void>("drain_to"), state_(std::move(state)) {}
  void build(graph_builder& builder, edge_base* in, edge_base*) const override {
    if (!builder.dry()) { state_->used = true; }
    edge_base* const out = &builder.keep(state_).items;
    builder.add_node<forward_node<T>>(this->name(), no_function{}, std::tuple<>{}, no_function{}, in, out);
  }
  [[nodiscard]] bool used_up() const noexcept override { return state_->used; }

 private:
  std::shared_ptr<outside_edge<T>> state_;
};

} // namespace detail

/// Where a thread outside the engine puts items in.
template <class T>
class feed {
 public:
  explicit feed(const edge_options& options = {}) : state_(std::make_shared<detail::outside_edge<T>>(options)) {
    state_->items.producer(state_.get());
  }
  explicit feed(std::size_t capacity) : feed(edge_options{.capacity = capacity}) {}
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;
  ~feed() {
    end();
    state_->let_go();
  }

  [[nodiscard]] pipe<void, T> source() const { return pipe<void, T>(std::make_shared<detail::feed_part<T>>(state_)); }

  /// Takes the item or leaves it untouched (false: full or over). Never waits.
  [[nodiscard]] bool try_push(T&& item) {
    const outcome answer = offer(std::move(item));
    return answer == outcome::taken || answer == outcome::taken_full;
  }
  /// The full answer; after taken_full or refused, on_drain is called once there is room again. Never waits.
  [[nodiscard]] outcome offer(T&& item) {
    const auto visit = here_.enter(k_end);
    const outcome answer = state_->items.offer(std::move(item));
    if (!state_->items.corked() || answer != outcome::taken) { state_->items.signal_data(); }
    return answer;
  }
  /// Waits for room. False, the item untouched: the run is over.
  bool push(T item) {
    const auto visit = here_.enter(k_end);
    auto& e = state_->items;
    for (;;) {
      const std::uint32_t ticket = state_->thread.ticket();
      if (!e.finished() && !e.closed() && e.try_push(std::move(item))) {
        if (!e.corked()) {
          e.flush_out();
          e.signal_data();
        }
        return true;
      }
      e.signal_data(); // A full ring has published what was corked.
      if (e.finished() || e.closed()) { return false; }
      if (!e.arm_drain()) { state_->thread.wait(ticket); }
    }
  }
  /// Between cork() and as many uncork() calls nothing pushed is seen by the pipeline; then all of it at once. The end and
  /// a full ring uncork by themselves. See weir::cork for the scope guard.
  void cork() {
    const auto visit = here_.enter(k_end);
    state_->items.cork();
  }
  void uncork() {
    const auto visit = here_.enter(k_end);
    state_->items.uncork();
    if (!state_->items.corked()) { state_->items.signal_data(); }
  }
  /// Called when there is room again, and when nobody wants more, on the worker that made it so, with no lock held; not
  /// after finish(). Set it before the start. It may push again; a thread that pushes beside it must order itself with
  /// it, because the call can come while offer() has still to return.
  void on_drain(std::function<void()> call) { state_->on_wake = std::move(call); }
  /// No more items. Idempotent.
  void finish() {
    const auto visit = here_.enter(k_end);
    end();
  }

  [[nodiscard]] std::size_t high_water_mark() const noexcept { return state_->items.high_water_mark(); }
  [[nodiscard]] std::size_t writable_length() const noexcept { return state_->items.writable_length(); }
  [[nodiscard]] bool need_drain() const noexcept { return state_->items.need_drain(); }

 private:
  static constexpr const char* k_end = "the producer's end of a feed";
  void end() noexcept {
    if (!state_->items.finished()) { state_->items.finish(); }
  }

  std::shared_ptr<detail::outside_edge<T>> state_;
  [[no_unique_address]] one_at_a_time here_;
};

/// Corks a feed for a scope.
template <class T>
class cork {
 public:
  explicit cork(feed<T>& what) : what_(&what) { what_->cork(); }
  cork(const cork&) = delete;
  cork& operator=(const cork&) = delete;
  ~cork() { what_->uncork(); }

 private:
  feed<T>* what_;
};

/// Where a thread outside the engine takes items out. After the end, wait() for the run to learn whether it went well.
template <class T>
class drain_to {
 public:
  explicit drain_to(const edge_options& options = {}) : state_(std::make_shared<detail::outside_edge<T>>(options)) {
    state_->items.consumer(state_.get());
  }
  explicit drain_to(std::size_t capacity) : drain_to(edge_options{.capacity = capacity}) {}
  drain_to(const drain_to&) = delete;
  drain_to& operator=(const drain_to&) = delete;
  ~drain_to() {
    state_->items.close();
    state_->let_go();
  }

  [[nodiscard]] pipe<T, void> sink() const { return pipe<T, void>(std::make_shared<detail::drain_part<T>>(state_)); }

  /// The oldest item, or empty: none is there now, or the end (see ended()). Never waits.
  [[nodiscard]] std::optional<T> try_pop() {
    const auto visit = here_.enter(k_end);
    return take();
  }
  /// Waits for an item; empty at the end of the stream.
  [[nodiscard]] std::optional<T> pop() {
    const auto visit = here_.enter(k_end);
    for (;;) {
      const std::uint32_t ticket = state_->thread.ticket();
      if (auto item = take()) { return item; }
      if (state_->items.ended()) { return std::nullopt; }
      if (!state_->items.arm_data()) { state_->thread.wait(ticket); }
    }
  }
  [[nodiscard]] bool ended() {
    const auto visit = here_.enter(k_end);
    return state_->items.ended();
  }
  /// Wants no more: the pipeline is told, and ends successfully.
  void close() {
    const auto visit = here_.enter(k_end);
    state_->items.close();
  }
  [[nodiscard]] std::size_t readable_length() const noexcept { return state_->items.readable_length(); }

  /// `for (T& x : out)`: waits for each item.
  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    explicit iterator(drain_to* from) : from_(from) { ++*this; }
    T& operator*() const noexcept { return *item_; }
    iterator& operator++() {
      item_ = from_->pop();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept { return !at.item_.has_value(); }

   private:
    drain_to* from_ = nullptr;
    mutable std::optional<T> item_;
  };
  [[nodiscard]] iterator begin() { return iterator(this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  static constexpr const char* k_end = "the consumer's end of a drain_to";
  [[nodiscard]] std::optional<T> take() {
    std::optional<T> item = inlet<T>(state_->items).try_pop();
    if (item) {
      state_->items.flush_in();
      state_->items.signal_space(true);
    }
    return item;
  }

  std::shared_ptr<detail::outside_edge<T>> state_;
  [[no_unique_address]] one_at_a_time here_;
};

} // namespace weir
