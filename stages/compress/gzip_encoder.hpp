#pragma once

#include <cstddef>
#include <span>
#include <variant>

#include "stages/compress/isal_codec.hpp"
#include "stages/compress/libdeflate_codec.hpp"

namespace weir::stages {

/// Makes gzip members that need no other member to be read; put one after the other they are a gzip file.
/// Levels 1 to 3 are ISA-L's (speed), 4 to 9 libdeflate's (size). Allocates on construction only. One thread
/// at a time.
class gzip_encoder {
 public:
  /// Throws std::invalid_argument unless 1 ≤ level ≤ 9.
  explicit gzip_encoder(int level);

  /// A member of `n` bytes is at most this long; of 252 KiB it is under 256 KiB.
  static constexpr std::size_t bound(std::size_t n) {
    // A stored block costs 5 bytes and holds 5000 at least; the frame of the member and the ends cost 64 at
    // most.
    return n + 5 * (n / 5000 + 1) + 64;
  }

  /// Writes one complete member to `out`, which must have bound(in.size()) bytes, and returns its size.
  /// Throws std::length_error when it does not fit, or for inputs over 1 GiB.
  std::size_t encode(std::span<const std::byte> in, std::span<std::byte> out);

  /// Upper bound, in bytes, of the memory that an encoder holds.
  std::size_t context_bytes() const;

 private:
  static std::variant<isal_encoder, libdeflate_encoder> choose(int level);

  std::variant<isal_encoder, libdeflate_encoder> library_;
};

static_assert(gzip_encoder::bound(252 * 1024) <= 256 * 1024);

} // namespace weir::stages
