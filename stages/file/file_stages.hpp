#pragma once
// Files as stages: read and write.

#include <weir/block.hpp>
#include <weir/pipe.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace weir::stages {

class journal; // stages/journal/journal.hpp

struct read_options {
  std::vector<std::string> paths; ///< in this order; "-" is standard input
  bool raw = false;               ///< compressed files are passed on as they are
  /// Numbers the files, and says where each is gone on with; null: they are numbered from 1 and read from their beginning.
  std::shared_ptr<journal> resume{};
  /// A file that is gone on with begins with its first line again, as csv needs it: sinks have that block already.
  bool first_line = false;
};

/// The bytes of files, one after the other. gzip and zstd (any number of members or frames) are recognised by
/// their first bytes and decompressed, unless `raw`. Each file begins a new block with position() 0, so that
/// `lines` never joins the end of one file with the beginning of the next.
/// Before the run, every file is opened: one that is missing, unreadable or a directory is an io_error then.
/// While it runs: io_error with the offset; corrupt or truncated data are a std::runtime_error with file,
/// offset in the compressed file, reason and the number of bytes recovered.
/// What the page cache has is read on compute threads; a disk, a pipe or a terminal is waited for on a thread
/// that may block, until data come or the run is told to stop.
pipe<void, block> read(read_options options);

struct write_options {
  std::string path; ///< "-" is standard output
  bool fsync = false;
  /// At the end of a regular file, which is made when there is none; what comes stands there at once. With `positions` they
  /// are kept every so often (and with `fsync` the data made durable before), and a run that comes back goes on there: each
  /// record once, or twice where the run was killed since. A half line that it left is cut off, and it is told
  /// how many may come again.
  bool append = false;
  std::chrono::milliseconds keep_every{1000};
  /// Null: nothing is resumed. Without `append` the file is made anew by every run, of all of the input.
  std::shared_ptr<journal> positions{};
};

/// Writes all bytes to a file that appears whole or not at all: see output_file. It is opened before the run,
/// after all sources were. It gets its name at the end of the stream; not if the run failed, was cancelled or
/// interrupted: then no file is left behind and an old one stays.
/// What goes into the page cache is written on compute threads, until the disk sets the pace; from then on, and for
/// pipes, devices and file systems on other machines always, a thread that may block waits for the write.
/// Throws io_error; broken_pipe when nobody reads the output any more (where SIGPIPE is ignored).
pipe<block, void> write(write_options options);

} // namespace weir::stages
