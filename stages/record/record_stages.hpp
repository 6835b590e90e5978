#pragma once
// Records: json, csv, where, select, to. Those that meet are joined into one stage, which parses a record once.
//
//   read(…) | lines() | json() | where("status >= 500") | select("ts, status, path") | to(text_form::csv) | write(…)
//
// All run on every compute thread, in order. Bad records go to the policy of the stage that finds them out; behind the
// threads one place takes them out of the stream, in order, so dead letters have line numbers and stand as they came.

#include <weir/pipe.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/record_policy.hpp"
#include "stages/record/record_reader.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

class record_ledger; // record_ledger.hpp
class journal;       // stages/journal/journal.hpp

/// What the record stages of one run share with each other and with the command; may be null in the options below: then
/// bad records stop the run and nobody counts.
using shared_ledger = std::shared_ptr<record_ledger>;

struct json_options {
  validation check = validation::touched;
  record_policy on_error{};
  shared_ledger ledger{};
};
/// Blocks of whole lines as JSON records, one object a line. A BOM at the beginning of a file and CRs before LFs are left
/// out, empty lines are no records.
pipe<block, rows> json(json_options options = {});
/// What a json stage takes for a line of more than k_block_size, beside its block, until it is done with it, at most. For
/// lines_options::beside: then the line is granted that too, or it is a bad record. It is for one json stage: behind a tee
/// several read at a time.
[[nodiscard]] std::size_t reading_bytes(std::string_view line);

struct csv_options {
  std::vector<std::string> columns{}; ///< empty: the first record of each file names them
  char delimiter = ',';
  bool quoted_newlines = false; ///< a quoted field may hold line ends
  record_policy on_error{};
  shared_ledger ledger{};
};
/// Blocks of bytes, cut anywhere, as CSV records (RFC 4180; LF or CRLF). An empty field without quotes is null, one in quotes
/// is an empty string; what looks like a JSON number, without quotes, is a number.
pipe<block, rows> csv(csv_options options = {});

struct where_options {
  std::string expression;
  record_policy on_error{};
  shared_ledger ledger{};
};
/// The records for which the expression holds. Throws bad_expression, with the column, at once.
pipe<rows, rows> where(where_options options);

struct select_options {
  std::string columns; ///< "a, b.c as d"
  record_policy on_error{};
  shared_ledger ledger{};
};
/// These fields, in this order, under these names. Throws bad_expression at once.
pipe<rows, rows> select(select_options options);

enum class text_form : std::uint8_t {
  as_is, ///< json stays as it was read; cells become JSON; csv stays, with its header
  json,
  csv ///< a header, then a line a record; strings are quoted where they must be
};
struct to_options {
  text_form form = text_form::as_is;
  record_policy on_error{}; ///< of a record whose text no memory holds
  shared_ledger ledger{};
};
/// Records as text again, a line each.
pipe<rows, block> to(to_options options);
pipe<rows, block> to(text_form form = text_form::as_is);

struct letters_options {
  std::string path;  ///< of a file of dead letters
  std::string stage; ///< takes only letters of this one; empty: all
  /// A letter that holds the columns that a select made, in place of the record, is bad_data: for pipelines that select anew.
  bool refuses_columns = false;
  shared_ledger ledger{};
  std::shared_ptr<journal> resume{}; ///< see read_options
};
/// The records of a dead-letter file, a line each, as the stage got them that found them bad. One that is bad again is told with
/// the place that its letter has, and with one attempt more. A line that is no dead letter is bad_data.
pipe<void, block> letters(letters_options options);

} // namespace weir::stages
