#pragma once
// What becomes of bad records, and the account of all of them: shared by the record stages of a run and whoever reports.

#include <weir/atomics.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "stages/record/rows.hpp"

namespace weir::stages {

enum class bad_record : std::uint8_t { stop, skip, dead_letter };

/// `--on-error stop|skip|dead-letter:FILE`
struct record_policy {
  bad_record action = bad_record::stop;
  std::string path; ///< of dead_letter
  /// Several stages, or several of one, with the same path share one file.
};

/// What a report has of its record.
enum class raw_form : std::uint8_t {
  record,   ///< all of it, as it was read
  columns,  ///< as JSON what a select made of it, where the stage got no more
  beginning ///< of a record too long to be held
};
/// "record", "columns", "beginning"
[[nodiscard]] std::string_view name_of(raw_form what) noexcept;

/// One bad record, told in full.
struct bad_record_report {
  std::string stage;
  reject_class why{};
  std::string message;      ///< "field 'status' is a string, compared with a number"
  std::string file;         ///< as shown; empty: unknown
  std::uint64_t line = 0;   ///< from 1; 0: unknown (records were left out before it)
  std::uint64_t column = 0; ///< from 1, in bytes
  std::uint64_t byte = 0;   ///< where the record begins in the file, after decompression
  bool exact = true;        ///< false: `byte` is where the record's block begins
  std::string_view raw;     ///< the record as the stage got it, without its line end
  raw_form raw_is = raw_form::record;
  std::uint32_t attempts = 1;
};
/// "logs/a.ndjson:1834:57 (byte 562113): json: string not closed"
[[nodiscard]] std::string text_of(const bad_record_report& bad);
/// "logs/a.ndjson:1834 (byte 562113)"
[[nodiscard]] std::string place_of(const bad_record_report& bad);

/// A record that cannot be processed, where the policy is to stop; or too many of them (max_bad). The command exits with 65.
class bad_data : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a record stage did with the records that came in: in = out + filtered + rejected. Counted by the stage that owns
/// it, read by anyone at any time.
struct record_account {
  std::string stage;
  counter in;
  counter out; ///< of a sink: delivered
  counter filtered;
  counter rejected; ///< skipped or put aside
};

/// Errors of one stage and class.
struct error_group {
  bad_record_report first; ///< raw is copied: see sample
  std::string sample;      ///< the first one's bytes, at most 200
  std::uint64_t count = 0;
  std::string last_place; ///< "data/c.ndjson:90211 (byte 30114820)"
};

} // namespace weir::stages
