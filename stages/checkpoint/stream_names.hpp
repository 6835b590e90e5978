#pragma once
// stream_names: numbers for streams, and how the latest of them are called: a daemon meets any number of them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "stages/journal/journal.hpp"

namespace weir::stages {

/// One thread at a time.
class stream_names {
 public:
  std::uint32_t add(std::string name) {
    if (!names_) names_ = std::make_unique<std::array<std::string, k_kept>>();
    const std::uint32_t count = count_++ % k_stream_numbers;
    (*names_)[count % k_kept] = std::move(name);
    return k_stream_numbers + count;
  }
  /// Empty: too many came after it, or it never was.
  [[nodiscard]] std::string name_of(std::uint32_t stream) const {
    const std::uint32_t age = (count_ - (stream - k_stream_numbers)) % k_stream_numbers;
    if (age == 0 || age > k_kept || age > count_) return {};
    return (*names_)[(stream - k_stream_numbers) % k_kept];
  }

 private:
  static constexpr std::uint32_t k_kept = 4096; // a power of two: numbers begin again after 2^31

  std::uint32_t count_ = 0;
  std::unique_ptr<std::array<std::string, k_kept>> names_; ///< null: no stream yet
};

} // namespace weir::stages
