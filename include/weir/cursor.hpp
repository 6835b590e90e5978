#pragma once
// Cursors: one-item pushes and pops at the price of spans.
//
// A cursor holds a reserved span in two pointers that live in registers, so that most pushes and pops touch no shared
// memory at all. What was written is published when the span is full, at flush() and when the cursor dies. Either side
// may have one without the other: try_push() into the ring with a pop_cursor behind it publishes every item at once and
// gives slots back by the span, which is the fastest way to do so.
//
// Why the functions behind a cursor are not inlined and know nothing of it, and flush() and the end always are: one call that
// got the cursor's address would cost it the registers, and what is spread through the caller's loop costs others (1070
// against 820 million items a second).
//
//   function                    who        waits  progress
//   push_cursor::try_push       producer   no     wait-free
//   push_cursor::flush          producer   no     wait-free
//   pop_cursor::next / flush    consumer   no     wait-free

#include <weir/spsc_ring.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace weir {

/// Items a cursor takes at a time: a quarter of the ring, so that both sides can work, at most `k_cursor_span`.
inline constexpr std::size_t k_cursor_span = 256;

[[nodiscard]] constexpr std::size_t cursor_span(std::size_t capacity) noexcept {
  return std::clamp(capacity / 4, std::size_t{1}, k_cursor_span);
}

/// Cache lines that a pop_cursor asks for when it begins a span: more at a time than these, and they hold each other up.
inline constexpr std::size_t k_prefetched_lines = 32;

/// The producer's cursor. While one lives, nobody else pushes into the ring.
template <class Ring>
class push_cursor {
 public:
  using value_type = typename Ring::value_type;

  explicit push_cursor(Ring& ring) noexcept : ring_(&ring), span_(cursor_span(ring.capacity())) {}
  push_cursor(const push_cursor&) = delete;
  push_cursor& operator=(const push_cursor&) = delete;
  [[gnu::always_inline]] ~push_cursor() { flush(); }

  /// Takes the item or leaves it untouched (false: full; all that was taken is published then).
  template <class U>
  [[nodiscard]] bool try_push(U&& item) noexcept(std::is_nothrow_constructible_v<value_type, U>) {
    if (at_ == end_) [[unlikely]] {
      const std::span<value_type> next = next_span(*ring_, span_, taken());
      begin_ = at_ = next.data();
      end_ = begin_ + next.size();
      if (next.empty()) { return false; }
    }
    std::construct_at(at_, std::forward<U>(item));
    ++at_;
    return true;
  }

  /// Publishes what was taken so far.
  [[gnu::always_inline]] void flush() noexcept {
    if (at_ != begin_) { ring_->commit(taken()); }
    begin_ = at_;
  }

 private:
  [[nodiscard]] std::size_t taken() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

  [[gnu::noinline]] static std::span<value_type> next_span(Ring& ring, std::size_t most, std::size_t taken) noexcept {
    if (taken > 0) { ring.commit(taken); }
    return ring.reserve(most);
  }

  Ring* ring_;
  std::size_t span_;
  value_type* begin_ = nullptr;
  value_type* at_ = nullptr;
  value_type* end_ = nullptr;
};

/// The consumer's cursor. While one lives, nobody else pops from the ring. Slots go back by the span, and at the latest
/// when next() finds nothing: whoever stops asking before that calls flush(), lest the producer find the ring full.
template <class Ring>
class pop_cursor {
 public:
  using value_type = typename Ring::value_type;

  explicit pop_cursor(Ring& ring) noexcept : ring_(&ring), span_(cursor_span(ring.capacity())) {}
  pop_cursor(const pop_cursor&) = delete;
  pop_cursor& operator=(const pop_cursor&) = delete;
  [[gnu::always_inline]] ~pop_cursor() { flush(); }

  /// The next item in place, or null when there is none. It lives until the next call of next() or flush().
  [[nodiscard]] value_type* next() noexcept {
    if (at_ == end_) [[unlikely]] {
      const std::span<value_type> next = next_span(*ring_, span_, handed_out());
      begin_ = at_ = next.data();
      end_ = begin_ + next.size();
      if (next.empty()) { return nullptr; }
    }
    if (at_ == nullptr) { __builtin_unreachable(); } // Spares the caller's loop its test for null.
    return at_++;
  }

  /// Destroys and gives back every item handed out so far.
  [[gnu::always_inline]] void flush() noexcept {
    if (at_ != begin_) { give_back(*ring_, handed_out()); }
    begin_ = at_;
  }

 private:
  [[nodiscard]] std::size_t handed_out() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

  [[gnu::noinline]] static std::span<value_type> next_span(Ring& ring, std::size_t most, std::size_t used) noexcept {
    if (used > 0) { ring.release(used); }
    std::span<value_type> span = ring.peek(most);
    if (used > 0 && ring.at_hand() < most) { // Read dry by one who was at work: so is the producer, if there are more.
      ring.linger();
      span = ring.peek(std::min(most, ring.at_hand()));
    }
    if (span.size() == ring.at_hand()) { span = whole_lines(span); }
    const char* line = reinterpret_cast<const char*>(span.data());
    const char* const end = line + std::min(span.size_bytes(), k_prefetched_lines * k_cache_line);
    for (; line < end; line += k_cache_line) { __builtin_prefetch(line); }
    return span;
  }

  [[gnu::noinline]] static void give_back(Ring& ring, std::size_t used) noexcept { ring.release(used); }

  // Without the newest items whose line is not full, unless there are no others: the producer is still at that line.
  static std::span<value_type> whole_lines(std::span<value_type> newest) noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(newest.data());
    const std::uintptr_t end = (begin + newest.size_bytes()) / k_cache_line * k_cache_line;
    return end < begin + sizeof(value_type) ? newest : newest.first((end - begin) / sizeof(value_type));
  }

  Ring* ring_;
  std::size_t span_;
  value_type* begin_ = nullptr;
  value_type* at_ = nullptr;
  value_type* end_ = nullptr;
};

} // namespace weir
