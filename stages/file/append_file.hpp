#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "stages/file/descriptor.hpp"

namespace weir::stages {

/// A regular file that grows at its end; made when there is none. What was written is there at once, and on the disk after
/// make_durable(). Others may append too. One thread at a time.
class append_file {
 public:
  /// Throws io_error; also for what is no regular file.
  explicit append_file(const std::string& path);

  /// Throws io_error with the offset, by which all before it was written.
  void write(std::span<const std::byte> bytes);
  /// Throws io_error.
  void make_durable();

  /// Its length as this run knows it: when it was opened, and what was written since.
  std::uint64_t size() const { return size_; }

  /// Its last byte is no line end: what is appended would go on in that line.
  bool ends_in_a_line() const;

  struct tail {
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
  };
  /// What stands behind that byte. A line without its end is cut off: its writer was killed. Throws io_error.
  tail mend_behind(std::uint64_t offset);

  /// What messages call it.
  const std::string& shown() const { return shown_; }

 private:
  [[noreturn]] void fail(const char* operation, int code) const;

  std::string shown_;
  descriptor file_;
  std::uint64_t size_ = 0;
};

} // namespace weir::stages
