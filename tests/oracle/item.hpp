#pragma once
// item: what flows through the graphs of the oracle. Its id names it alone, wherever it has been; living objects are counted.

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace weir::oracle {

/// A number that depends on both, and differs for different pairs (as far as 64 bits go).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t x = a * 0x9e3779b97f4a7c15u + b + 0x7f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

class item {
 public:
  explicit item(std::uint64_t which = 0, std::uint64_t content = 0) noexcept : id(which), value(content) { born(); }
  item(const item& other) noexcept : id(other.id), value(other.value) { born(); }
  item(item&& other) noexcept : id(std::exchange(other.id, 0)), value(other.value) { born(); }
  item& operator=(const item& other) noexcept = default;
  item& operator=(item&& other) noexcept {
    id = std::exchange(other.id, 0);
    value = other.value;
    return *this;
  }
  ~item() {
    if (alive_ != k_alive) { std::abort(); } // destroyed twice
    alive_ = 0;
    living.fetch_sub(1);
  }

  std::uint64_t id; ///< 0: moved from
  std::uint64_t value;

  static inline std::atomic<long> living{0};

 private:
  static constexpr std::uint32_t k_alive = 0x600dcafe;
  void born() noexcept { living.fetch_add(1); }
  std::uint32_t alive_ = k_alive;
};

/// An item that has arrived: only its contents.
struct arrived {
  std::uint64_t id;
  std::uint64_t value;
  friend bool operator==(const arrived&, const arrived&) = default;
};

} // namespace weir::oracle
