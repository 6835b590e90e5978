#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::stages {

/// Compressed data that cannot be decoded.
class corrupt_input : public std::runtime_error {
 public:
  /// `format` and `reason` go into the text: "corrupt gzip data at byte 17: invalid distance (5 bytes
  /// recovered)".
  corrupt_input(std::string_view format, std::string_view reason, std::uint64_t offset, std::uint64_t recovered);

  /// Byte in the compressed stream, from its start, where the fault was noticed.
  std::uint64_t offset() const { return offset_; }
  /// Decompressed bytes handed out before the fault.
  std::uint64_t recovered() const { return recovered_; }

 private:
  std::uint64_t offset_;
  std::uint64_t recovered_;
};

/// A streaming decompressor: bytes in and out in pieces of any size. Allocates on construction, or for zstd
/// at the first frame that needs it, and never per call. One thread at a time.
class decoder {
 public:
  struct progress {
    std::size_t consumed = 0;
    std::size_t produced = 0;
  };

  virtual ~decoder() = default;
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  /// Decodes until `in` is used up or `out` is full. While `out` comes back full there may be more, even with
  /// no input left: call again. Throws corrupt_input, but only from a call that produced nothing, so that all
  /// that lies before the fault reaches the caller first; every later call throws the same.
  progress decode(std::span<const std::byte> in, std::span<std::byte> out);

  /// To be called at the end of the input, after a decode() that did not fill `out`: throws corrupt_input
  /// when the input ends inside a member or frame.
  void finish() const;

  /// No member or frame is open: true before the first byte and after every complete one.
  virtual bool between_members() const = 0;

  /// Upper bound, in bytes, of the memory this decoder may hold.
  virtual std::size_t context_bytes() const = 0;

  std::uint64_t consumed() const { return consumed_; }
  std::uint64_t produced() const { return produced_; }

 protected:
  explicit decoder(std::string_view format) : format_(format) {}

  /// As decode(), but a fault is put into `fault` and nothing is thrown.
  virtual progress advance(std::span<const std::byte> in, std::span<std::byte> out, std::string& fault) = 0;

 private:
  std::string_view format_;
  std::string fault_;
  std::uint64_t consumed_ = 0;
  std::uint64_t produced_ = 0;
};

enum class compression : std::uint8_t { none, gzip, zstd };

/// As many bytes recognise() wants to see of an input that has them.
inline constexpr std::size_t k_recognise_bytes = 4;

/// Tells the compression of an input by its first bytes.
compression recognise(std::span<const std::byte> first_bytes);
/// Too few to tell, and they may be the first of a compressed input: text that a pipe gives byte by byte need not wait.
bool may_be_compressed(std::span<const std::byte> fewer_bytes);

/// The default limit of a zstd frame's window: what the format asks every decoder to support.
inline constexpr std::size_t k_default_window = std::size_t{8} << 20;

/// Makes the decoder of a format; nullptr for compression::none.
/// gzip: any number of members, zero bytes after the last one; other bytes after it are corrupt_input.
/// zstd: any number of frames and skippable frames; one whose window is larger than `window_limit` is
/// corrupt_input that names the memory it needs.
std::unique_ptr<decoder> make_decoder(compression format, std::size_t window_limit = k_default_window);

} // namespace weir::stages
