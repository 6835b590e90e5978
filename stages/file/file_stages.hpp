#pragma once
// Files as stages: read and write.

#include <weir/block.hpp>
#include <weir/pipe.hpp>

#include <string>
#include <vector>

namespace weir::stages {

struct read_options {
  std::vector<std::string> paths; ///< in this order; "-" is standard input
  bool raw = false;               ///< compressed files are passed on as they are
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
};

/// Writes all bytes to a file that appears whole or not at all: see output_file. It is opened before the run,
/// after all sources were. It gets its name at the end of the stream; not if the run failed, was cancelled or
/// interrupted: then no file is left behind and an old one stays.
/// What goes into the page cache is written on compute threads, until the disk sets the pace; from then on, and for
/// pipes, devices and file systems on other machines always, a thread that may block waits for the write.
/// Throws io_error; broken_pipe when nobody reads the output any more (where SIGPIPE is ignored).
pipe<block, void> write(write_options options);

} // namespace weir::stages
