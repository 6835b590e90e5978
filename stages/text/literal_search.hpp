#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::stages {

/// Finds a literal in big buffers at memory speed. It looks for the two bytes of the literal that are rarest
/// in logs, at their distance, 32 places at a time (16 without AVX2), and compares the rest only where both
/// are. Any number of threads may search with one object.
class literal_search {
 public:
  explicit literal_search(std::string_view needle);

  /// Where the literal first begins in [begin, end); nullptr when it is not there. An empty literal is found
  /// at `begin`.
  const char* find(const char* begin, const char* end) const;

  std::string_view needle() const { return needle_; }

  /// Which instructions to search with; the tests go through all that the machine has.
  enum class instructions { portable, sse2, avx2 };
  static bool available(instructions set);
  literal_search(std::string_view needle, instructions set);

  /// What a kernel needs to know: a literal of two bytes or more, and the places of two of them.
  struct pair {
    std::string_view needle;
    std::size_t first;
    std::size_t second;
  };

 private:
  using kernel = const char* (*)(const char* begin, const char* end, const pair& rare);

  std::string needle_;
  std::size_t first_ = 0;
  std::size_t second_ = 0;
  kernel kernel_ = nullptr;
};

} // namespace weir::stages
