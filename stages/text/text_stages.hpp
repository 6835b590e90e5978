#pragma once
// Lines as records: lines, end_last_line, grep, head, sample, count.

#include <weir/block.hpp>
#include <weir/pipe.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::stages {

/// `beginnings`: a line longer than the memory that there is, else an error, goes out as a block of its own that holds no more
/// than its beginning and says with its positions how long it is. json makes a bad record of it; grep, head, sample, throttle
/// and tee let it through as a line that nobody can judge; for anything else it is a line like others, and no true one.
enum class long_lines : std::uint8_t { refused, beginnings };
struct lines_options {
  long_lines too_long = long_lines::refused;
  /// What those who read it further down take beside the block of such a line, over k_block_size: it is granted with the line,
  /// or the line is too long. Null: nothing. For json it is reading_bytes().
  std::function<std::size_t(std::string_view)> beside{};
};

/// A record, or what it becomes, has no room in the memory that there is, and no policy for that.
class record_too_long : public std::runtime_error {
 public:
  record_too_long(const std::string& message, std::uint32_t source) : runtime_error(message), source_(source) {}
  /// block::source() of the record.
  [[nodiscard]] std::uint32_t source() const noexcept { return source_; }

 private:
  std::uint32_t source_;
};

/// Cuts the stream into blocks of whole lines (block::whole_records). A line ends with LF; CR is kept; a last
/// line without LF is one too. Where a new source begins (block::position does not go on where the last block
/// ended) an open line gets its LF, so that it does not flow together with what follows.
/// Blocks are passed on, not copied: only the piece of a line at a block's end moves into the next block's
/// headroom, and lines over 4 KiB into a block of their own, as large as they need. A line that cannot fit is
/// a record_too_long that gives its position, its length and the memory limit that would do.
pipe<block, block> lines(lines_options options = {});

/// Gives a last line without LF its LF, in the same block: for streams whose blocks are to be mixed with those of others.
/// Takes blocks of whole lines: others are a std::runtime_error. A line over the block size in a block without room for one
/// more byte, which no stage here makes, is a record_too_long.
pipe<block, block> end_last_line();

struct grep_options {
  std::string pattern;
  bool fixed = false;       ///< -F: the pattern is the text itself, not an RE2 expression
  bool ignore_case = false; ///< -i
  bool invert = false;      ///< -v
};

/// Keeps the lines in which the pattern is found, on all compute threads, in order. A line's mere beginning (long_lines) it
/// keeps whatever it holds: the rest might match. Takes blocks of whole lines: others are a std::runtime_error. Throws bad_pattern at once. Left out where RE2 is missing.
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
