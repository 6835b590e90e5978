#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::stages {

/// A failed system call on a file: "write: errors.gz: at byte 1048576: No space left on device".
class io_error : public std::runtime_error {
 public:
  /// For calls that have no place in the file, such as open.
  io_error(std::string_view operation, std::string_view path, int code);
  /// `offset` is the byte of the file at which the operation failed.
  io_error(std::string_view operation, std::string_view path, std::uint64_t offset, int code);

  const std::string& path() const { return path_; }
  std::uint64_t offset() const { return offset_; }
  /// The errno value.
  int code() const { return code_; }

 private:
  std::string path_;
  std::uint64_t offset_ = 0;
  int code_;
};

/// Whoever read our output has gone (EPIPE). A command that writes into `head` ends quietly on it. Reported
/// only where SIGPIPE is ignored.
class broken_pipe : public io_error {
 public:
  using io_error::io_error;
};

/// The other side of a connection cannot be reached, or has gone in the middle of it: "127.0.0.1:5432: Connection refused".
/// Trying again later may help, so the command ends with 69.
class server_gone : public std::runtime_error {
 public:
  /// `address` without secrets, as it may be shown.
  server_gone(std::string_view address, std::string_view why);

  const std::string& address() const { return address_; }
  const std::string& why() const { return why_; }

 private:
  std::string address_;
  std::string why_;
};

} // namespace weir::stages
