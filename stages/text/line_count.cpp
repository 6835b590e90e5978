#include "stages/text/line_count.hpp"

#include <algorithm>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::stages {
namespace {

std::size_t count_portable(const std::byte* begin, const std::byte* end, std::byte wanted) {
  return static_cast<std::size_t>(std::count(begin, end, wanted));
}

#if defined(__x86_64__)

/// -1 in every byte of the vector that is the wanted one.
[[gnu::target("avx2")]] inline __m256i matches(const std::byte* at, __m256i wanted) {
  return _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)), wanted);
}

/// Counts in the 32 bytes of a vector, twice, and adds these up before one can run over.
[[gnu::target("avx2")]] std::size_t count_avx2(const std::byte* begin, const std::byte* end, std::byte wanted) {
  const __m256i all = _mm256_set1_epi8(static_cast<char>(wanted));
  const __m256i zero = _mm256_setzero_si256();
  __m256i total = zero;
  while (end - begin >= 128) {
    __m256i even = zero;
    __m256i odd = zero;
    for (int turn = 0; turn < 127 && end - begin >= 128; ++turn, begin += 128) {
      even = _mm256_sub_epi8(even, matches(begin, all));
      odd = _mm256_sub_epi8(odd, matches(begin + 32, all));
      even = _mm256_sub_epi8(even, matches(begin + 64, all));
      odd = _mm256_sub_epi8(odd, matches(begin + 96, all));
    }
    total = _mm256_add_epi64(total, _mm256_sad_epu8(even, zero));
    total = _mm256_add_epi64(total, _mm256_sad_epu8(odd, zero));
  }
  alignas(32) std::uint64_t parts[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(parts), total);
  return parts[0] + parts[1] + parts[2] + parts[3] + count_portable(begin, end, wanted);
}

using counter = std::size_t (*)(const std::byte*, const std::byte*, std::byte);

counter best_counter() {
  static const counter best = __builtin_cpu_supports("avx2") != 0 ? count_avx2 : count_portable;
  return best;
}

#else

constexpr auto best_counter() { return count_portable; }

#endif

} // namespace

std::size_t count_byte(std::span<const std::byte> bytes, std::byte wanted) {
  return best_counter()(bytes.data(), bytes.data() + bytes.size(), wanted);
}

} // namespace weir::stages
