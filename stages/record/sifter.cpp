#include "stages/record/sifter.hpp"

#include <stdexcept>
#include <utility>

#include "stages/text/gathering.hpp"
#include "stages/text/line_count.hpp"

namespace weir::stages {
namespace {

std::uint32_t lines_in(const char* text, std::size_t size) {
  return static_cast<std::uint32_t>(count_newlines(std::as_bytes(std::span(text, size))));
}

std::string text_of(const record_reader::trouble& found) {
  std::string text(name_of(found.why));
  if (!found.field.empty()) text.append(" in field '").append(found.field).append("'");
  return text;
}

} // namespace

sifter::sifter(std::shared_ptr<const record_steps> steps) : steps_(std::move(steps)) {
  for (const record_step& step : *steps_) {
    if (step.test) tests_.push_back(*step.test);
  }
}

// What a reader allocates for records of usual size, and the expressions' tables.
std::size_t sifter::context_bytes() const noexcept {
  std::size_t bytes = 256 * 1024;
  for (const predicate& test : tests_) bytes += test.context_bytes();
  return bytes;
}

void sifter::choose_layout(const rows& in) {
  layout_ = layout_of(*steps_, in.format, in.schema.get());
  reader_.reset();
  format_ = in.format;
  schema_ = in.schema;
  chosen_.resize(layout_.columns.size());
  made_ = true;
}

void sifter::choose_reader() {
  reader_options options{.wanted = layout_.wanted};
  if (steps_->front().what == record_step::kind::json) options.check = steps_->front().check;
  reader_ = make_reader(format_, schema_.get(), options);
}

void sifter::begin(const rows& in) {
  if (!made_ || in.format != format_ || in.schema != schema_) choose_layout(in);
  if (!reader_) choose_reader();
  reader_->begin(in);
  text_ = reinterpret_cast<char*>(in.data.data());
  size_ = in.data.size();
  passed_ = 0;
  lines_known_ = in.format != row_format::cells;
  many_lines_ = in.format == row_format::csv && in.schema->quoted_newlines;
  exact_ = in.format == row_format::cells ? in.placed : in.data.gapless();
  in_source_ = in.data.source();
  pending_ = false;
}

// A large record's reader holds a multiple of it, which is granted as long as its block is.
void sifter::end() {
  if (size_ <= k_block_size) return;
  reader_.reset();
  size_ = 0;
}

row_format sifter::format() const noexcept { return in_place() ? format_ : row_format::cells; }

// The step that puts the record out, or what else becomes of it.
int sifter::ask(std::span<const cell> cells, sift_counts& counts) {
  for (std::size_t i = 0; i < tests_.size(); ++i) {
    const sift_layout::test& test = layout_.tests[i];
    const predicate::truth is = tests_[i].evaluate(cells, test.slots).is;
    if (is == predicate::truth::yes) continue;
    if (is == predicate::truth::wrong_type) return static_cast<int>(test.step);
    ++counts.steps[test.step].filtered;
    return k_drop;
  }
  return k_keep;
}

// Line ends between two records are those of empty lines. Returns how many stand in front of the record at hand.
std::uint32_t sifter::pass_record(sift_counts& counts) {
  ++counts.in;
  const std::size_t offset = reader_->offset();
  const std::size_t size = reader_->size();
  const std::size_t gap = offset - std::exchange(passed_, offset + size);
  if (!lines_known_) return 0;
  if (gap > 0) counts.lines += lines_in(text_ + offset - gap, gap);
  const std::uint32_t before = counts.lines;
  counts.lines += many_lines_ ? lines_in(text_ + offset, size) : 1;
  return before;
}

void sifter::pass_end(sift_counts& counts) {
  if (lines_known_ && passed_ != size_) counts.lines += lines_in(text_ + passed_, size_ - passed_);
  passed_ = size_;
}

void sifter::put_out(sifted& item, std::size_t step, std::size_t offset, std::uint32_t line) {
  ++item.counts.steps[step].rejected;
  item.bad.push_back({.position = reader_->source_position(),
                      .offset = static_cast<std::uint32_t>(offset),
                      .size = static_cast<std::uint32_t>(reader_->size()),
                      .line = line,
                      .step = static_cast<std::uint8_t>(step),
                      .exact = exact_});
}

std::size_t sifter::in_place(char* to, sifted& item, stop& why) {
  using found = record_reader::found;
  gathering kept(to);
  for (found what = reader_->next(); what != found::end; what = reader_->next()) {
    const int fate = what == found::bad ? 0 : ask(reader_->cells(), item.counts);
    if (fate >= 0 && item.bad.size() == k_most_bad) {
      why = stop::bad;
      return static_cast<std::size_t>(kept.finish() - to);
    }
    const std::uint32_t line = pass_record(item.counts);
    char* const begin = text_ + reader_->offset();
    char* const end = begin + reader_->size();
    if (fate == k_keep) {
      ++item.counts.kept;
      kept.keep(begin, without_cr(begin, end));
    } else if (fate >= 0) {
      put_out(item, static_cast<std::size_t>(fate), static_cast<std::size_t>(kept.next() - to), line);
      kept.keep(begin, end);
    }
  }
  pass_end(item.counts);
  why = stop::end;
  return static_cast<std::size_t>(kept.finish() - to);
}

// A CR stays: to JSON it is a blank.
bool sifter::one_stretch(sifted& item, std::size_t& begin, std::size_t& end) {
  using found = record_reader::found;
  begin = end = 0;
  for (found what = reader_->next(); what != found::end; what = reader_->next()) {
    const int fate = what == found::bad ? 0 : ask(reader_->cells(), item.counts);
    const std::uint32_t line = pass_record(item.counts);
    const std::size_t offset = reader_->offset();
    if (fate == k_keep) {
      if (item.counts.kept > 0 && offset != end) return false;
      if (item.counts.kept++ == 0) begin = offset;
      end = offset + reader_->size();
    } else if (fate >= 0) {
      if (item.bad.size() == k_most_bad) return false;
      put_out(item, static_cast<std::size_t>(fate), offset, line);
    }
  }
  pass_end(item.counts);
  return true;
}

// A JSON line's CR LF becomes LF.
char* sifter::without_cr(char* begin, char* end) const noexcept {
  if (format_ != row_format::json || end - begin < 2 || end[-1] != '\n' || end[-2] != '\r') return end;
  end[-2] = '\n';
  return end - 1;
}

sifter::stop sifter::rewrite(row_writer& to, sifted& item) {
  for (;;) {
    if (!pending_) {
      what_ = reader_->next();
      if (what_ == record_reader::found::end) {
        pass_end(item.counts);
        return stop::end;
      }
    }
    pending_ = true;
    const std::span<const cell> cells = reader_->cells();
    const int fate = what_ == record_reader::found::bad ? 0 : ask(cells, item.counts);
    if (fate == k_keep) {
      for (std::size_t i = 0; i < chosen_.size(); ++i) chosen_[i] = cells[layout_.columns[i]];
      if (!to.append(chosen_, reader_->source_position())) return stop::full;
      ++item.counts.kept;
    }
    if (fate >= 0 && item.bad.size() == k_most_bad) return stop::bad;
    pending_ = false;
    const std::uint32_t line = pass_record(item.counts);
    if (fate >= 0) put_out(item, static_cast<std::size_t>(fate), reader_->offset(), line);
  }
}

void sifter::refuse(sifted& item, std::size_t step) {
  pending_ = false;
  const std::uint32_t line = pass_record(item.counts);
  put_out(item, step, reader_->offset(), line);
}

sifter::judgement sifter::judge(const rows& alone) {
  begin(alone);
  const record_reader::found what = reader_->next();
  judgement made;
  if (what == record_reader::found::record) made = judge_tests();
  if (what == record_reader::found::bad) {
    const record_reader::trouble& found = reader_->problem();
    made = {.step = 0, .why = found.why, .column = found.column + 1u, .message = text_of(found)};
  }
  end();
  return made;
}

sifter::judgement sifter::judge_tests() const {
  const std::span<const cell> cells = reader_->cells();
  for (std::size_t i = 0; i < tests_.size(); ++i) {
    const sift_layout::test& test = layout_.tests[i];
    const predicate::verdict verdict = tests_[i].evaluate(cells, test.slots);
    if (verdict.is != predicate::truth::wrong_type) continue;
    const std::size_t column = verdict.field < test.slots.size() ? cells[test.slots[verdict.field]].column : 0;
    return {
        .step = test.step, .why = reject_class::wrong_type, .column = column, .message = tests_[i].message(verdict)};
  }
  return {};
}

} // namespace weir::stages
