#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "stages/file/descriptor.hpp"
#include "stages/file/output_target.hpp"
#include "stages/file/temporaries.hpp"

namespace weir::stages {

/// A file that appears whole or not at all. Bytes go into a file without a name (or, where the file system
/// has none, a hidden one beside the target); commit() gives it its final name in one step. Without commit()
/// nothing is left behind and an old file stays as it was. A replaced file keeps its mode, and its owner
/// where we may set it; a symbolic link is followed.
/// "-" is standard output. It, and an existing file that is not a regular one (device, pipe, terminal), is
/// written in place. One thread at a time.
class output_file {
 public:
  /// Where the bytes wait for commit().
  enum class waiting : std::uint8_t {
    nameless, ///< where the file system can; otherwise as `hidden`
    hidden,   ///< under a name of its own beside the target
  };

  /// Opens. Throws io_error. May wait where the target is a named pipe without a reader.
  explicit output_file(const std::string& path, waiting place = waiting::nameless);

  /// Writes all of `bytes` at the end of what was written, however long it takes. Throws io_error with the
  /// offset, broken_pipe when nobody reads any more.
  void write(std::span<const std::byte> bytes);

  /// Writes what goes in one call and returns how much that was: 0 only when a target that does not wait is
  /// full.
  std::size_t write_some(std::span<const std::byte> bytes);

  /// Gives the file its final name; with `durable` after its bytes, and then the name, are on the disk. In
  /// place there is only that flush. To be called once, last. Throws io_error, and then leaves nothing
  /// behind.
  void commit(bool durable);

  /// Bytes written.
  std::uint64_t size() const { return size_; }
  bool in_place() const { return target_.in_place; }
  /// Writes are copies into this machine's page cache: a regular file on a file system of its own. They wait only where
  /// the disk cannot keep up.
  bool cached() const;
  /// For wait_writable(); only a target written in place is worth waiting for.
  int number() const { return file_.number(); }
  /// What messages call it.
  const std::string& shown() const { return shown_; }

 private:
  void open_in_place();
  bool open_nameless();
  void open_named();
  void keep_attributes();
  void link_nameless();
  void rename_to_target();
  void flush_directory();
  [[noreturn]] void fail(const char* operation, int code) const;

  std::string shown_;
  output_target target_;
  descriptor file_;
  named_temporary temporary_;
  std::uint64_t size_ = 0;
};

} // namespace weir::stages
