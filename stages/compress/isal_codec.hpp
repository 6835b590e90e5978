#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "stages/compress/decoder.hpp"

namespace weir::stages {

/// ISA-L's deflate: one gzip member a call. The only header that stands for ISA-L. One thread at a time.
class isal_encoder {
 public:
  /// Levels 1 to 3.
  explicit isal_encoder(int level);
  ~isal_encoder();
  isal_encoder(isal_encoder&&) noexcept;
  isal_encoder& operator=(isal_encoder&&) noexcept;

  /// Bytes of the member written to `out`; 0 when `out` is too small even for the bytes as they are.
  std::size_t encode(std::span<const std::byte> in, std::span<std::byte> out);
  std::size_t context_bytes() const;

 private:
  struct context;
  std::unique_ptr<context> context_;
};

/// See make_decoder(). Verifies CRC-32 and length of every member.
std::unique_ptr<decoder> make_gzip_decoder();

} // namespace weir::stages
