#pragma once
// typed_edge: an edge_base and its ring of items. One producer, one consumer at a time. A stage meets it as outlet<T> and
// inlet<T> (ports.hpp).
//
//   line    written by   read by    what
//   ring    see spsc_ring.hpp
//   out_    producer     producer   the reserved span being filled
//   in_     consumer     consumer   the span being consumed
//
//   function                                     who        waits  progress
//   try_push offer reserve commit flush_out cork producer   no     wait-free
//   front next peek release flush_in             consumer   no     wait-free

#include <weir/edge_base.hpp>
#include <weir/spsc_ring.hpp>
#include <weir/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace weir {

/// Told by an edge each time its consumer asks for more: the item handed out last is done with.
class item_watcher {
 public:
  virtual void item_done() noexcept = 0;

 protected:
  ~item_watcher() = default;
};

/// An edge of items of type T. Stages use outlet<T> and inlet<T>; this is what stands behind both.
template <ring_item T>
class typed_edge final : public edge_base {
 public:
  static_assert(alignof(T) <= detail::k_storage_alignment, "weir: an item aligned to more than two cache lines");

  explicit typed_edge(const edge_options& resolved)
      : edge_base(resolved), span_(resolved.in_bytes ? 1 : cursor_span(resolved.capacity)),
        storage_(spsc_ring<T>::checked_bytes(resolved.capacity)),
        ring_(resolved.capacity, static_cast<T*>(storage_.at())) {
    if (byte_sized<T>) { sizes_ = std::make_unique<std::uint64_t[]>(resolved.capacity); }
  }

  ~typed_edge() override { // The ring destroys what was never consumed, published or not.
    uncork_all();
    flush_in();
  }

  [[nodiscard]] std::size_t footprint() const noexcept override {
    return sizeof(*this) + ring_.storage_bytes(capacity()) + (sizes_ ? capacity() * sizeof(std::uint64_t) : 0);
  }
  [[nodiscard]] bool carries_blocks() const noexcept override { return holds_block<T>; }
  [[nodiscard]] std::uint64_t items_in() const noexcept override { return ring_.pushed(); }
  [[nodiscard]] std::uint64_t items_out() const noexcept override { return ring_.popped() - discarded_.get(); }

  // ---- producer ----------------------------------------------------------------------------------------------

  /// Takes the item or leaves it untouched. What was taken is published by flush_out() at the latest.
  template <class U>
  [[nodiscard]] bool try_push(U&& item) noexcept(std::is_nothrow_constructible_v<T, U>) {
    if (out_.at == out_.end && !refill_out()) [[unlikely]] { return false; }
    std::construct_at(out_.at, std::forward<U>(item));
    ++out_.at;
    return true;
  }

  /// Pushes, publishes at once, and answers in full. Pressure is judged after the item is in.
  template <class U>
  [[nodiscard]] outcome offer(U&& item) {
    if (finished()) { return outcome::closed; }
    while (closed() || !try_push(std::forward<U>(item))) {
      if (closed()) { return outcome::closed; }
      if (report_pressure()) { return outcome::refused; }
    }
    flush_out();
    if (length() + held_length() < high_water_mark()) { return outcome::taken; }
    publish_held(); // Also under a cork: the drain that the caller will wait for must be able to come.
    return report_pressure() ? outcome::taken_full : outcome::taken;
  }

  /// Raw contiguous room for at most `max` items; construct from the front, then commit(). Empty: full or closed.
  [[nodiscard]] std::span<T> reserve(std::size_t max) noexcept {
    flush_out();
    if (closed()) [[unlikely]] { return {}; }
    if (counts_bytes()) { max = has_room() ? 1 : 0; }
    out_ = {};
    return ring_.reserve(max);
  }
  void commit(std::size_t n) noexcept {
    account_out(n);
    ring_.commit(n);
    hint_data();
  }

  void flush_out() noexcept override {
    if (corked() || (out_.at == out_.begin && held_ == 0)) { return; }
    publish_held();
  }

  /// Holds back what is pushed until as many uncork() calls, the end, or a full ring publish it as one batch.
  void cork() noexcept { ++corks_; }
  /// One too many is a no-op.
  void uncork() noexcept {
    if (corks_ > 0 && --corks_ == 0) { flush_out(); }
  }
  void uncork_all() noexcept override {
    corks_ = 0;
    flush_out();
  }
  [[nodiscard]] bool corked() const noexcept { return corks_ > 0; }

  [[nodiscard]] bool has_room() noexcept override {
    if (closed()) { return false; }
    if (out_.at != out_.end) { return true; }
    if (!below_byte_mark()) { return false; }
    return ring_.room() > staged();
  }

  /// The next push or pop touches no shared memory.
  [[nodiscard]] bool room_at_hand() const noexcept { return out_.at != out_.end; }
  [[nodiscard]] bool item_at_hand() const noexcept { return in_.at != in_.end; }
  /// Free places now, without what is staged. Exact or too low.
  [[nodiscard]] std::size_t room() noexcept {
    if (!has_room()) { return 0; }
    return counts_bytes() ? 1 : ring_.room() - staged();
  }
  /// Items ever pushed, the staged ones included. Producer only.
  [[nodiscard]] std::uint64_t total_out() const noexcept { return ring_.pushed() + staged(); }

  // ---- consumer ----------------------------------------------------------------------------------------------

  /// The oldest item in place, or null when none is there. It stays until next().
  [[nodiscard]] T* front() noexcept {
    if (in_.at == in_.end && !refill_in()) [[unlikely]] { return nullptr; }
    return in_.at;
  }
  /// Done with front().
  void next() noexcept { ++in_.at; }

  /// The items at hand, contiguous, at most window(); empty when none is there.
  [[nodiscard]] std::span<T> peek() noexcept {
    if (in_.at == in_.end && !refill_in()) { return {}; }
    return {in_.at, in_.end};
  }
  void release(std::size_t n) noexcept {
    in_.at += n;
    if (in_.at == in_.end) { flush_in(); }
  }

  void flush_in() noexcept override {
    if (in_.at == in_.begin) { return; }
    const auto n = static_cast<std::size_t>(in_.at - in_.begin);
    in_.begin = in_.at;
    account_in(n);
    ring_.release(n, !same_worker());
    if (!quiet_in_ && drain_gate_.peek() && low(static_cast<std::size_t>(items_in() - items_out()))) {
      signal_space(false);
    }
  }

  void discard() noexcept override {
    flush_in();
    in_ = {};
    for (std::span<T> left = ring_.peek(capacity()); !left.empty(); left = ring_.peek(capacity())) {
      ring_.release(left.size());
      discarded_.add(left.size());
    }
    if (outlives_run_) { return; }
    ring_.drop_storage(); // A handle may keep the run for long.
    storage_.give_back();
  }

  [[nodiscard]] bool has_items() noexcept override { return in_.at != in_.end || refill_in(); }

  /// Every published item has been handed out by front() or peek(). Exact once finished(). Consumer only.
  [[nodiscard]] bool all_seen() const noexcept {
    return ring_.popped() + static_cast<std::uint64_t>(in_.end - in_.begin) == ring_.pushed();
  }
  /// Hands out one item at a time and tells `who` when each is done with. Before the run.
  void watch(item_watcher& who) noexcept { watcher_ = &who; }
  /// Items handed out and done with, the unreleased ones included. Consumer only.
  [[nodiscard]] std::uint64_t total_in() const noexcept {
    return ring_.popped() + static_cast<std::uint64_t>(in_.at - in_.begin);
  }

 protected:
  void drop_reserved() noexcept override { out_ = {}; }
  void republish_tail() noexcept override { ring_.republish_tail(); }
  void republish_head() noexcept override { ring_.republish_head(); }
  std::size_t size_after_flag() noexcept override { return ring_.size_after_flag(); }
  bool grew_after_flag() noexcept override { return ring_.grew_after_flag(); }

 private:
  struct span_at {
    T* begin = nullptr;
    T* at = nullptr;
    T* end = nullptr;
  };

  [[nodiscard]] std::size_t staged() const noexcept { return held_ + static_cast<std::size_t>(out_.at - out_.begin); }

  // What is pushed and not yet published, in the unit of the marks.
  [[nodiscard]] std::size_t held_length() noexcept {
    if (!counts_bytes()) { return staged(); }
    std::size_t sum = 0;
    if constexpr (byte_sized<T>) {
      for (std::size_t i = 0; i < staged(); ++i) { sum += byte_size(ring_.uncommitted(i)); }
    }
    return sum;
  }

  void publish_held() noexcept {
    const std::size_t n = staged();
    held_ = 0;
    out_.begin = out_.at;
    if (n > 0) { commit(n); }
  }

  bool refill_out() noexcept {
    if (corked()) {
      held_ = staged();
    } else {
      publish_held();
    }
    out_ = {};
    if (finished() || closed()) { return false; }
    if (!below_byte_mark()) { return false; }
    std::span<T> span = ring_.reserve(span_, held_);
    if (span.empty() && held_ > 0) { // A cork is bounded by the ring: full, it publishes by itself.
      publish_held();
      span = ring_.reserve(span_);
    }
    out_ = {span.data(), span.data(), span.data() + span.size()};
    return !span.empty();
  }

  bool refill_in() noexcept {
    flush_in();
    if (watcher_ != nullptr && std::exchange(handed_out_, false)) { watcher_->item_done(); }
    const std::span<T> span = ring_.peek(watcher_ == nullptr ? window_ : 1);
    handed_out_ = !span.empty();
    in_ = {span.data(), span.data(), span.data() + span.size()};
    if (!same_worker() && std::is_trivially_copyable_v<T>) {
      for (std::size_t byte = 0; byte < span.size_bytes(); byte += k_cache_line) {
        __builtin_prefetch(reinterpret_cast<const char*>(span.data()) + byte);
      }
    }
    return !span.empty();
  }

  void account_out(std::size_t n) noexcept {
    if constexpr (byte_sized<T>) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t bytes = byte_size(ring_.uncommitted(i));
        sum += bytes;
        sizes_[(ring_.pushed() + i) % capacity()] = bytes;
      }
      bytes_pushed_.add(sum);
    } else {
      bytes_pushed_.add(n * sizeof(T));
    }
  }

  // The same number comes off that was put on, whatever became of the item in between.
  void account_in(std::size_t n) noexcept {
    if constexpr (byte_sized<T>) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < n; ++i) { sum += sizes_[(ring_.popped() + i) % capacity()]; }
      bytes_popped_.add(sum);
    } else {
      bytes_popped_.add(n * sizeof(T));
    }
  }

  // On the producer's lines of edge_base, which have room for it.
  span_at out_;                            // producer only
  std::size_t held_ = 0;                   // corked items before out_.begin; producer only
  std::size_t corks_ = 0;                  // producer only
  std::size_t span_;                       // producer only
  std::unique_ptr<std::uint64_t[]> sizes_; // of byte-sized items: what each slot was counted as

  detail::held_storage storage_; // of the ring

  [[no_unique_address]] spsc_ring<T> ring_;
  // On the second of the lines that the ring's consumer writes.
  alignas(k_cache_line) span_at in_; // consumer only
  counter discarded_;                // written by the consumer
  item_watcher* watcher_ = nullptr;  // consumer only
  bool handed_out_ = false;          // consumer only
};

static_assert(sizeof(typed_edge<int>) == sizeof(edge_base) + sizeof(spsc_ring<int>),
              "an edge's own ends lie in the padding of its base and of its ring");

} // namespace weir
