#include "stages/compress/libdeflate_codec.hpp"

#include <libdeflate.h>

#include <new>

namespace weir::stages {

struct libdeflate_encoder::context {
  explicit context(int level) : compressor(libdeflate_alloc_compressor(level)) {
    if (compressor == nullptr) throw std::bad_alloc();
  }
  ~context() { libdeflate_free_compressor(compressor); }
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  libdeflate_compressor* compressor;
};

libdeflate_encoder::libdeflate_encoder(int level) : context_(std::make_unique<context>(level)) {}
libdeflate_encoder::~libdeflate_encoder() = default;
libdeflate_encoder::libdeflate_encoder(libdeflate_encoder&&) noexcept = default;
libdeflate_encoder& libdeflate_encoder::operator=(libdeflate_encoder&&) noexcept = default;

std::size_t libdeflate_encoder::encode(std::span<const std::byte> in, std::span<std::byte> out) {
  return libdeflate_gzip_compress(context_->compressor, in.data(), in.size(), out.data(), out.size());
}

std::size_t libdeflate_encoder::context_bytes() const {
  // libdeflate 1.14 takes 653 KiB at the levels 2 to 9; a test holds this line against what malloc counts.
  return std::size_t{768} << 10;
}

} // namespace weir::stages
