#include "stages/db/row_intake.hpp"

#include <algorithm>
#include <utility>

#include "stages/db/database_error.hpp"
#include "stages/record/cell_block.hpp"

namespace weir::stages {

row_intake::row_intake(std::string table, record_policy policy, std::shared_ptr<record_ledger> ledger)
    : table_(std::move(table)), policy_(std::move(policy)), ledger_(std::move(ledger)) {}

void row_intake::open(const std::string& stage) {
  stage_ = stage;
  if (!ledger_) return;
  account_ = &ledger_->open(stage);
  stage_ = account_->stage;
  ledger_->prepare(policy_);
}

void row_intake::columns(std::vector<std::string> names) {
  columns_ = std::move(names);
  reader_.reset();
}

bool row_intake::begin(const rows& in) {
  block_ = &in;
  const bool other = !reader_ || format_ != in.format || schema_ != in.schema;
  if (other) lay_out(in);
  reader_->begin(in);
  return other;
}

// Of JSON every column of the table is looked for; rows with a schema have what it says, and the table must have it too.
void row_intake::lay_out(const rows& in) {
  layout_.clear();
  if (in.schema == nullptr) {
    for (std::size_t i = 0; i < columns_.size(); ++i) { layout_.push_back(i); }
    names_ = columns_;
  } else {
    for (const std::string& name : in.schema->columns) {
      const auto at = std::find(columns_.begin(), columns_.end(), name);
      if (at == columns_.end()) {
        throw database_error("the table '" + table_ + "' does not fit: it has no column '" + name + "'");
      }
      layout_.push_back(static_cast<std::size_t>(at - columns_.begin()));
    }
    names_ = in.schema->columns;
  }
  reader_options options{.wanted = {}, .check = validation::touched, .only_wanted = true};
  for (const std::string& name : names_) { options.wanted.push_back({{name}}); }
  reader_ = make_reader(in.format, in.schema.get(), options);
  format_ = in.format;
  schema_ = in.schema;
}

bool row_intake::next() {
  for (;;) {
    switch (reader_->next()) {
    case record_reader::found::record:
      account_->in.add(1);
      cells_ = reader_->cells();
      return true;
    case record_reader::found::bad:
      account_->in.add(1);
      cells_ = {};
      reject(origin(), raw(), reader_->problem().why, message_of(reader_->problem()), reader_->problem().column + 1);
      break;
    case record_reader::found::end:
      return false;
    }
  }
}

record_reader::found row_intake::look() {
  const record_reader::found what = reader_->next();
  if (what == record_reader::found::record) cells_ = reader_->cells();
  return what;
}

std::string row_intake::message_of(const record_reader::trouble& bad) const {
  if (bad.why == reject_class::unknown_field) {
    return "the table '" + table_ + "' has no column '" + std::string(bad.field) + "'";
  }
  std::string text(name_of(bad.why));
  if (!bad.field.empty()) text.append(" in field '").append(bad.field).append("'");
  return text;
}

row_origin row_intake::origin() const {
  const bool exact = block_->format == row_format::cells ? block_->placed : block_->data.gapless();
  return {block_->data.source(), exact, block_->format == row_format::cells, reader_->source_position()};
}

std::string_view row_intake::raw_of(std::string_view record, row_format format, const row_schema* schema) {
  if (format == row_format::cells) {
    std::vector<cell> cells(schema->columns.size());
    read_cells(record, cells);
    raw_.clear();
    append_json(raw_, schema->columns, cells);
    return raw_;
  }
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  return record;
}

void row_intake::reject(const row_origin& from, std::string_view raw, reject_class why, const std::string& message,
                        std::uint32_t column) {
  bad_record_report bad;
  bad.stage = stage_;
  bad.why = why;
  bad.message = message;
  if (ledger_ && from.source != 0) bad.file = ledger_->path_of(from.source);
  bad.column = column;
  bad.byte = from.byte;
  bad.exact = from.exact;
  bad.raw = raw;
  if (from.columns) bad.raw_is = raw_form::columns;
  account_->rejected.add(1);
  if (ledger_) {
    ledger_->rejected(policy_, bad);
  } else if (policy_.action == bad_record::stop) {
    throw bad_data(text_of(bad));
  }
}

void row_intake::skip(const rows& in) {
  account_->in.add(in.records);
  account_->filtered.add(in.records);
}

void row_intake::delivered(std::uint64_t rows) { account_->out.add(rows); }

} // namespace weir::stages
