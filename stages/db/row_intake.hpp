#pragma once
// row_intake: blocks of rows as the cells of a table's columns. Counts the records, and sends those that do not fit the table
// to the stage's policy.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/record_ledger.hpp"
#include "stages/record/record_policy.hpp"
#include "stages/record/record_reader.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

/// Where a record came from: what a report of it needs, when it is refused after its block has gone.
struct row_origin {
  std::uint32_t source = 0;
  bool exact = false;
  bool columns = false; ///< all that is left of the record is what a select made of it
  std::uint64_t byte = 0;
};

/// One thread at a time. The ledger may be null.
class row_intake {
 public:
  row_intake(std::string table, record_policy policy, std::shared_ptr<record_ledger> ledger);

  /// In start(): opens the account of the stage of that name.
  void open(const std::string& stage);

  /// The columns of the table, once known.
  void columns(std::vector<std::string> names);
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }

  /// Begins a block, which must stay until its last record was taken. Throws database_error when it has a schema with a
  /// column that the table lacks. True: layout() is not that of the block before.
  bool begin(const rows& in);
  /// Goes on to the next good record, past bad ones, which it rejects; false at the end of the block.
  [[nodiscard]] bool next();
  /// Goes on to the next record, but neither counts nor rejects it: for whoever takes a block as a whole, or begins it again.
  [[nodiscard]] record_reader::found look();
  /// That many records were looked at, and all of them taken.
  void took(std::uint64_t records) { account_->in.add(records); }
  /// The column of the table that each of cells() is for. The other columns get no value.
  [[nodiscard]] const std::vector<std::size_t>& layout() const noexcept { return layout_; }
  [[nodiscard]] std::span<const cell> cells() const noexcept { return cells_; }

  [[nodiscard]] row_origin origin() const;
  /// The record at hand as it stands in the block, from offset() on.
  [[nodiscard]] std::string_view record() const { return block_->data.text().substr(offset(), reader_->size()); }
  [[nodiscard]] std::size_t offset() const noexcept { return reader_->offset(); }
  /// The record at hand as text: as it stands in the block, or as JSON where that holds cells. Valid until the next call.
  [[nodiscard]] std::string_view raw() { return raw_of(record(), block_->format, block_->schema.get()); }
  /// The same of a record of another block.
  [[nodiscard]] std::string_view raw_of(std::string_view record, row_format format, const row_schema* schema);
  /// Sends the record at hand, or one that was, to the policy: throws bad_data where that says so.
  void reject(reject_class why, const std::string& message) { reject(origin(), raw(), why, message); }
  void reject(const row_origin& from, std::string_view raw, reject_class why, const std::string& message,
              std::uint32_t column = 0);
  /// Records that were rejected so far.
  [[nodiscard]] std::uint64_t rejected() const { return account_->rejected.get(); }
  /// The block was made durable in an earlier run: its records count as left out.
  void skip(const rows& in);
  /// That many rows are durable.
  void delivered(std::uint64_t rows);

 private:
  void lay_out(const rows& in);
  [[nodiscard]] std::string message_of(const record_reader::trouble& bad) const;

  std::string table_;
  record_policy policy_;
  std::shared_ptr<record_ledger> ledger_;
  std::string stage_;
  record_account own_account_; // where there is no ledger
  record_account* account_ = &own_account_;
  std::vector<std::string> columns_;
  std::unique_ptr<record_reader> reader_;
  row_format format_ = row_format::json;     // of reader_
  std::shared_ptr<const row_schema> schema_; // of reader_
  std::vector<std::size_t> layout_;
  std::vector<std::string> names_; // of layout_
  std::span<const cell> cells_;
  const rows* block_ = nullptr;
  std::string raw_;
};

} // namespace weir::stages
