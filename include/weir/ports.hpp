#pragma once
// outlet and inlet: a stage's two ends of an edge. Small handles, copied freely; the edge belongs to the run.
//
//   function                                  who                        waits         progress
//   outlet::try_push offer room reserve …     the producing stage        no            wait-free
//   co_await outlet.push / drained            the producing coroutine    suspends      –
//   inlet::try_pop peek release ended …       the consuming stage        no            wait-free
//   co_await inlet.pop                        the consuming coroutine    suspends      –
// The awaitable forms stand in task.hpp.

#include <weir/edge.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace weir {

template <class T>
struct pop_awaiter;
template <class T>
struct push_awaiter;
struct drained_awaiter;

/// The producer's end.
template <class T>
class outlet {
 public:
  using value_type = T;

  outlet() = default;
  explicit outlet(typed_edge<T>& e) noexcept : edge_(&e) {}

  /// Takes the item or leaves it untouched and yours (false: full, or nobody wants more). In a stage, return
  /// step::room then. What was taken is seen by the consumer when the stage's turn ends, at the latest.
  template <class U>
  [[nodiscard]] bool try_push(U&& item) {
    return edge_->try_push(std::forward<U>(item));
  }
  /// Pushes, publishes at once, answers in full.
  template <class U>
  [[nodiscard]] outcome offer(U&& item) {
    return edge_->offer(std::forward<U>(item));
  }
  /// Raw contiguous room: construct from the front, then commit(n).
  [[nodiscard]] std::span<T> reserve(std::size_t max) noexcept { return edge_->reserve(max); }
  void commit(std::size_t n) noexcept { edge_->commit(n); }
  /// Makes what was pushed visible now.
  void flush() noexcept { edge_->flush_out(); }

  /// Places free now. Exact or too low.
  [[nodiscard]] std::size_t room() noexcept { return edge_->room(); }
  /// The consumer wants no more: every push is refused.
  [[nodiscard]] bool closed() const noexcept { return edge_->closed(); }
  [[nodiscard]] std::size_t high_water_mark() const noexcept { return edge_->high_water_mark(); }
  [[nodiscard]] std::size_t writable_length() const noexcept { return edge_->writable_length(); }
  [[nodiscard]] bool need_drain() const noexcept { return edge_->need_drain(); }

  /// Waits for room, then takes the item. Result: false when nobody wants more; the item is untouched then.
  [[nodiscard]] push_awaiter<T> push(T item);
  /// Waits until the edge is at or below its low-water mark. Result: false when nobody wants more.
  [[nodiscard]] drained_awaiter drained();

  [[nodiscard]] typed_edge<T>& get() const noexcept { return *edge_; }

 private:
  typed_edge<T>* edge_ = nullptr;
};

/// The consumer's end.
template <class T>
class inlet {
 public:
  using value_type = T;

  inlet() = default;
  explicit inlet(typed_edge<T>& e) noexcept : edge_(&e) {}

  /// The oldest item, moved out; empty when none is there now (see ended()).
  [[nodiscard]] std::optional<T> try_pop() {
    T* const item = edge_->front();
    if (item == nullptr) { return std::nullopt; }
    std::optional<T> moved(std::move(*item));
    edge_->next();
    return moved;
  }
  /// The items at hand in place, contiguous; empty when none is there now.
  [[nodiscard]] std::span<T> peek() noexcept { return edge_->peek(); }
  /// Done with the first `n` of peek().
  void release(std::size_t n) noexcept { edge_->release(n); }
  [[nodiscard]] bool empty() noexcept { return !edge_->has_items(); }
  [[nodiscard]] T& front() noexcept { return *edge_->front(); }
  /// No item is left and none will come.
  [[nodiscard]] bool ended() noexcept { return edge_->ended(); }
  /// Wants no more: the producer is told, what is queued is dropped with the run.
  void close() noexcept { edge_->close(); }
  [[nodiscard]] std::size_t readable_length() const noexcept { return edge_->readable_length(); }

  /// Waits for an item. Result: empty when the stream has ended.
  [[nodiscard]] pop_awaiter<T> pop();

  [[nodiscard]] typed_edge<T>& get() const noexcept { return *edge_; }

 private:
  typed_edge<T>* edge_ = nullptr;
};

} // namespace weir
