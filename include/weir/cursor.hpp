#pragma once
// Cursors: one-item pushes and pops at the price of spans.
//
// A cursor holds a reserved span in two pointers that live in registers, so that most pushes and pops touch no shared
// memory at all. What was written is published when the span is full, at flush() and when the cursor dies.
//
//   function                    who        waits  progress
//   push_cursor::try_push       producer   no     wait-free
//   push_cursor::flush          producer   no     wait-free
//   pop_cursor::next / flush    consumer   no     wait-free

#include <weir/spsc_ring.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace weir {

/// Items a cursor takes at a time: a quarter of the ring, so that both sides can work, at most `k_cursor_span`.
inline constexpr std::size_t k_cursor_span = 256;

[[nodiscard]] constexpr std::size_t cursor_span(std::size_t capacity) noexcept {
  return std::clamp(capacity / 4, std::size_t{1}, k_cursor_span);
}

/// The producer's cursor. While one lives, nobody else pushes into the ring.
template <class Ring>
class push_cursor {
 public:
  using value_type = typename Ring::value_type;

  explicit push_cursor(Ring& ring) noexcept : ring_(&ring), span_(cursor_span(ring.capacity())) {}
  push_cursor(const push_cursor&) = delete;
  push_cursor& operator=(const push_cursor&) = delete;
  ~push_cursor() { flush(); }

  /// Takes the item or leaves it untouched (false: full; all that was taken is published then).
  template <class U>
  [[nodiscard]] bool try_push(U&& item) noexcept(std::is_nothrow_constructible_v<value_type, U>) {
    if (at_ == end_ && !next_span()) [[unlikely]] { return false; }
    std::construct_at(at_, std::forward<U>(item));
    ++at_;
    return true;
  }

  /// Publishes what was taken so far.
  void flush() noexcept {
    if (at_ != begin_) { ring_->commit(static_cast<std::size_t>(at_ - begin_)); }
    begin_ = at_;
  }

 private:
  bool next_span() noexcept {
    flush();
    const std::span<value_type> span = ring_->reserve(span_);
    begin_ = at_ = span.data();
    end_ = begin_ + span.size();
    return !span.empty();
  }

  Ring* ring_;
  std::size_t span_;
  value_type* begin_ = nullptr;
  value_type* at_ = nullptr;
  value_type* end_ = nullptr;
};

/// The consumer's cursor. While one lives, nobody else pops from the ring.
template <class Ring>
class pop_cursor {
 public:
  using value_type = typename Ring::value_type;

  explicit pop_cursor(Ring& ring) noexcept : ring_(&ring), span_(cursor_span(ring.capacity())) {}
  pop_cursor(const pop_cursor&) = delete;
  pop_cursor& operator=(const pop_cursor&) = delete;
  ~pop_cursor() { flush(); }

  /// The next item in place, or null when there is none. It lives until the next call of next() or flush().
  [[nodiscard]] value_type* next() noexcept {
    if (at_ == end_ && !next_span()) [[unlikely]] { return nullptr; }
    return at_++;
  }

  /// Destroys and gives back every item handed out so far.
  void flush() noexcept {
    if (at_ != begin_) { ring_->release(static_cast<std::size_t>(at_ - begin_)); }
    begin_ = at_;
  }

 private:
  bool next_span() noexcept {
    flush();
    const std::span<value_type> span = ring_->peek(span_);
    begin_ = at_ = span.data();
    end_ = begin_ + span.size();
    for (value_type* line = begin_; line < end_; line += std::max<std::size_t>(1, k_cache_line / sizeof(value_type))) {
      __builtin_prefetch(line);
    }
    return !span.empty();
  }

  Ring* ring_;
  std::size_t span_;
  value_type* begin_ = nullptr;
  value_type* at_ = nullptr;
  value_type* end_ = nullptr;
};

} // namespace weir
