#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "stages/file/descriptor.hpp"

namespace weir::stages {

/// A file, pipe or device read from its front to its end. One thread at a time.
class input_file {
 public:
  enum class outcome : std::uint8_t {
    bytes,       ///< some were read
    would_block, ///< none could be had without waiting
    end,
  };
  struct result {
    outcome what;
    std::size_t bytes;
  };

  /// Opens `path`; "-" is standard input. Throws io_error, also for a directory. Does not wait, not even for
  /// the writer of a named pipe.
  explicit input_file(const std::string& path);

  /// Reads what is there without waiting for a disk or for another process; `room` must not be empty. Throws
  /// io_error with the offset.
  result try_read(std::span<std::byte> room);

  /// Reads at least one byte, however long that takes, unless the end is reached. Throws io_error with the
  /// offset.
  result read(std::span<std::byte> room);

  /// The first bytes of a regular file, as many as there are and `room` holds, wherever it is being read. Throws io_error.
  std::size_t peek(std::span<std::byte> room) const;
  /// Goes on at this byte of a regular file. Throws io_error.
  void seek(std::uint64_t offset);

  /// Bytes read so far, or where seek() went and what was read since.
  std::uint64_t position() const { return position_; }
  /// Bytes that a regular file had left to read when it was opened; none for pipes, devices and files that do
  /// not tell, such as those in /proc.
  std::optional<std::uint64_t> size_hint() const { return size_hint_; }
  bool regular() const { return regular_; }
  /// Regular, and read from its first byte: standard input may begin in the middle of its file.
  bool from_front() const { return from_front_; }
  /// For wait_readable(), before a read() that must not outlast a stop. Regular files are always readable.
  int number() const { return file_.number(); }
  /// What messages call it.
  const std::string& shown() const { return shown_; }

 private:
  result finished(std::size_t bytes);
  [[noreturn]] void fail(int code) const;

  std::string shown_;
  descriptor file_;
  std::optional<std::uint64_t> size_hint_;
  std::uint64_t position_ = 0;
  bool regular_ = false;
  bool from_front_ = false;
  bool awaits_writer_ = false; ///< a named pipe of which nothing was read yet
  bool knows_nowait_ = true;   ///< until the kernel says that this file cannot be read so
};

} // namespace weir::stages
