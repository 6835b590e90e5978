#include "stages/compress/gzip_header.hpp"

namespace weir::stages {
namespace {

constexpr std::uint8_t k_flag_checksum = 0x02;
constexpr std::uint8_t k_flag_extra = 0x04;
constexpr std::uint8_t k_flag_name = 0x08;
constexpr std::uint8_t k_flag_comment = 0x10;
constexpr std::uint8_t k_flags_reserved = 0xe0;

/// Bit by bit: headers are a few bytes long.
std::uint32_t crc_step(std::uint32_t crc, std::uint8_t byte) {
  crc ^= byte;
  for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  return crc;
}

} // namespace

std::size_t gzip_header_reader::feed(std::span<const std::byte> in) {
  std::size_t taken = 0;
  while (taken < in.size() && !complete() && fault_.empty()) take(std::to_integer<std::uint8_t>(in[taken++]));
  return taken;
}

void gzip_header_reader::take(std::uint8_t byte) {
  if (at_ != part::checksum) crc_ = crc_step(crc_, byte);
  ++count_;
  switch (at_) {
  case part::magic:
    return take_magic(byte);
  case part::fixed:
    if (count_ == 6) enter_next_part(); // time (4), extra flags, operating system
    return;
  case part::extra_length:
    extra_length_ |= static_cast<std::uint32_t>(byte) << (8 * (count_ - 1));
    if (count_ == 2) enter_next_part();
    return;
  case part::extra:
    if (count_ == extra_length_) enter_next_part();
    return;
  case part::name:
  case part::comment:
    if (byte == 0) enter_next_part();
    return;
  case part::checksum:
    return take_checksum(byte);
  case part::complete:
    return;
  }
}

void gzip_header_reader::take_magic(std::uint8_t byte) {
  if ((count_ == 1 && byte != 0x1f) || (count_ == 2 && byte != 0x8b)) fault_ = "not a gzip header";
  if (count_ == 3 && byte != 8) fault_ = "unknown compression method";
  if (count_ != 4) return;
  flags_ = byte;
  if ((flags_ & k_flags_reserved) != 0) fault_ = "reserved flags set in the gzip header";
  at_ = part::fixed;
  count_ = 0;
}

void gzip_header_reader::take_checksum(std::uint8_t byte) {
  header_crc_ = static_cast<std::uint16_t>(header_crc_ | (byte << (8 * (count_ - 1))));
  if (count_ != 2) return;
  if (header_crc_ != static_cast<std::uint16_t>(~crc_)) fault_ = "the gzip header's checksum does not match";
  enter_next_part();
}

/// Goes to the next part that the flags announce.
void gzip_header_reader::enter_next_part() {
  count_ = 0;
  switch (at_) {
  case part::magic:
  case part::fixed:
    if ((flags_ & k_flag_extra) != 0) {
      at_ = part::extra_length;
      return;
    }
    [[fallthrough]];
  case part::extra_length:
    if (extra_length_ != 0) {
      at_ = part::extra;
      return;
    }
    [[fallthrough]];
  case part::extra:
    if ((flags_ & k_flag_name) != 0) {
      at_ = part::name;
      return;
    }
    [[fallthrough]];
  case part::name:
    if ((flags_ & k_flag_comment) != 0) {
      at_ = part::comment;
      return;
    }
    [[fallthrough]];
  case part::comment:
    if ((flags_ & k_flag_checksum) != 0) {
      at_ = part::checksum;
      return;
    }
    [[fallthrough]];
  case part::checksum:
  case part::complete:
    at_ = part::complete;
  }
}

} // namespace weir::stages
