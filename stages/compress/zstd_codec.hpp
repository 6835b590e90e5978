#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "stages/compress/decoder.hpp"

namespace weir::stages {

/// Makes complete zstd frames with checksum and content size; put one after the other they are a zstd file.
/// The only header that stands for libzstd. All memory is taken on construction. One thread at a time.
class zstd_encoder {
 public:
  /// `usual_input` is the size, in bytes, that the tables are laid out for; larger inputs are encoded with
  /// the same tables and compress a little worse. Throws std::invalid_argument unless 1 ≤ level ≤ 19,
  /// std::bad_alloc.
  explicit zstd_encoder(int level, std::size_t usual_input = std::size_t{256} * 1024);
  ~zstd_encoder();
  zstd_encoder(zstd_encoder&&) noexcept;
  zstd_encoder& operator=(zstd_encoder&&) noexcept;

  /// A frame of `n` bytes is at most this long; of 252 KiB it is under 256 KiB.
  static std::size_t bound(std::size_t n);

  /// Writes one complete frame to `out`, which must have bound(in.size()) bytes, and returns its size.
  /// Throws std::length_error when it does not fit.
  std::size_t encode(std::span<const std::byte> in, std::span<std::byte> out);

  /// The memory that the encoder holds, in bytes.
  std::size_t context_bytes() const;

 private:
  struct context;
  std::unique_ptr<context> context_;
};

/// See make_decoder(). Verifies the checksums of frames that have one.
std::unique_ptr<decoder> make_zstd_decoder(std::size_t window_limit);

} // namespace weir::stages
