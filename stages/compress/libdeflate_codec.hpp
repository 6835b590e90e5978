#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace weir::stages {

/// libdeflate's compressor: one gzip member a call. The only header that stands for libdeflate. One thread at
/// a time.
class libdeflate_encoder {
 public:
  /// Levels 1 to 9. Throws std::bad_alloc.
  explicit libdeflate_encoder(int level);
  ~libdeflate_encoder();
  libdeflate_encoder(libdeflate_encoder&&) noexcept;
  libdeflate_encoder& operator=(libdeflate_encoder&&) noexcept;

  /// Bytes of the member written to `out`; 0 when it does not fit.
  std::size_t encode(std::span<const std::byte> in, std::span<std::byte> out);
  /// Upper bound; libdeflate itself does not tell.
  std::size_t context_bytes() const;

 private:
  struct context;
  std::unique_ptr<context> context_;
};

} // namespace weir::stages
