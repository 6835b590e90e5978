#pragma once
// edge_options: what an edge is told before the run, and what it asks its items: their bytes, and whether they hold a block.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Bytes of the standard's own byte containers; templates, so that nothing converts to one of them by itself.
template <class Traits, class Allocator>
[[nodiscard]] std::uint64_t byte_size(const std::basic_string<char, Traits, Allocator>& text) noexcept {
  return text.size();
}
template <class Traits>
[[nodiscard]] std::uint64_t byte_size(std::basic_string_view<char, Traits> text) noexcept {
  return text.size();
}
[[nodiscard]] inline std::uint64_t byte_size(const std::vector<std::byte>& bytes) noexcept { return bytes.size(); }

/// Bytes an item stands for in byte accounting; found by argument-dependent lookup, measured once, at the push.
template <class T>
concept byte_sized = requires(const T& item) {
  { byte_size(item) }
  noexcept->std::convertible_to<std::uint64_t>;
};

/// Items that hold a block: few of them stand in an edge, and their buffers are counted with the pools. A type of one's own
/// says so with `static constexpr bool k_holds_block = true`.
template <class T>
inline constexpr bool holds_block = requires {
  requires T::k_holds_block;
};

/// How much an edge takes. `0` and `k_default` fields are filled in by the plan.
struct edge_options {
  static constexpr std::size_t k_default = std::numeric_limits<std::size_t>::max();

  std::size_t capacity = k_default;   ///< items, the hard limit, at least 1
  std::size_t high_water = k_default; ///< level from which a push reports pressure; by default the capacity
  std::size_t low_water = k_default;  ///< level at which a paused producer is woken; by default 3/4 of high_water
  bool in_bytes = false;              ///< the two marks count bytes (byte_size of the item), not items

  bool operator==(const edge_options&) const = default;
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

} // namespace weir
