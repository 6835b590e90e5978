#include "stages/compress/gzip_encoder.hpp"

#include <stdexcept>
#include <string>

namespace weir::stages {

std::variant<isal_encoder, libdeflate_encoder> gzip_encoder::choose(int level) {
  if (level < 1 || level > 9)
    throw std::invalid_argument("gzip: level " + std::to_string(level) + " is not between 1 and 9");
  if (level <= 3) return isal_encoder(level);
  return libdeflate_encoder(level);
}

gzip_encoder::gzip_encoder(int level) : library_(choose(level)) {}

std::size_t gzip_encoder::encode(std::span<const std::byte> in, std::span<std::byte> out) {
  std::size_t size = std::visit([&](auto& library) { return library.encode(in, out); }, library_);
  if (size == 0)
    throw std::length_error("gzip: " + std::to_string(in.size()) + " bytes do not fit into " +
                            std::to_string(out.size()));
  return size;
}

std::size_t gzip_encoder::context_bytes() const {
  return std::visit([](const auto& library) { return library.context_bytes(); }, library_);
}

} // namespace weir::stages
