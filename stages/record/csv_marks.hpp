#pragma once
// csv_marks: where in 64 bytes the bytes stand that mean something in CSV.

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace weir::stages {

/// Bit n is byte n.
struct csv_marks {
  std::uint64_t quotes = 0;
  std::uint64_t delimiters = 0;
  std::uint64_t newlines = 0;
  std::uint64_t high = 0; ///< not ASCII
};

inline constexpr std::size_t k_csv_window = 64;

#if defined(__x86_64__)

/// `at`: k_csv_window bytes.
inline csv_marks csv_marks_of(const char* at, char delimiter) noexcept {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i comma = _mm_set1_epi8(delimiter);
  const __m128i newline = _mm_set1_epi8('\n');
  csv_marks marks;
  const auto bits = [](__m128i v) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(v)));
  };
  for (unsigned i = 0; i < k_csv_window; i += sizeof(__m128i)) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
    marks.quotes |= bits(_mm_cmpeq_epi8(bytes, quote)) << i;
    marks.delimiters |= bits(_mm_cmpeq_epi8(bytes, comma)) << i;
    marks.newlines |= bits(_mm_cmpeq_epi8(bytes, newline)) << i;
    marks.high |= bits(bytes) << i;
  }
  return marks;
}

#else

inline csv_marks csv_marks_of(const char* at, char delimiter) noexcept {
  csv_marks marks;
  for (unsigned i = 0; i < k_csv_window; ++i) {
    marks.quotes |= std::uint64_t{at[i] == '"'} << i;
    marks.delimiters |= std::uint64_t{at[i] == delimiter} << i;
    marks.newlines |= std::uint64_t{at[i] == '\n'} << i;
    marks.high |= std::uint64_t{static_cast<unsigned char>(at[i]) > 0x7F} << i;
  }
  return marks;
}

#endif

} // namespace weir::stages
