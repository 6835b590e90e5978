#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weir::stages {

/// Reads the header of a gzip member (RFC 1952) from pieces of any size and checks it; its fields are
/// dropped.
class gzip_header_reader {
 public:
  /// Takes bytes up to the header's end or the first fault; returns how many it took.
  std::size_t feed(std::span<const std::byte> in);

  bool untouched() const { return at_ == part::magic && count_ == 0; }
  bool complete() const { return at_ == part::complete; }
  /// Empty as long as the header is sound.
  std::string_view fault() const { return fault_; }

  /// Makes it ready for the next member.
  void reset() { *this = {}; }

 private:
  enum class part : std::uint8_t { magic, fixed, extra_length, extra, name, comment, checksum, complete };

  void take(std::uint8_t byte);
  void take_magic(std::uint8_t byte);
  void take_checksum(std::uint8_t byte);
  void enter_next_part();

  part at_ = part::magic;
  std::uint8_t flags_ = 0;
  std::uint32_t count_ = 0; ///< bytes of the current part taken
  std::uint32_t extra_length_ = 0;
  std::uint32_t crc_ = 0xffffffff; ///< CRC-32 of the header so far, not yet inverted
  std::uint16_t header_crc_ = 0;
  std::string_view fault_;
};

} // namespace weir::stages
