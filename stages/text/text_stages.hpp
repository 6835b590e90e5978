#pragma once
// Lines as records: lines, end_last_line, grep, head, sample, count.

#include <weir/block.hpp>
#include <weir/pipe.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace weir::stages {

/// Cuts the stream into blocks of whole lines (block::whole_records). A line ends with LF; CR is kept; a last
/// line without LF is one too. Where a new source begins (block::position does not go on where the last block
/// ended) an open line gets its LF, so that it does not flow together with what follows.
/// Blocks are passed on, not copied: only the piece of a line at a block's end moves into the next block's
/// headroom, and lines over 4 KiB into a block of their own, as large as they need. A line that cannot fit is
/// a std::runtime_error that gives its position, its length and the memory limit that would do.
/// `beginnings`: a line longer than the memory that there is, else an error, goes out as a block of its own that holds no more
/// than its beginning and says with its positions how long it is. json makes a bad record of it; nothing else knows what it is.
enum class long_lines : std::uint8_t { refused, beginnings };
pipe<block, block> lines(long_lines what = long_lines::refused);

/// Gives a last line without LF its LF, in the same block: for streams whose blocks are to be mixed with those of others.
/// Takes blocks of whole lines: others are a std::runtime_error.
pipe<block, block> end_last_line();

struct grep_options {
  std::string pattern;
  bool fixed = false;       ///< -F: the pattern is the text itself, not an RE2 expression
  bool ignore_case = false; ///< -i
  bool invert = false;      ///< -v
};

/// Keeps the lines in which the pattern is found, on all compute threads, in order. Takes blocks of whole
/// lines: others are a std::runtime_error. Throws bad_pattern at once. Left out where RE2 is missing.
pipe<block, block> grep(grep_options options);

/// The first `n` lines; then everything before it stops.
pipe<block, block> head(std::uint64_t n);

/// Each line with probability `share`. Which lines these are depends on `seed` and their numbers alone. Takes
/// blocks of whole lines. Throws std::invalid_argument unless 0 ≤ share ≤ 1.
pipe<block, block> sample(double share, std::uint64_t seed = 1);

struct counts {
  std::uint64_t records = 0; ///< LFs, and a last line without one
  std::uint64_t bytes = 0;
};

/// Counts, and tells once at the end of the stream, on the thread that runs the stage. Not told when the run
/// fails or is cancelled.
pipe<block, void> count(std::function<void(counts)> tell);

} // namespace weir::stages
