#pragma once
// csv_framer: the sequential beginning of csv: blocks of bytes, cut anywhere, become rows: blocks of whole records, each with
// its source's columns.

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stages/record/rows.hpp"
#include "stages/text/record_carrier.hpp"

namespace weir::stages {

struct csv_framing {
  std::vector<std::string> columns{}; ///< empty: the first record of each source names them
  char delimiter = ',';
  bool quoted_newlines = false;
};

/// An object stage. Records leave with their line ends: the last one of a source gets the LF that it lacks, whatever follows
/// it in the stream. A source begins where block::source() changes or position() goes back; its BOM and header are left out of
/// the rows, which say with row_schema::header_lines how many lines that were. Sources with equal columns share one schema.
/// The latest k_most_sources are remembered: of one that goes on behind so many others the columns are not known any more.
/// rows::records stays 0: nobody has counted. A header without records makes one empty item, so that its columns are known.
class csv_framer {
 public:
  /// Throws std::invalid_argument: a delimiter that is a quote, a line end, or no ASCII character.
  explicit csv_framer(csv_framing options);

  static constexpr std::size_t k_most_sources = 4096;

  /// What its carrier needs, a copy of a last block that has no room for its LF, and the sources.
  [[nodiscard]] static stage_needs needs() {
    stage_needs all = record_carrier::needs();
    ++all.blocks;
    all.context_bytes += k_most_sources * (sizeof(progress) + 4 * sizeof(void*));
    return all;
  }
  void start(stage_context& context);
  /// A record too long for the memory that there is goes out with its beginning alone: rows::cut. Throws std::runtime_error: a
  /// header that is no record or too long, a source that begins behind its header.
  step process(inlet<block>& in, outlet<rows>& out);
  step finish(outlet<rows>& out);

 private:
  struct progress {
    std::uint64_t end = 0;         ///< position behind what came
    std::uint32_t empty_lines = 0; ///< in front of the header
    std::uint64_t used = 0;        ///< the higher, the later
    std::shared_ptr<const row_schema> schema{};
  };

  step end_and_hand_out(outlet<rows>& out);
  step end_last_record();
  step hand_out(block whole, outlet<rows>& out);
  [[nodiscard]] progress& progress_of(std::uint32_t source);
  void find_columns(block& first, progress& source);
  std::shared_ptr<const row_schema> read_header(block& first, std::uint32_t lines_before);
  std::shared_ptr<const row_schema> shared(row_schema schema);

  csv_framing options_;
  std::unique_ptr<const record_ends> ends_; // in one place, however the stage is moved
  record_carrier carrier_;
  stage_context* context_ = nullptr;
  block whole_; ///< came from the carrier, and waits for its LF
  std::shared_ptr<const row_schema> latest_;
  std::unordered_map<std::uint32_t, progress> sources_; ///< by number; streams that are merged take turns
  std::uint64_t uses_ = 0;
};

} // namespace weir::stages
