#include "stages/compress/decoder.hpp"

#include "stages/compress/isal_codec.hpp"
#include "stages/compress/zstd_codec.hpp"

namespace weir::stages {
namespace {

std::string corrupt_text(std::string_view format, std::string_view reason, std::uint64_t offset,
                         std::uint64_t recovered) {
  std::string text("corrupt ");
  text.append(format).append(" data at byte ").append(std::to_string(offset));
  text.append(": ").append(reason).append(" (").append(std::to_string(recovered)).append(" bytes recovered)");
  return text;
}

bool starts_with(std::span<const std::byte> bytes, std::initializer_list<unsigned> magic) {
  if (bytes.size() < magic.size()) return false;
  for (std::size_t i = 0; i < magic.size(); ++i)
    if (std::to_integer<unsigned>(bytes[i]) != magic.begin()[i]) return false;
  return true;
}

} // namespace

corrupt_input::corrupt_input(std::string_view format, std::string_view reason, std::uint64_t offset,
                             std::uint64_t recovered)
    : std::runtime_error(corrupt_text(format, reason, offset, recovered)), offset_(offset), recovered_(recovered) {}

decoder::progress decoder::decode(std::span<const std::byte> in, std::span<std::byte> out) {
  if (!fault_.empty()) throw corrupt_input(format_, fault_, consumed_, produced_);
  progress made = advance(in, out, fault_);
  consumed_ += made.consumed;
  produced_ += made.produced;
  if (!fault_.empty() && made.produced == 0) throw corrupt_input(format_, fault_, consumed_, produced_);
  return made;
}

void decoder::finish() const {
  if (!fault_.empty()) throw corrupt_input(format_, fault_, consumed_, produced_);
  if (!between_members()) throw corrupt_input(format_, "the input ends too early", consumed_, produced_);
}

compression recognise(std::span<const std::byte> first_bytes) {
  if (starts_with(first_bytes, {0x1f, 0x8b})) return compression::gzip;
  if (starts_with(first_bytes, {0x28, 0xb5, 0x2f, 0xfd})) return compression::zstd;
  bool skippable_frame = first_bytes.size() >= 4 && (std::to_integer<unsigned>(first_bytes[0]) & 0xf0) == 0x50 &&
                         starts_with(first_bytes.subspan(1), {0x2a, 0x4d, 0x18});
  return skippable_frame ? compression::zstd : compression::none;
}

bool may_be_compressed(std::span<const std::byte> fewer_bytes) {
  if (fewer_bytes.size() >= k_recognise_bytes) return false;
  if (fewer_bytes.empty()) return true;
  const auto first = std::to_integer<unsigned>(fewer_bytes[0]);
  const unsigned second = first == 0x1f ? 0x8b : first == 0x28 ? 0xb5 : (first & 0xf0) == 0x50 ? 0x2a : 0x100;
  return second < 0x100 && (fewer_bytes.size() == 1 || std::to_integer<unsigned>(fewer_bytes[1]) == second);
}

std::unique_ptr<decoder> make_decoder(compression format, std::size_t window_limit) {
  switch (format) {
  case compression::gzip:
    return make_gzip_decoder();
  case compression::zstd:
    return make_zstd_decoder(window_limit);
  case compression::none:
    break;
  }
  return nullptr;
}

} // namespace weir::stages
