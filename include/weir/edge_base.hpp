#pragma once
// edge_base: a ring's two gates, its two ends' last words, marks and lengths: the part of an edge that does not depend on
// its item, and what the engine works with. edge.hpp adds the items.
//
//   line    written by   read by    what
//   gates   both, rarely both       drain gate, data gate, end_, closed_
//
//   function                        who        waits  progress
//   finish arm_drain signal_data    producer   no     wait-free (signal and finish may run a waker)
//   close arm_data signal_space     consumer   no     wait-free (signal and close may run a waker)
//   lengths, marks, need_drain      anyone     no     wait-free
//
// Invariants
//   I1  the end is published after the last item; a consumer that reads it looks at the ring once more
//   I2  a producer that parks has raised the drain gate and then seen the ring full; a consumer that parks has raised
//       the data gate and then seen nothing new: with the waker's seq_cst publish, no wake is lost
//   I3  between flush and signal a wake may be late, never lost: whoever flushed signals before it parks
//   I4  the low-water mark may delay a drain only while the consumer keeps running: one that parks tells a parked
//       producer of any room (half-full hysteresis without this deadlocks live graphs)

#include <weir/cursor.hpp>
#include <weir/edge_options.hpp>
#include <weir/gate.hpp>
#include <weir/once_flag.hpp>
#include <weir/spsc_ring.hpp>
#include <weir/storage.hpp>
#include <weir/waker.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

/// The full answer to a push.
enum class outcome : std::uint8_t {
  taken,      ///< the item is in the edge
  taken_full, ///< the item is in the edge, which is now at or above its high-water mark: wait for the drain
  refused,    ///< not taken, still yours, not moved from: the edge is full
  closed,     ///< not taken, still yours: the consumer has gone, or the producer has finished
};

/// What a party can wait for at an edge.
enum class edge_event : std::uint8_t {
  items, ///< consumer: something to take, or the end
  room,  ///< producer: a free place, or nobody wants more
  low,   ///< producer: the low-water mark, or nobody wants more
};

/// The part of an edge that does not depend on its item: what the engine works with.
class edge_base : public detail::from_storage {
 public:
  explicit edge_base(const edge_options& resolved) : options_(resolved) {}
  edge_base(const edge_base&) = delete;
  edge_base& operator=(const edge_base&) = delete;
  virtual ~edge_base() = default;

  // ---- fixed before the run ----
  [[nodiscard]] std::size_t capacity() const noexcept { return options_.capacity; }
  /// Items it takes whatever their sizes.
  [[nodiscard]] std::size_t sure_capacity() const noexcept { return options_.in_bytes ? 1 : options_.capacity; }
  [[nodiscard]] std::size_t high_water_mark() const noexcept { return options_.high_water; }
  [[nodiscard]] std::size_t low_water_mark() const noexcept { return options_.low_water; }
  [[nodiscard]] bool counts_bytes() const noexcept { return options_.in_bytes; }
  [[nodiscard]] virtual std::size_t footprint() const noexcept = 0; ///< bytes of the edge and its storage
  [[nodiscard]] virtual bool carries_blocks() const noexcept { return false; }
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
  /// A party has raised its gate here and nobody has taken it: it is parked at this edge, among others perhaps.
  [[nodiscard]] bool consumer_waits() const noexcept { return data_gate_.peek(); }
  [[nodiscard]] bool producer_waits() const noexcept { return drain_gate_.peek(); }
  [[nodiscard]] bool finished() const noexcept { return end_.is_set(); }
  [[nodiscard]] bool closed() const noexcept { return closed_.is_set(); }
  /// Drains signalled so far: how often a raised drain gate was taken by the consumer.
  [[nodiscard]] std::uint64_t drains() const noexcept { return drains_.get(); }

  // ---- the engine, before a turn of the producer or of the consumer ----
  // `worker`: where it runs, null if nobody knows. `quiet`: the turn will be short, and tells the other side at its end;
  // a thread outside is told at once.
  void produced_at(const void* worker, bool quiet) noexcept {
    if (producer_at_.get() != worker) { producer_at_.set(worker); }
    quiet_out_ = quiet && !outside();
  }
  void consumed_at(const void* worker, bool quiet) noexcept {
    same_worker_ = worker != nullptr && worker == producer_at_.get();
    quiet_in_ = quiet && !outside();
  }

  // ---- producer ----
  virtual void flush_out() noexcept = 0;              ///< publishes what was pushed
  [[nodiscard]] virtual bool has_room() noexcept = 0; ///< the next push would be taken
  void signal_data() noexcept;                        ///< wakes a waiting consumer; once per turn and at the end
  [[nodiscard]] bool arm_drain() noexcept;            ///< true: room came meanwhile, go on; false: park
  void finish() noexcept;                             ///< no more items; idempotent
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
  void close() noexcept;               ///< wants no more, wakes the producer; idempotent
  virtual void discard() noexcept = 0; ///< destroys what is queued, uncounted; both sides have stopped
  /// One of its ends outlives the run: its storage is there until the edge goes, else until it is discarded.
  void outlives_run() noexcept { outlives_run_ = true; }
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
    if (!quiet_out_ && data_gate_.peek()) { signal_data(); }
  }
  /// In byte mode an edge takes while it is empty or under its mark; the one overshoot is part of the bound.
  [[nodiscard]] bool below_byte_mark() const noexcept {
    return !counts_bytes() || length() == 0 || length() < options_.high_water;
  }
  /// Raises the drain flag because a push reached the mark. False: the edge drained while it did so, and no drain was
  /// signalled for it. True: exactly one is, or will be.
  [[nodiscard]] bool report_pressure() noexcept;

  /// The items at hand were made by the worker that consumes them, as far as is known: they are in its cache.
  [[nodiscard]] bool same_worker() const noexcept { return same_worker_; }

  const edge_options options_;
  std::string name_;
  waker* producer_ = nullptr;
  waker* consumer_ = nullptr;
  hint<bool> outside_{false};
  bool outlives_run_ = false;              // before the run
  std::shared_ptr<void> kept_;             // outside edges only
  hint<const void*> producer_at_{nullptr}; // written by the producer when it changes, which is rare

  alignas(2 * k_cache_line) gate<> drain_gate_;    // raised by the producer, taken by the consumer
  gate<> data_gate_;                               // raised by the consumer, taken by the producer
  once_flag<> end_;                                // written once by the producer, read by the consumer
  once_flag<> closed_;                             // written once by the consumer, read by the producer
  counter drains_;                                 // written by the consumer
  alignas(2 * k_cache_line) counter bytes_popped_; // written by the consumer
  std::size_t window_ = k_cursor_span;             // consumer only
  bool same_worker_ = false;                       // consumer only
  bool quiet_in_ = false;                          // consumer only
  alignas(2 * k_cache_line) counter bytes_pushed_; // written by the producer, as is what a derived edge puts behind it
  bool quiet_out_ = false;                         // producer only
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
  if (full) { return false; } // Also of a closed edge: close() wakes its producer in any case.
  (void)drain_gate_.take();   // Whoever got it: this side goes on, and a wake too many is harmless.
  return true;
}

inline bool edge_base::report_pressure() noexcept {
  drain_gate_.raise(wish::level);
  if (!low(size_after_flag())) { return true; }
  // Whoever got it: taken by the consumer, its drain is on the way and belongs to this report.
  return !drain_gate_.take();
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
  case edge_event::items:
    return arm_data();
  case edge_event::room:
    return arm_drain();
  case edge_event::low:
    return !report_pressure();
  }
  return true;
}

inline bool edge_base::happened(edge_event what) noexcept {
  switch (what) {
  case edge_event::items:
    return has_items() || ended();
  case edge_event::room:
    return closed() || has_room();
  case edge_event::low:
    return closed() || drained();
  }
  return true;
}

inline void edge_base::finish() noexcept {
  uncork_all();
  drop_reserved();
  end_.set();
  if (data_gate_.raised() != wish::none && data_gate_.take() && consumer_ != nullptr) { consumer_->wake(); }
}

// Looks at the ring only after the end was seen (I1), so that no item comes to hand unnoticed between "none there" and
// arm_data().
inline bool edge_base::ended() noexcept { return finished() && !has_items(); }

inline void edge_base::close() noexcept {
  if (closed()) { return; }
  closed_.set();
  (void)drain_gate_.take();
  if (producer_ != nullptr) {
    producer_->unwanted();
  } // Also one that waits for something else: nobody wants that any more.
}

} // namespace weir
