#pragma once
// edge: a ring, two gates, and the two ends' last words. One producer, one consumer at a time.
//
// edge_base is what the engine sees: marks, lengths, gates, flushing. typed_edge<T> adds the items. A stage meets an edge
// as outlet<T> and inlet<T> (ports.hpp).
//
//   line    written by   read by    what
//   ring    see spsc_ring.hpp
//   out_    producer     producer   the reserved span being filled
//   in_     consumer     consumer   the span being consumed
//   gates   both, rarely both       drain gate, data gate, end_, closed_
//
//   function                                  who        waits  progress
//   try_push offer flush_out finish           producer   no     wait-free
//   arm_drain signal_data                     producer   no     wait-free (signal may run a waker)
//   front next flush_in close                 consumer   no     wait-free
//   arm_data signal_space                     consumer   no     wait-free (signal may run a waker)
//   lengths, marks, need_drain                anyone     no     wait-free
//
// Invariants
//   I1  the end is published after the last item; a consumer that reads it looks at the ring once more
//   I2  a producer that parks has raised the drain gate and then seen the ring full; a consumer that parks has raised
//       the data gate and then seen nothing new: with the waker's seq_cst publish, no wake is lost
//   I4  the low-water mark may delay a drain only while the consumer keeps running: one that parks tells a parked
//       producer of any room (half-full hysteresis without this deadlocks live graphs)
//   I3  between flush and signal a wake may be late, never lost: whoever flushed signals before it parks
//
// Order pairs
//   [edge.end]    seq_cst: every item was published before the end; pairs with [edge.ended]
//   [edge.ended]  seq_cst: who reads the end sees every item by looking at the ring again; pairs with [edge.end]
//   [edge.close]  seq_cst: in the single order before the consumer looks at the drain gate; pairs with [edge.closed]
//   [edge.closed] seq_cst: the producer looks after raising the drain gate; pairs with [edge.close]

#include <weir/cursor.hpp>
#include <weir/gate.hpp>
#include <weir/spsc_ring.hpp>
#include <weir/waker.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// The full answer to a push.
enum class outcome : std::uint8_t {
  taken,      ///< the item is in the edge
  taken_full, ///< the item is in the edge, which is now at or above its high-water mark: wait for the drain
  refused,    ///< not taken, still yours, not moved from: the edge is full
  closed,     ///< not taken, still yours: the consumer has gone, or the producer has finished
};

/// Bytes of the standard's own byte containers.
[[nodiscard]] inline std::uint64_t byte_size(std::string_view text) noexcept { return text.size(); }
[[nodiscard]] inline std::uint64_t byte_size(const std::vector<std::byte>& bytes) noexcept { return bytes.size(); }

/// Bytes an item stands for in byte accounting; found by argument-dependent lookup, measured once, at the push.
template <class T>
concept byte_sized = requires(const T& item) {
  { byte_size(item) } noexcept -> std::convertible_to<std::uint64_t>;
};

/// How much an edge takes. `0` and `k_default` fields are filled in by the plan.
struct edge_options {
  static constexpr std::size_t k_default = std::numeric_limits<std::size_t>::max();

  std::size_t capacity = k_default;   ///< items, the hard limit, at least 1
  std::size_t high_water = k_default; ///< level from which a push reports pressure; by default the capacity
  std::size_t low_water = k_default;  ///< level at which a paused producer is woken; by default 3/4 of high_water
  bool in_bytes = false;              ///< the two marks count bytes (byte_size of the item), not items

  /// Fills the defaults. Throws std::invalid_argument when the marks contradict each other.
  [[nodiscard]] edge_options resolved(std::size_t default_capacity) const {
    edge_options full = *this;
    if (full.capacity == k_default) { full.capacity = default_capacity; }
    if (full.capacity == 0) { throw std::invalid_argument("weir: an edge needs a capacity of at least 1"); }
    if (full.high_water == k_default) {
      if (in_bytes) { throw std::invalid_argument("weir: an edge that counts bytes needs a high-water mark"); }
      full.high_water = full.capacity;
    }
    if (!in_bytes && full.high_water > full.capacity) {
      throw std::invalid_argument("weir: the high-water mark of an edge is above its capacity");
    }
    if (full.low_water == k_default) {
      full.low_water = full.high_water == 0 ? 0 : full.high_water - std::max<std::size_t>(1, full.high_water / 4);
    }
    if (full.low_water > 0 && full.low_water >= full.high_water) {
      throw std::invalid_argument("weir: the low-water mark of an edge must be below its high-water mark");
    }
    return full;
  }
};

/// What a party can wait for at an edge.
enum class edge_event : std::uint8_t {
  items, ///< consumer: something to take, or the end
  room,  ///< producer: a free place, or nobody wants more
  low,   ///< producer: the low-water mark, or nobody wants more
};

/// The part of an edge that does not depend on its item: what the engine works with.
class edge_base {
 public:
  explicit edge_base(const edge_options& resolved) : options_(resolved) {}
  edge_base(const edge_base&) = delete;
  edge_base& operator=(const edge_base&) = delete;
  virtual ~edge_base() = default;

  // ---- fixed before the run ----
  [[nodiscard]] std::size_t capacity() const noexcept { return options_.capacity; }
  [[nodiscard]] std::size_t high_water_mark() const noexcept { return options_.high_water; }
  [[nodiscard]] std::size_t low_water_mark() const noexcept { return options_.low_water; }
  [[nodiscard]] bool counts_bytes() const noexcept { return options_.in_bytes; }
  [[nodiscard]] virtual std::size_t footprint() const noexcept = 0; ///< bytes of the edge and its storage
  void name(std::string text) { name_ = std::move(text); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  void producer(waker* who) noexcept { producer_ = who; }
  void consumer(waker* who) noexcept { consumer_ = who; }
  /// One of the ends is held by a thread outside the engine, which nobody can expect to come.
  void held_outside(bool held = true) noexcept { outside_.set(held); }
  [[nodiscard]] bool outside() const noexcept { return outside_.get(); }
  /// Keeps what the wakers belong to, as long as a thread outside may still call one.
  void keep(std::shared_ptr<void> run) noexcept { kept_ = std::move(run); }

  // ---- anyone, at any time; late ----
  [[nodiscard]] virtual std::uint64_t items_in() const noexcept = 0;  ///< items ever published
  [[nodiscard]] virtual std::uint64_t items_out() const noexcept = 0; ///< items ever released
  [[nodiscard]] std::uint64_t bytes_in() const noexcept { return bytes_pushed_.get(); }
  [[nodiscard]] std::uint64_t bytes_out() const noexcept { return bytes_popped_.get(); }
  /// In the unit of the marks. `writable_length` is the producer's view, `readable_length` the consumer's.
  [[nodiscard]] std::size_t writable_length() const noexcept { return length(); }
  [[nodiscard]] std::size_t readable_length() const noexcept { return length(); }
  /// The producer was told of pressure, or waits, and no drain has come since; false once the edge has ended.
  [[nodiscard]] bool need_drain() const noexcept { return drain_gate_.peek() && !finished() && !closed(); }
  [[nodiscard]] bool finished() const noexcept {
    return end_.load(order::seq_cst); // [edge.ended]
  }
  [[nodiscard]] bool closed() const noexcept {
    return closed_.load(order::seq_cst); // [edge.closed]
  }
  /// Drains signalled so far: how often a raised drain gate was taken by the consumer.
  [[nodiscard]] std::uint64_t drains() const noexcept { return drains_.get(); }

  // ---- producer ----
  virtual void flush_out() noexcept = 0;               ///< publishes what was pushed
  [[nodiscard]] virtual bool has_room() noexcept = 0;  ///< the next push would be taken
  void signal_data() noexcept;                         ///< wakes a waiting consumer; once per turn and at the end
  [[nodiscard]] bool arm_drain() noexcept;             ///< true: room came meanwhile, go on; false: park
  void finish() noexcept;                              ///< no more items; idempotent
  /// At or below the low-water mark. Producer only.
  [[nodiscard]] bool drained() noexcept { return low(size_after_flag()); }

  // ---- consumer ----
  virtual void flush_in() noexcept = 0;                ///< releases what was consumed
  [[nodiscard]] virtual bool has_items() noexcept = 0; ///< there is an item to take now
  [[nodiscard]] bool ended() noexcept;                 ///< no item left and none will come
  void signal_space(bool parking) noexcept;            ///< wakes a waiting producer; once per turn and at the end
  [[nodiscard]] bool arm_data() noexcept;              ///< true: news came meanwhile, go on; false: park
  /// Raises the gate for `what` and looks once more. True: it happened meanwhile, go on; false: park.
  [[nodiscard]] bool arm(edge_event what) noexcept;
  /// Whether `what` has happened. The party it concerns only.
  [[nodiscard]] bool happened(edge_event what) noexcept;
  void close() noexcept;                               ///< wants no more; idempotent
  /// At most this many items are handed out between two looks at the ring.
  void window(std::size_t items) noexcept { window_ = items; }
  [[nodiscard]] std::size_t window() const noexcept { return window_; }

 protected:
  virtual void uncork_all() noexcept = 0;
  virtual void drop_reserved() noexcept = 0;
  virtual void republish_tail() noexcept = 0;
  virtual void republish_head() noexcept = 0;
  [[nodiscard]] virtual std::size_t size_after_flag() noexcept = 0;
  [[nodiscard]] virtual bool grew_after_flag() noexcept = 0;

  [[nodiscard]] std::size_t length() const noexcept {
    if (!counts_bytes()) { return static_cast<std::size_t>(items_in() - std::min(items_in(), items_out())); }
    const std::uint64_t popped = bytes_popped_.get();
    const std::uint64_t pushed = bytes_pushed_.get();
    return pushed < popped ? 0 : static_cast<std::size_t>(pushed - popped);
  }
  /// The drain predicate, the same for both sides. `items` as the caller knows them.
  [[nodiscard]] bool low(std::size_t items) const noexcept {
    return (counts_bytes() ? length() : items) <= options_.low_water;
  }
  void hint_data() noexcept {
    if (data_gate_.peek()) { signal_data(); }
  }
  /// In byte mode an edge takes while it is empty or under its mark; the one overshoot is part of the bound.
  [[nodiscard]] bool below_byte_mark() const noexcept {
    return !counts_bytes() || length() == 0 || length() < options_.high_water;
  }
  /// Raises the drain flag because a push reached the mark; false when the edge drained while it did so.
  [[nodiscard]] bool report_pressure() noexcept;

  const edge_options options_;
  counter bytes_pushed_; // written by the producer
  std::string name_;
  waker* producer_ = nullptr;
  waker* consumer_ = nullptr;
  hint<bool> outside_{false};
  std::shared_ptr<void> kept_; // outside edges only

  alignas(2 * k_cache_line) gate<> drain_gate_; // raised by the producer, taken by the consumer
  gate<> data_gate_;                            // raised by the consumer, taken by the producer
  std::atomic<bool> end_{false};                // written once by the producer, read by the consumer
  std::atomic<bool> closed_{false};             // written once by the consumer, read by the producer
  counter drains_;                              // written by the consumer
  alignas(2 * k_cache_line) counter bytes_popped_; // written by the consumer
  std::size_t window_ = k_cursor_span;          // consumer only
};

inline void edge_base::signal_data() noexcept {
  republish_tail();
  if (data_gate_.raised() != wish::none && data_gate_.take() && consumer_ != nullptr) { consumer_->wake(); }
}

inline void edge_base::signal_space(bool parking) noexcept {
  republish_head();
  const wish wanted = drain_gate_.raised();
  if (wanted == wish::none) { return; }
  const auto items = static_cast<std::size_t>(items_in() - items_out());
  const bool any_room = parking && wanted == wish::any && items < capacity();
  if (!any_room && !low(items) && !closed()) { return; }
  if (!drain_gate_.take()) { return; }
  drains_.add(1);
  if (producer_ != nullptr) { producer_->wake(); }
}

inline bool edge_base::arm_drain() noexcept {
  drain_gate_.raise(wish::any);
  const bool full = size_after_flag() >= capacity() || !below_byte_mark();
  if (full && !closed()) { return false; }
  (void)drain_gate_.take(); // Whoever got it: this side goes on, and a wake too many is harmless.
  return true;
}

inline bool edge_base::report_pressure() noexcept {
  drain_gate_.raise(wish::level);
  if (!low(size_after_flag()) && !closed()) { return true; }
  (void)drain_gate_.take();
  return false;
}

inline bool edge_base::arm_data() noexcept {
  data_gate_.raise(wish::level);
  const bool grew = grew_after_flag();
  if (!grew && !finished()) { return false; }
  (void)data_gate_.take();
  return true;
}

inline bool edge_base::arm(edge_event what) noexcept {
  switch (what) {
  case edge_event::items: return arm_data();
  case edge_event::room: return arm_drain();
  case edge_event::low: return !report_pressure();
  }
  return true;
}

inline bool edge_base::happened(edge_event what) noexcept {
  switch (what) {
  case edge_event::items: return has_items() || ended();
  case edge_event::room: return closed() || has_room();
  case edge_event::low: return closed() || drained();
  }
  return true;
}

inline void edge_base::finish() noexcept {
  uncork_all();
  drop_reserved();
  end_.store(true, order::seq_cst); // [edge.end]
  if (data_gate_.raised() != wish::none && data_gate_.take() && consumer_ != nullptr) { consumer_->wake(); }
}

// Looks at the ring only after the end was seen (I1), so that no item comes to hand unnoticed between "none there" and
// arm_data().
inline bool edge_base::ended() noexcept { return finished() && !has_items(); }

inline void edge_base::close() noexcept {
  closed_.store(true, order::seq_cst); // [edge.close]
  if (drain_gate_.raised() != wish::none && drain_gate_.take() && producer_ != nullptr) { producer_->wake(); }
}

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
  explicit typed_edge(const edge_options& resolved)
      : edge_base(resolved), ring_(resolved.capacity), span_(resolved.in_bytes ? 1 : cursor_span(resolved.capacity)) {
    if (byte_sized<T>) { sizes_ = std::make_unique<std::uint64_t[]>(resolved.capacity); }
  }

  ~typed_edge() override { // The ring destroys what was never consumed, published or not.
    uncork_all();
    flush_in();
  }

  [[nodiscard]] std::size_t footprint() const noexcept override {
    return sizeof(*this) + ring_.storage_bytes(capacity()) + (sizes_ ? capacity() * sizeof(std::uint64_t) : 0);
  }
  [[nodiscard]] std::uint64_t items_in() const noexcept override { return ring_.pushed(); }
  [[nodiscard]] std::uint64_t items_out() const noexcept override { return ring_.popped(); }

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
  [[nodiscard]] std::uint64_t total_out() const noexcept {
    return ring_.pushed() + staged();
  }

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
    ring_.release(n);
    if (drain_gate_.peek() && low(static_cast<std::size_t>(items_in() - items_out()))) { signal_space(false); }
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
    if constexpr (std::is_trivially_copyable_v<T>) {
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
      for (std::size_t i = 0; i < n; ++i) {
        sum += sizes_[(ring_.popped() + i) % capacity()];
      }
      bytes_popped_.add(sum);
    } else {
      bytes_popped_.add(n * sizeof(T));
    }
  }

  spsc_ring<T> ring_;
  std::size_t span_;
  std::unique_ptr<std::uint64_t[]> sizes_; // of byte-sized items: what each slot was counted as
  alignas(k_cache_line) span_at out_;      // producer only
  std::size_t held_ = 0;                   // corked items before out_.begin; producer only
  std::size_t corks_ = 0;                  // producer only
  alignas(k_cache_line) span_at in_;       // consumer only
  item_watcher* watcher_ = nullptr;        // consumer only
  bool handed_out_ = false;                // consumer only
};

} // namespace weir
