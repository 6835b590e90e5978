#include "stages/record/reject_desk.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir::stages {
namespace {

/// Dead letters stay in memory so long, and so many bytes of them.
constexpr auto k_linger = std::chrono::milliseconds(100);
constexpr std::size_t k_most_unwritten = 32 * 1024;
/// What a letter takes beside its record, roughly; and a byte of that, escaped, at most.
constexpr std::size_t k_letter = 400;
constexpr std::size_t k_escaped = 6;
/// reading_bytes() of a record, in its lengths, at most.
constexpr std::uint64_t k_most_beside = 6;

rows alone_in(const rows& where, std::size_t offset, std::size_t size) {
  rows one = where.share();
  one.records = 1;
  one.data.drop_front(offset);
  one.data.resize(size);
  return one;
}

std::string_view without_line_end(std::string_view record) {
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  return record;
}

} // namespace

void reject_desk::start(stage_context& context) {
  context_ = &context;
  for (const record_step& step : *steps_) {
    step.ledger->prepare(step.on_error);
    letters_ = letters_ || step.on_error.action == bad_record::dead_letter;
  }
}

void reject_desk::begin(const sifted& item) {
  if (item.first) {
    lines_before_ = item.came_as == row_format::cells
                        ? line_book::k_unknown
                        : lines_.begin(item.source_number, item.position, item.header_lines);
    lines_done_ = 0;
  }
  if (item.source_number != source_) path_.clear();
  source_ = item.source_number;
}

void reject_desk::end(const sifted& item) {
  if (item.last) lines_.end(item.source_number, item.end_position, lines_done_, item.gapless);
}

void reject_desk::count(const sift_counts& counts) {
  std::uint64_t in = counts.in;
  for (std::size_t i = 0; i < steps_->size(); ++i) {
    const sift_counts::of_step& did = counts.steps[i];
    const std::uint64_t out = in - did.filtered - did.rejected;
    record_account& account = *(*steps_)[i].account;
    account.in.add(in);
    account.filtered.add(did.filtered);
    account.rejected.add(did.rejected);
    account.out.add(out);
    in = out;
  }
}

std::size_t reject_desk::unwritten() const {
  std::size_t most = 0;
  for (const record_step& step : *steps_) most = std::max(most, step.ledger->unwritten());
  return most;
}

bool reject_desk::would_write(std::span<const bad_row> bad) const {
  if (!letters_ || bad.empty()) return false;
  if (letters_due_ && context_->now() >= *letters_due_) return true;
  std::size_t bytes = unwritten();
  for (const bad_row& each : bad) bytes += k_letter + k_escaped * each.size;
  return bytes > k_most_unwritten;
}

void reject_desk::report(std::span<const bad_row> bad, const rows& where, std::size_t base) {
  if (!judge_) judge_.emplace(steps_);
  for (const bad_row& each : bad) {
    const rows alone = alone_in(where, base + each.offset, each.size);
    each.cut ? report_cut(each, alone) : report_one(each, alone, judge_->judge(alone));
  }
  if (!letters_) return;
  if (context_->may_block()) {
    write_letters();
  } else if (!letters_due_ && unwritten() > 0) {
    letters_due_ = context_->now() + k_linger;
  }
}

void reject_desk::report_too_long(const bad_row& bad, const rows& where, std::size_t needed) {
  sifter::judgement found;
  found.why = reject_class::too_long;
  found.message =
      "written anew it takes up to " + std::to_string(needed) + " bytes, more than the memory that there is";
  report_one(bad, alone_in(where, bad.offset, bad.size), found);
}

void reject_desk::report_cut(const bad_row& bad, const rows& alone) {
  const std::uint64_t bytes = alone.data.end_position() - bad.position;
  sifter::judgement found;
  found.why = reject_class::too_long;
  const bool read_as_json = alone.format == row_format::json;
  const std::uint64_t enough = 3 * (read_as_json ? k_most_beside + 1 : 1) * ((bytes >> 20) + 1) + 64;
  found.message = "the record has " + std::to_string(bytes) + " bytes, more than the memory that there is" +
                  (read_as_json ? " with what reading it takes" : "") + "; --memory " + std::to_string(enough) +
                  "M would do";
  report_one(bad, alone, found);
}

void reject_desk::report_one(const bad_row& bad, const rows& alone, const sifter::judgement& found) {
  const record_step& step = (*steps_)[bad.step];
  if (path_.empty()) path_ = step.ledger->path_of(source_);
  bad_record_report told;
  told.stage = step.account->stage;
  told.why = found.why;
  told.message = found.message;
  told.file = path_;
  if (lines_before_ != line_book::k_unknown) told.line = lines_before_ + lines_done_ + bad.line + 1;
  told.column = found.column;
  told.byte = bad.position;
  told.exact = bad.exact;
  told.raw = raw_of(alone);
  if (alone.format == row_format::cells) told.raw_is = raw_form::columns;
  if (alone.cut) told.raw_is = raw_form::beginning;
  step.ledger->rejected(step.on_error, told);
}

std::string_view reject_desk::raw_of(const rows& alone) {
  if (alone.format != row_format::cells) return without_line_end(alone.data.text());
  if (!cells_ || cells_schema_ != alone.schema) {
    reader_options all;
    for (const std::string& name : alone.schema->columns) all.wanted.push_back({{name}});
    cells_ = make_reader(row_format::cells, alone.schema.get(), all);
    cells_schema_ = alone.schema;
  }
  cells_text_.clear();
  cells_->begin(alone);
  if (cells_->next() == record_reader::found::record) {
    append_json(cells_text_, alone.schema->columns, cells_->cells());
  }
  return cells_text_;
}

void reject_desk::write_letters() {
  letters_due_.reset();
  for (const record_step& step : *steps_) step.ledger->flush();
}

void reject_desk::finish() {
  for (const record_step& step : *steps_) {
    if (step.reads()) step.ledger->ended(*step.account);
  }
}

} // namespace weir::stages
