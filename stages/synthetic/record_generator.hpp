#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "stages/synthetic/record_fragments.hpp"
#include "stages/synthetic/record_spoiler.hpp"

namespace weir::stages {

enum class record_format : std::uint8_t {
  log,    ///< combined access log, as web servers write it
  ndjson, ///< the same as JSON objects, one a line, 300 bytes on average
  csv,    ///< the same with a header line first, which comes in addition to the records
  random, ///< incompressible bytes without lines; a record is `record_bytes` long and may be cut by a
          ///< buffer's end
};

struct generator_options {
  record_format format = record_format::ndjson;
  std::uint64_t seed = 1;
  /// Bytes of a record with its newline. Text records shorter than this are padded to exactly this size in
  /// their last field, longer ones stay as they are; 0 = no padding (and 4 KiB for random records).
  std::size_t record_bytes = 0;
  /// The share of records that are none any more (record_spoiler.hpp); the others stay as they are. Only of ndjson.
  double bad = 0;
};

/// Makes synthetic records. The same options give the same bytes, whatever the buffers they are asked for in.
/// About 5 % of the text records have status 500. One thread at a time.
class record_generator {
 public:
  static constexpr std::size_t k_longest_text_record = 128 * 1024;

  struct amount {
    std::size_t bytes = 0;
    std::uint64_t records = 0; ///< those completed; the csv header is none
  };

  /// Throws std::invalid_argument when text records are to be padded beyond k_longest_text_record, or `bad` is no share or
  /// the format has no bad records.
  explicit record_generator(generator_options options);

  /// Fills `out` from its front with as many whole records as fit, at most `max_records`. A text record that
  /// does not fit is kept for the next call, so a buffer of k_longest_text_record bytes always takes at least
  /// one.
  amount fill(std::span<std::byte> out, std::uint64_t max_records = std::numeric_limits<std::uint64_t>::max());

 private:
  std::uint64_t draw();
  amount fill_random(std::span<std::byte> out, std::uint64_t max_records);
  void render_pending();
  char* render(char* out);
  char* render_log(char* out);
  char* render_ndjson(char* out);
  char* render_csv(char* out);
  char* put_path(char* out, std::uint64_t bits);
  char* put_padding(char* out, const char* record, std::size_t after);
  void advance_clock(std::uint64_t bits);

  const record_vocabulary& words_ = record_vocabulary::instance();
  generator_options options_;
  std::uint64_t state_;
  record_spoiler spoiler_;
  std::uint64_t milliseconds_ = 0; ///< of the synthetic clock since its start
  std::uint64_t shown_second_ = std::numeric_limits<std::uint64_t>::max();
  fragment<32> iso_second_;   ///< "2024-05-01T00:00:00."
  fragment<32> log_second_;   ///< "[01/May/2024:00:00:00 +0000]"
  std::vector<char> pending_; ///< a rendered record that did not fit yet, or the csv header
  std::size_t pending_size_ = 0;
  bool pending_is_record_ = true;
  std::uint64_t word_ = 0;        ///< random format: the last word drawn
  unsigned word_left_ = 0;        ///< its bytes not handed out yet
  std::uint64_t into_record_ = 0; ///< random format: bytes of the current record already made
};

} // namespace weir::stages
