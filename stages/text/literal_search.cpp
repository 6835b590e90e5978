#include "stages/text/literal_search.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::stages {
namespace {

/// Bytes of access logs and JSON, the most frequent first. Those not named are rarer than all of these.
constexpr std::string_view k_frequent =
    " \"e0t1a/2o.:5s,3n4r6i8p7-9mclhd_ugbwfMSTAxPGvk(;)W{}KZELyCNXIHROz=\nF?&jDB+U%qVQJY[]'<>";

constexpr std::array<std::uint8_t, 256> commonness_table() {
  std::array<std::uint8_t, 256> table{};
  std::uint8_t rank = 255;
  for (char byte : k_frequent) table[static_cast<unsigned char>(byte)] = rank--;
  return table;
}
constexpr std::array<std::uint8_t, 256> k_commonness = commonness_table();

std::uint8_t commonness(char byte) { return k_commonness[static_cast<unsigned char>(byte)]; }

const char* find_portable(const char* begin, const char* end, const literal_search::pair& rare) {
  return static_cast<const char*>(
      ::memmem(begin, static_cast<std::size_t>(end - begin), rare.needle.data(), rare.needle.size()));
}

#if defined(__x86_64__)

/// The first of the places `at + bit` at which the whole literal stands.
inline const char* first_match(const char* at, std::uint32_t candidates, const literal_search::pair& rare) {
  for (; candidates != 0; candidates &= candidates - 1) {
    const char* place = at + __builtin_ctz(candidates);
    if (std::memcmp(place, rare.needle.data(), rare.needle.size()) == 0) return place;
  }
  return nullptr;
}

inline std::uint32_t candidates_sse2(const char* at, const literal_search::pair& rare, __m128i first, __m128i second) {
  __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + rare.first));
  __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + rare.second));
  __m128i both = _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, second));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(both));
}

const char* find_sse2(const char* begin, const char* end, const literal_search::pair& rare) {
  auto places = (end - begin) - static_cast<std::ptrdiff_t>(rare.needle.size()) + 1;
  if (places < 16) return find_portable(begin, end, rare);
  const __m128i first = _mm_set1_epi8(rare.needle[rare.first]);
  const __m128i second = _mm_set1_epi8(rare.needle[rare.second]);
  const char* const last = begin + places - 16;
  for (const char* at = begin; at < last; at += 16)
    if (std::uint32_t found = candidates_sse2(at, rare, first, second); found != 0)
      if (const char* match = first_match(at, found, rare)) return match;
  return first_match(last, candidates_sse2(last, rare, first, second), rare);
}

[[gnu::target("avx2")]] inline __m256i candidates_avx2(const char* at, const literal_search::pair& rare, __m256i first,
                                                       __m256i second) {
  __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + rare.first));
  __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + rare.second));
  return _mm256_and_si256(_mm256_cmpeq_epi8(a, first), _mm256_cmpeq_epi8(b, second));
}

[[gnu::target("avx2")]] inline std::uint32_t bits(__m256i mask) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(mask));
}

// Four vectors a turn with one branch: the turn costs eight loads, which is what limits it.
[[gnu::target("avx2")]] const char* find_avx2(const char* begin, const char* end, const literal_search::pair& rare) {
  auto places = (end - begin) - static_cast<std::ptrdiff_t>(rare.needle.size()) + 1;
  if (places < 32) return find_sse2(begin, end, rare);
  const __m256i first = _mm256_set1_epi8(rare.needle[rare.first]);
  const __m256i second = _mm256_set1_epi8(rare.needle[rare.second]);
  const char* const last = begin + places - 32;
  const char* at = begin;
  for (; last - at >= 128; at += 128) {
    __m256i m0 = candidates_avx2(at, rare, first, second);
    __m256i m1 = candidates_avx2(at + 32, rare, first, second);
    __m256i m2 = candidates_avx2(at + 64, rare, first, second);
    __m256i m3 = candidates_avx2(at + 96, rare, first, second);
    __m256i any = _mm256_or_si256(_mm256_or_si256(m0, m1), _mm256_or_si256(m2, m3));
    if (_mm256_testz_si256(any, any) != 0) continue;
    if (const char* match = first_match(at, bits(m0), rare)) return match;
    if (const char* match = first_match(at + 32, bits(m1), rare)) return match;
    if (const char* match = first_match(at + 64, bits(m2), rare)) return match;
    if (const char* match = first_match(at + 96, bits(m3), rare)) return match;
  }
  for (; at < last; at += 32)
    if (const char* match = first_match(at, bits(candidates_avx2(at, rare, first, second)), rare)) return match;
  return first_match(last, bits(candidates_avx2(last, rare, first, second)), rare);
}

#endif

literal_search::instructions best_instructions() {
  using enum literal_search::instructions;
  static const auto best = literal_search::available(avx2) ? avx2 : literal_search::available(sse2) ? sse2 : portable;
  return best;
}

} // namespace

bool literal_search::available(instructions set) {
#if defined(__x86_64__)
  return set != instructions::avx2 || __builtin_cpu_supports("avx2") != 0;
#else
  return set == instructions::portable;
#endif
}

literal_search::literal_search(std::string_view needle) : literal_search(needle, best_instructions()) {}

literal_search::literal_search(std::string_view needle, [[maybe_unused]] instructions set) : needle_(needle) {
  if (needle_.size() < 2) return;
  kernel_ = find_portable;
#if defined(__x86_64__)
  if (set == instructions::sse2) kernel_ = find_sse2;
  if (set == instructions::avx2) kernel_ = find_avx2;
#endif
  for (std::size_t i = 1; i < needle_.size(); ++i)
    if (commonness(needle_[i]) < commonness(needle_[first_])) first_ = i;
  second_ = first_ == 0 ? 1 : 0;
  for (std::size_t i = 0; i < needle_.size(); ++i)
    if (i != first_ && commonness(needle_[i]) < commonness(needle_[second_])) second_ = i;
}

const char* literal_search::find(const char* begin, const char* end) const {
  if (kernel_ != nullptr) return kernel_(begin, end, {needle_, first_, second_});
  if (needle_.empty()) return begin;
  if (begin == end) return nullptr;
  return static_cast<const char*>(std::memchr(begin, needle_[0], static_cast<std::size_t>(end - begin)));
}

} // namespace weir::stages
