#pragma once
// Cursors: one-item pushes and pops at the price of spans.
//
// A cursor holds a reserved span in two pointers that live in registers, so that most pushes and pops touch no shared
// memory at all. What was written is published when the span is full, at flush() and when the cursor dies. Either side
// may have one without the other: try_push() into the ring with a pop_cursor behind it publishes every item at once and
// gives slots back by the span, which is the fastest way to do so.
//
// Why the next span is fetched by a function that is not inlined and takes and returns its state by value: a call that got
// the cursor's address, or the fetching spread through the caller's loop, would cost it the registers (1070 against 820
// million items a second).
//
//   function                    who        waits  progress
//   push_cursor::try_push       producer   no     wait-free
//   push_cursor::flush          producer   no     wait-free
//   pop_cursor::next / flush    consumer   no     wait-free

#include <weir/dry_wait.hpp>
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
  ~push_cursor() { flush(); }

  /// Takes the item or leaves it untouched (false: full; all that was taken is published then).
  template <class U>
  [[nodiscard]] bool try_push(U&& item) noexcept(std::is_nothrow_constructible_v<value_type, U>) {
    if (place_.at == place_.end) [[unlikely]] {
      place_ = next_span(*ring_, span_, place_);
      if (place_.at == place_.end) { return false; }
    }
    std::construct_at(place_.at, std::forward<U>(item));
    ++place_.at;
    return true;
  }

  /// Publishes what was taken so far.
  void flush() noexcept {
    if (place_.at != place_.begin) { ring_->commit(static_cast<std::size_t>(place_.at - place_.begin)); }
    place_.begin = place_.at;
  }

 private:
  struct place {
    value_type* begin = nullptr;
    value_type* at = nullptr;
    value_type* end = nullptr;
  };

  [[gnu::noinline]] static place next_span(Ring& ring, std::size_t most, place last) noexcept {
    if (last.at != last.begin) { ring.commit(static_cast<std::size_t>(last.at - last.begin)); }
    const std::span<value_type> span = ring.reserve(most);
    return {span.data(), span.data(), span.data() + span.size()};
  }

  Ring* ring_;
  std::size_t span_;
  place place_;
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
  ~pop_cursor() { flush(); }

  /// The next item in place, or null when there is none. It lives until the next call of next() or flush().
  [[nodiscard]] value_type* next() noexcept {
    if (place_.at == place_.end) [[unlikely]] {
      place_ = next_span(*ring_, span_, place_);
      if (place_.at == place_.end) { return nullptr; }
    }
    if (place_.at == nullptr) { __builtin_unreachable(); } // Spares the caller's loop its test for null.
    return place_.at++;
  }

  /// Destroys and gives back every item handed out so far.
  void flush() noexcept {
    if (place_.at != place_.begin) { ring_->release(static_cast<std::size_t>(place_.at - place_.begin)); }
    place_.begin = place_.at;
  }

 private:
  struct place {
    value_type* begin = nullptr;
    value_type* at = nullptr;
    value_type* end = nullptr;
    dry_wait wait{};
  };

  [[gnu::noinline]] static place next_span(Ring& ring, std::size_t most, place last) noexcept {
    const auto used = static_cast<std::size_t>(last.at - last.begin);
    if (used > 0) { ring.release(used); }
    std::span<value_type> span = ring.peek(most);
    if (used > 0 && ring.at_hand() < most) { // Read dry, by one who was at work: the producer is, too.
      last.wait.before(ring.at_hand(), [&ring] { return ring.available(); });
      span = ring.peek(std::min(most, ring.at_hand()));
    }
    if (span.size() == ring.at_hand()) { span = span.first(in_whole_lines(span)); }
    const char* line = reinterpret_cast<const char*>(span.data());
    const char* const end = line + std::min(span.size_bytes(), k_prefetched_lines * k_cache_line);
    for (; line < end; line += k_cache_line) { __builtin_prefetch(line); }
    return {span.data(), span.data(), span.data() + span.size(), last.wait};
  }

  // As many of the newest items as end with their line, all of them where none does: the producer is at the rest.
  static std::size_t in_whole_lines(std::span<value_type> newest) noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(newest.data());
    const auto end = begin + newest.size_bytes();
    const std::uintptr_t whole = end / k_cache_line * k_cache_line;
    return whole < begin + sizeof(value_type) ? newest.size() : (whole - begin) / sizeof(value_type);
  }

  Ring* ring_;
  std::size_t span_;
  place place_;
};

} // namespace weir
