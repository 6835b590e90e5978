// The random numbers of a stress run: small, fast, and the same from the same seed everywhere (splitmix64).
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::command {

class stress_random {
 public:
  explicit stress_random(std::uint64_t seed = 0) noexcept : state_(seed) {}
  /// Another row of numbers for each name.
  stress_random(std::uint64_t seed, std::string_view name) noexcept : state_(seed) {
    for (const char c : name) state_ = (*this)() ^ static_cast<unsigned char>(c);
  }

  std::uint64_t operator()() noexcept {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

} // namespace weir::command
