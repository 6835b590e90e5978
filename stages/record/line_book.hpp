#pragma once
// line_book: how many lines of each source have gone past.

#include <cstdint>
#include <vector>

namespace weir::stages {

/// One thread. Remembers as many sources as there may be open at a time, the latest ones.
class line_book {
 public:
  /// A block begins that stands at `position` of the source. Lines in front of it: of a header, where it is the source's first.
  /// Returns how many lines stand before it; k_unknown where blocks are missing in front of it.
  std::uint64_t begin(std::uint32_t source, std::uint64_t position, std::uint32_t header_lines);
  /// It has `lines` lines and ends at `end`; `gapless`: nothing was left out of it.
  void end(std::uint32_t source, std::uint64_t end, std::uint64_t lines, bool gapless);

  static constexpr std::uint64_t k_unknown = ~std::uint64_t{0};

 private:
  static constexpr std::size_t k_most_sources = 256;
  struct entry {
    std::uint32_t source = 0;
    std::uint64_t end = 0;
    std::uint64_t lines = k_unknown;
    std::uint64_t used = 0;
  };
  entry& of(std::uint32_t source, bool& known);

  std::vector<entry> entries_;
  std::uint64_t uses_ = 0;
};

} // namespace weir::stages
