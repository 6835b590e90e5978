#pragma once
// What the edge's tests share: wakers that count, an edge of chosen marks, a consumer that takes.

#include <weir/edge.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace weir::test {

struct counting_waker final : waker {
  int calls = 0;
  void wake() noexcept override { ++calls; }
};

struct marks {
  std::size_t capacity;
  std::size_t high = edge_options::k_default;
  std::size_t low = edge_options::k_default;
  bool bytes = false;
};

/// An edge with both ends on this thread.
template <class T>
struct bench_edge {
  explicit bench_edge(const marks& m)
      : items(edge_options{.capacity = m.capacity, .high_water = m.high, .low_water = m.low, .in_bytes = m.bytes}
                  .resolved(64)) {
    items.producer(&producer);
    items.consumer(&consumer);
  }
  /// Takes one item as a running consumer does: released at once, gates looked at.
  std::optional<T> take() {
    T* const front = items.front();
    if (front == nullptr) { return std::nullopt; }
    std::optional<T> item(std::move(*front));
    items.next();
    items.flush_in();
    items.signal_space(false);
    return item;
  }
  std::size_t take_all() {
    std::size_t n = 0;
    while (take()) { ++n; }
    return n;
  }

  counting_waker producer;
  counting_waker consumer;
  typed_edge<T> items;
};

} // namespace weir::test
