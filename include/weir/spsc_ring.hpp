#pragma once
// spsc_ring: a bounded queue between one producer and one consumer, usable alone.
//
// Free-running 64-bit indices over power-of-two storage, exact logical capacity, each side with a cached copy of the
// other's index on its own cache lines; one-item and span forms; the consumer touches what it releases.
//
//   line 0   slots_ mask_ capacity_ touch_ owns_      written once, read by both
//   line 2   tail_ (producer writes, consumer reads)  head_seen_ (producer only)
//   line 4   head_ (consumer writes, producer reads)  tail_seen_ (consumer only)
//
//   function                        who        waits  progress
//   try_push try_emplace reserve    producer   no     wait-free
//   commit room republish_tail      producer   no     wait-free
//   try_pop peek release available  consumer   no     wait-free
//   republish_head at_hand linger   consumer   no     wait-free
//   size_hint capacity pushed popped anyone    no     wait-free
//
// Invariants
//   I1  0 <= tail - head <= capacity; slots [head, tail) hold live items, all others raw storage
//   I2  head_seen_ <= head_ and tail_seen_ <= tail_: a stale copy only makes a side see less room or fewer items
//   I3  slots [head, tail) belong to the consumer, all others to the producer; a side gives slots away only by
//       publishing its index
//
// Order pairs
//   [ring.pub]  release: slots below the new tail now belong to the consumer; pairs with [ring.see]
//   [ring.see]  acquire: the items below the tail seen are whole; pairs with [ring.pub]
//   [ring.free] release: slots below the new head are raw storage of the producer; pairs with [ring.room]
//   [ring.room] acquire: the consumer no longer touches the slots below the head seen; pairs with [ring.free]
//   [ring.pub_sc]  seq_cst: the tail is in the single order before the producer looks at the consumer's flag;
//                  pairs with [ring.see_sc]
//   [ring.see_sc]  seq_cst: the consumer looks at the tail after it raised its flag; pairs with [ring.pub_sc]
//   [ring.free_sc] seq_cst: the head is in the single order before the consumer looks at the drain flag;
//                  pairs with [ring.room_sc]
//   [ring.room_sc] seq_cst: the producer looks at the head after it raised the drain flag; pairs with [ring.free_sc]
//
// Why touch: an index ring's consumer only reads, so the producer must upgrade clean shared lines before it can refill
// them. One byte written in each line that is given back makes the refill several times cheaper on Zen 4. Only where
// several items are given back at once: between two stores to the head, each touch waits for its line alone, and costs
// more than the refill does (docs/decisions/011-ring-touch-and-lazy-release.md).

#include <weir/atomics.hpp>
#include <weir/dry_wait.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace weir {

/// What can travel through a ring: anything that can be moved without throwing.
template <class T>
concept ring_item = std::is_object_v<T> && std::is_nothrow_move_constructible_v<T> && std::is_nothrow_destructible_v<T>;

template <ring_item T, class Atomics = std_atomics>
class spsc_ring {
 public:
  using value_type = T;

  /// A ring that holds exactly `capacity` items. Throws std::invalid_argument when it is 0, std::bad_alloc.
  explicit spsc_ring(std::size_t capacity, bool touch_on_release = true)
      : slots_(allocate(capacity)), mask_(std::bit_ceil(capacity) - 1), capacity_(capacity), touch_(touch_on_release),
        owns_(true) {}
  /// The same in storage of the caller's: checked_bytes(capacity) at the alignment of T, there until drop_storage().
  spsc_ring(std::size_t capacity, T* storage) noexcept
      : slots_(storage), mask_(std::bit_ceil(capacity) - 1), capacity_(capacity), touch_(true), owns_(false) {}

  spsc_ring(const spsc_ring&) = delete;
  spsc_ring& operator=(const spsc_ring&) = delete;

  /// Destroys what was not consumed. Nobody may use the ring any more.
  ~spsc_ring() {
    if (slots_ != nullptr) { drop_storage(); }
  }

  /// Destroys what was not consumed and frees the storage; the counts stay. Nobody may push or pop any more.
  void drop_storage() noexcept {
    for (std::span<T> left = peek(capacity_); !left.empty(); left = peek(capacity_)) { release(left.size()); }
    T* const storage = std::exchange(slots_, nullptr);
    if (owns_) { ::operator delete (storage, std::align_val_t{alignment()}); }
  }

  // ---- producer ----------------------------------------------------------------------------------------------

  /// Takes the item or leaves it untouched (false: full). Producer only; wait-free.
  [[nodiscard]] bool try_push(T&& item) noexcept { return try_emplace(std::move(item)); }
  [[nodiscard]] bool try_push(const T& item) requires std::copy_constructible<T> { return try_emplace(item); }

  /// Constructs an item in place; false and nothing done when full. Producer only; wait-free.
  template <class... Args>
  [[nodiscard]] bool try_emplace(Args&&... args) noexcept(std::is_nothrow_constructible_v<T, Args...>) {
    const std::uint64_t tail = tail_.load(order::relaxed); // [relaxed: the producer's own index]
    if (free_behind(tail, 1) == 0) [[unlikely]] { return false; }
    std::construct_at(slots_ + (static_cast<std::size_t>(tail) & mask_), std::forward<Args>(args)...);
    tail_.store(tail + 1, order::release); // [ring.pub]
    return true;
  }

  /// Raw contiguous storage for at most `max` items, fewer where the storage wraps or room ends, none when full.
  /// Construct items from the front, then commit() as many. `held` items that were constructed before and not yet
  /// committed stay as they are: the storage begins behind them. Producer only; wait-free.
  [[nodiscard]] std::span<T> reserve(std::size_t max, std::size_t held = 0) noexcept {
    const std::uint64_t tail = tail_.load(order::relaxed) + held; // [relaxed: the producer's own index]
    const std::size_t at = static_cast<std::size_t>(tail) & mask_;
    return {slots_ + at, std::min({max, free_behind(tail, max), mask_ + 1 - at})};
  }

  /// Publishes the `n` items constructed behind the tail. Producer only; wait-free.
  void commit(std::size_t n) noexcept {
    // [relaxed: the producer's own index]
    const std::uint64_t tail = tail_.load(order::relaxed);
    assert(n <= capacity_ - static_cast<std::size_t>(tail - head_seen_));
    tail_.store(tail + n, order::release); // [ring.pub]
  }

  /// The `i`-th item behind the tail, constructed and not yet committed. Producer only.
  [[nodiscard]] T& uncommitted(std::size_t i) noexcept {
    // [relaxed: the producer's own index]
    return slots_[static_cast<std::size_t>(tail_.load(order::relaxed) + i) & mask_];
  }

  /// Free slots, looked up afresh. Exact or too low. Producer only; wait-free.
  [[nodiscard]] std::size_t room() noexcept {
    head_seen_ = head_.load(order::acquire); // [ring.room]
    // [relaxed: the producer's own index]
    return capacity_ - static_cast<std::size_t>(tail_.load(order::relaxed) - head_seen_);
  }

  /// Puts the tail into the single order of all seq_cst operations: call it before looking at the consumer's flag.
  void republish_tail() noexcept {
    // [relaxed: the producer's own index] ; the store is [ring.pub_sc]
    tail_.store(tail_.load(order::relaxed), order::seq_cst);
  }

  /// Items in the ring as the drain handshake must see them, after the drain flag was raised. Producer only.
  [[nodiscard]] std::size_t size_after_flag() noexcept {
    head_seen_ = head_.load(order::seq_cst); // [ring.room_sc]
    // [relaxed: the producer's own index]
    return static_cast<std::size_t>(tail_.load(order::relaxed) - head_seen_);
  }

  // ---- consumer ----------------------------------------------------------------------------------------------

  /// Moves the oldest item out; empty when there is none. Consumer only; wait-free.
  [[nodiscard]] std::optional<T> try_pop() noexcept {
    const std::uint64_t head = head_.load(order::relaxed); // [relaxed: the consumer's own index]
    if (there_from(head, 1) == 0) [[unlikely]] { return std::nullopt; }
    T* const slot = slots_ + (static_cast<std::size_t>(head) & mask_);
    std::optional<T> item(std::move(*slot));
    std::destroy_at(slot);
    head_.store(head + 1, order::release); // [ring.free]
    return item;
  }

  /// The oldest items in place, at most `max`, contiguous; empty when there are none. Consumer only; wait-free.
  [[nodiscard]] std::span<T> peek(std::size_t max) noexcept {
    const std::uint64_t head = head_.load(order::relaxed); // [relaxed: the consumer's own index]
    const std::size_t at = static_cast<std::size_t>(head) & mask_;
    return {slots_ + at, std::min({max, there_from(head, max), mask_ + 1 - at})};
  }

  /// Destroys the `n` oldest items and gives their slots back. Consumer only; wait-free.
  void release(std::size_t n) noexcept { release(n, true); }
  /// The same, touching or not: lines that stay in one core's cache need no touch.
  void release(std::size_t n, bool touching) noexcept {
    const std::uint64_t head = head_.load(order::relaxed); // [relaxed: the consumer's own index]
    assert(n <= static_cast<std::size_t>(tail_seen_ - head));
    T* const first = slots_ + (static_cast<std::size_t>(head) & mask_);
    std::destroy_n(first, n);
    if (touch_ && touching && n > 1) { touch(first, first + n); }
    head_.store(head + n, order::release); // [ring.free]
  }

  /// Items there to take, looked up afresh. Exact or too low. Consumer only; wait-free.
  [[nodiscard]] std::size_t available() noexcept {
    tail_seen_ = tail_.load(order::acquire); // [ring.see]
    // [relaxed: the consumer's own index]
    return static_cast<std::size_t>(tail_seen_ - head_.load(order::relaxed));
  }

  /// Items there to take as far as was looked up. Exact or too low. Consumer only; wait-free.
  [[nodiscard]] std::size_t at_hand() const noexcept {
    // [relaxed: the consumer's own index]
    return static_cast<std::size_t>(tail_seen_ - head_.load(order::relaxed));
  }

  /// Before a few items are taken that are known: lets a producer in full flow add to them, for a microsecond at most
  /// (dry_wait.hpp). Consumer only; wait-free.
  void linger() noexcept {
    wait_.before(at_hand(), [this] { return available(); });
  }

  /// Puts the head into the single order of all seq_cst operations: call it before looking at the drain flag.
  void republish_head() noexcept {
    // [relaxed: the consumer's own index] ; the store is [ring.free_sc]
    head_.store(head_.load(order::relaxed), order::seq_cst);
  }

  /// Whether items arrived since the consumer last looked; call it after raising the flag. Consumer only.
  [[nodiscard]] bool grew_after_flag() noexcept {
    const std::uint64_t before = tail_seen_;
    tail_seen_ = tail_.load(order::seq_cst); // [ring.see_sc]
    return tail_seen_ != before;
  }

  // ---- anyone ------------------------------------------------------------------------------------------------

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  /// Items ever published and ever released; late for third threads.
  [[nodiscard]] std::uint64_t pushed() const noexcept {
    return tail_.load(order::relaxed); // [relaxed: a report]
  }
  [[nodiscard]] std::uint64_t popped() const noexcept {
    return head_.load(order::relaxed); // [relaxed: a report]
  }

  /// How many items are inside: an upper bound for the producer, a lower bound for the consumer, for anyone else an
  /// estimate within [0, capacity].
  [[nodiscard]] std::size_t size_hint() const noexcept {
    const std::uint64_t head = popped();
    const std::uint64_t tail = pushed();
    return tail < head ? 0 : std::min(capacity_, static_cast<std::size_t>(tail - head));
  }

  /// Bytes of storage a ring of this capacity allocates beside itself.
  [[nodiscard]] static constexpr std::size_t storage_bytes(std::size_t capacity) noexcept {
    return std::bit_ceil(capacity) * sizeof(T);
  }

  /// storage_bytes() of a capacity that nobody has looked at. Throws std::invalid_argument.
  [[nodiscard]] static std::size_t checked_bytes(std::size_t capacity) {
    if (capacity == 0) { throw std::invalid_argument("weir::spsc_ring: a ring needs a capacity of at least 1"); }
    if (capacity > (std::size_t{1} << 62) / sizeof(T)) {
      throw std::invalid_argument("weir::spsc_ring: the capacity is larger than any memory");
    }
    return storage_bytes(capacity);
  }

 private:
  static constexpr std::size_t alignment() noexcept { return std::max(alignof(T), k_cache_line); }

  static T* allocate(std::size_t capacity) {
    return static_cast<T*>(::operator new (checked_bytes(capacity), std::align_val_t{alignment()}));
  }

  // Slots free from `tail` on; looks the head up where the copy of it shows fewer than `wanted`.
  std::size_t free_behind(std::uint64_t tail, std::size_t wanted) noexcept {
    const std::size_t free = capacity_ - static_cast<std::size_t>(tail - head_seen_);
    if (free >= wanted) { return free; }
    head_seen_ = head_.load(order::acquire); // [ring.room]
    return capacity_ - static_cast<std::size_t>(tail - head_seen_);
  }

  // Items from `head` on; looks the tail up where the copy of it shows fewer than `wanted`.
  std::size_t there_from(std::uint64_t head, std::size_t wanted) noexcept {
    const auto there = static_cast<std::size_t>(tail_seen_ - head);
    if (there >= wanted) { return there; }
    tail_seen_ = tail_.load(order::acquire); // [ring.see]
    return static_cast<std::size_t>(tail_seen_ - head);
  }

  // The last byte of each line that ends inside [first, last): still the consumer's until the head is published.
  static void touch(T* first, T* last) noexcept {
    auto* const begin = reinterpret_cast<unsigned char*>(first);
    auto* const end = reinterpret_cast<unsigned char*>(last);
    const auto to_line_end = k_cache_line - 1 - reinterpret_cast<std::uintptr_t>(begin) % k_cache_line;
    for (auto* byte = begin + to_line_end; byte < end; byte += k_cache_line) {
      *const_cast<volatile unsigned char*>(byte) = 0;
    }
  }

  T* slots_; // until drop_storage()
  const std::size_t mask_;
  const std::size_t capacity_;
  const bool touch_;
  const bool owns_; // the storage

  // Written by the producer at each commit, read by the consumer when its copy says empty.
  alignas(2 * k_cache_line) typename Atomics::template atomic<std::uint64_t> tail_{0};
  std::uint64_t head_seen_ = 0; // producer only

  // Written by the consumer at each release, read by the producer when its copy says full.
  alignas(2 * k_cache_line) typename Atomics::template atomic<std::uint64_t> head_{0};
  std::uint64_t tail_seen_ = 0; // consumer only
  dry_wait wait_;               // consumer only
};

static_assert(ring_item<int> && ring_item<std::unique_ptr<int>> && !ring_item<int&>);
static_assert(alignof(spsc_ring<int>) == 2 * k_cache_line && sizeof(spsc_ring<int>) == 6 * k_cache_line,
              "each side has two lines of its own: the adjacent-line prefetcher works on pairs");

} // namespace weir
