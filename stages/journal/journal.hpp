#pragma once
// journal: how far each input of a run has become durable at each sink, across kills and restarts. One for a run, shared by its
// sources, its sinks and the command.
//
//   source   add_source()            on the thread that starts the run, or at the file's turn → a number for block::source()
//            cuts()                  where blocks must end, so that no block stands across a position that a sink has
//            resume_from()           where to begin: what every sink has; done_before(): nothing is left of it
//            passed_on(), ended()    how far it has come
//   sink     add_sink(), found()     in start(): before any source reads
//            has()                   skip the block: it is durable already
//            took(), took_all()      every block; the input has ended whole
//            positions(), durable()  before and after a transaction
// The rule: a position is the end_position() of a block whose every record, and all before it, were dealt with.
// All functions are thread-safe (a lock, taken a few times a block at most).

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::stages {

/// What a file is known by when the run comes back.
struct source_identity {
  std::string path;         ///< as given
  std::uint64_t device = 0; ///< 0 with inode 0: not a regular file; it cannot be resumed
  std::uint64_t inode = 0;
  bool operator==(const source_identity&) const = default;
};

/// A position as it is stored: in a checkpoint file or in a row of a database.
struct saved_position {
  source_identity source;
  std::uint64_t position = 0;   ///< bytes after decompression
  std::uint64_t head_bytes = 0; ///< how many of the first bytes head_hash is of
  std::uint64_t head_hash = 0;
  std::uint64_t tail_hash = 0; ///< of up to 4,096 bytes before what had been read of the file
  std::uint64_t tail_end = 0;  ///< where they end, in the file as stored
  std::uint64_t records = 0;   ///< read up to there
  bool finished = false;       ///< the file's end was reached
};

/// Numbers of block::source() from here on are of streams: what a connection has sent does not come again, so no position of
/// it is kept. Whoever numbers streams sets this bit, so that they never pass for files.
constexpr std::uint32_t k_stream_numbers = std::uint32_t{1} << 31;
constexpr bool is_stream(std::uint32_t source) { return source >= k_stream_numbers; }

class journal {
 public:
  using sink_id = std::size_t;

  virtual ~journal() = default;

  /// Names this job where sinks keep positions of several: a hash of the pipeline's text, or what --job says.
  [[nodiscard]] virtual const std::string& job() const noexcept = 0;

  // ---- sinks ----
  [[nodiscard]] virtual sink_id add_sink(std::string stage) = 0;
  /// What the sink has durable from earlier runs of this job. A sink that keeps positions of its own calls it once in
  /// start(), also with nothing. One that never calls it is resumed from the checkpoint file, if there is one.
  virtual void found(sink_id sink, std::vector<saved_position> positions) = 0;
  /// Instead: the sink makes its output anew in every run, so it needs all of every input (a file that appears whole, a
  /// count). It calls nothing else.
  virtual void begins_anew(sink_id sink) = 0;
  /// The block that ends there is durable already at this sink.
  [[nodiscard]] virtual bool has(sink_id sink, std::uint32_t source, std::uint64_t end_position) const = 0;
  /// What the sink has taken in: call it for every block, in order, before positions().
  virtual void took(sink_id sink, std::uint32_t source, std::uint64_t end_position, std::uint64_t records) = 0;
  /// The sink's input has ended and the run was not interrupted: with what the sink took it has dealt with all that is in
  /// the sources that have ended, also where their last records were left out on the way. Before the last positions().
  virtual void took_all(sink_id sink) = 0;
  /// The positions to be stored in the same transaction as what was took() so far, of those sources that have moved since
  /// the last durable(); dead letters up to there are durable when this returns. Throws what writing them throws.
  [[nodiscard]] virtual std::vector<saved_position> positions(sink_id sink) = 0;
  /// All that was took() up to the last call of positions() is durable now. May write the checkpoint file: throws what that
  /// throws.
  virtual void durable(sink_id sink) = 0;
  /// A number of the sink's own, stored with its positions by the next durable(): how long its file was then.
  virtual void mark(sink_id sink, std::uint64_t value) = 0;
  /// The one that came back with the positions of the earlier run, for sinks that are resumed from the checkpoint file.
  [[nodiscard]] virtual std::optional<std::uint64_t> marked(sink_id sink) const = 0;

  // ---- sources ----
  /// `path` as shown; `descriptor` of an open file, which stays open until ended(), or -1. The number is never 0. Throws
  /// where a file is read twice in a run whose positions are kept.
  [[nodiscard]] virtual std::uint32_t add_source(const std::string& path, int descriptor) = 0;
  /// A stream, from k_stream_numbers on. has() and took() pass over it; path_of() knows the names of the latest 4,096.
  [[nodiscard]] virtual std::uint32_t add_stream(std::string name) = 0;
  /// Where reading begins: what all sinks have. A changed, truncated or replaced input begins at 0, and is told so.
  [[nodiscard]] virtual std::uint64_t resume_from(std::uint32_t source) = 0;
  /// Positions above resume_from(), ascending, at which a block must end.
  [[nodiscard]] virtual std::vector<std::uint64_t> cuts(std::uint32_t source) = 0;
  /// All of it was dealt with in earlier runs, its end included, and it has not grown: it need not be read.
  [[nodiscard]] virtual bool done_before(std::uint32_t source) = 0;
  /// What lies before this position has left the source.
  virtual void passed_on(std::uint32_t source, std::uint64_t position) = 0;
  /// The end of the file was reached at this position. Before its descriptor is closed.
  virtual void ended(std::uint32_t source, std::uint64_t position) = 0;
  [[nodiscard]] virtual std::string path_of(std::uint32_t source) const = 0;

  // ---- anyone ----
  /// What the user is to be told about resuming: "a.log is not the file it was: it begins anew".
  virtual void notice(std::string text) = 0;
};

} // namespace weir::stages
