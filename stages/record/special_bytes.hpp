#pragma once
// Finding bytes that must not stay as they are, eight at a time: most texts have none.

#include <cstdint>
#include <cstring>

namespace weir::stages {

inline constexpr std::uint64_t k_ones = 0x0101010101010101;
inline constexpr std::uint64_t k_highs = 0x8080808080808080;

constexpr std::uint64_t repeat(char c) { return k_ones * static_cast<unsigned char>(c); }
/// Not 0 where some byte of the word is 0, or where one is below `limit` (at most 0x80).
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - k_ones) & ~word & k_highs; }
constexpr std::uint64_t bytes_below(std::uint64_t word, char limit) { return (word - repeat(limit)) & ~word & k_highs; }

/// The first special byte, or `end`. `special` says it of one character, and of a word whether it has one.
template <class Special>
const char* find_special(const char* at, const char* end, Special special) {
  for (; end - at >= 8; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    if (special(word)) break;
  }
  while (at != end && !special(*at)) { ++at; }
  return at;
}

} // namespace weir::stages
