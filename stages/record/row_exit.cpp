#include "stages/record/row_exit.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "stages/record/row_writer.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

void append(block& to, std::string_view text) {
  std::memcpy(to.data() + to.size(), text.data(), text.size());
  to.resize(to.size() + text.size());
}

} // namespace

// A stream that goes on where an earlier run stopped has its header.
void row_exit::begin(const sifted& item) {
  if (std::exchange(begun_, true)) return;
  with_header_ =
      header_ == header_line::always || (header_ == header_line::if_csv_came && item.came_as == row_format::csv);
  header_out_ = item.position > 0 && item.header_lines == 0 && item.source_number != 0;
}

step row_exit::emit(block& data, std::uint32_t records, const sifted& item, bool open) {
  if (!to_->has_room()) return step::room;
  check_columns(item);
  if (with_header_ && !header_out_ && item.schema) {
    if (const step why = put_header(*item.schema); why != step::more) return why;
    if (!to_->has_room()) return step::room;
  }
  if (joint_ || open) {
    const step why = add_to_joint(data, records);
    if (why == step::more) data = {};
    return why;
  }
  push(std::move(data), records, item);
  return step::more;
}

void row_exit::push(block data, std::uint32_t records, const sifted& item) {
  to_->push({.data = std::move(data),
             .format = item.format,
             .records = records,
             .schema = item.schema,
             .placed = item.placed});
  told_ = item.schema;
  said_something_ = true;
}

step row_exit::end_input(const sifted& item) {
  if (joint_) {
    if (!to_->has_room()) return step::room;
    joint_.end_position(item.end_position);
    push(std::move(joint_), std::exchange(joint_records_, 0), item);
  }
  note(item);
  return step::more;
}

// Pieces that end where no place in the source is known become one block again: who keeps positions may not see half.
step row_exit::add_to_joint(const block& data, std::uint32_t records) {
  block_pool& pool = context_->blocks();
  const std::size_t used = joint_ ? joint_.size() : 0;
  const std::size_t wanted = used + data.size();
  if (wanted + 2 * k_block_headroom + pool.block_size() > pool.limit()) {
    throw record_too_long("the records from byte " + std::to_string(data.position()) +
                              " on, of a block that lines were left out of, take more than " +
                              std::to_string(pool.limit() >> 10) +
                              " KiB when written anew, and are to leave together; a larger --memory would do",
                          data.source());
  }
  if (!joint_) {
    joint_ = pool.try_take_large(std::max(wanted, std::min(4 * wanted, pool.limit() / 2)));
    if (!joint_) return step::memory;
    joint_.came_from(data);
  } else if (!pool.grow(joint_, data.size())) {
    return step::memory;
  }
  append(joint_, data.text());
  joint_records_ += records;
  return step::more;
}

step row_exit::put_header(const row_schema& columns) {
  block made = context_->blocks().try_take();
  if (!made) return step::memory;
  const std::string line = csv_header(columns);
  if (line.size() > made.capacity()) throw std::runtime_error("to csv: the header takes more than a block");
  append(made, line);
  made.whole_records(true);
  to_->push({.data = std::move(made)});
  header_out_ = true;
  return step::more;
}

void row_exit::check_columns(const sifted& item) {
  if (!with_header_ || !header_out_ || !told_ || !item.schema || told_ == item.schema) return;
  if (told_->columns == item.schema->columns && told_->delimiter == item.schema->delimiter) return;
  throw std::runtime_error("to csv: the columns change from one input to the next; put 'select' before it");
}

void row_exit::note(const sifted& item) {
  silent_ = std::exchange(said_something_, false) ? 0 : silent_ + 1;
  position_ = item.end_position;
  source_ = item.source_number;
  format_ = item.format;
  schema_ = item.schema;
  const bool new_columns = schema_ != told_;
  if (!text_ && silent_ > 0 && (silent_ >= k_most_silent || new_columns)) (void)push_empty();
}

// Not now: the next input block tries again.
bool row_exit::push_empty() {
  if (!to_->has_room()) return false;
  block made = context_->blocks().try_take();
  if (!made) return false;
  made.position(position_);
  made.end_position(position_);
  made.source(source_);
  made.whole_records(true);
  to_->push({.data = std::move(made), .format = format_, .records = 0, .schema = schema_});
  told_ = schema_;
  silent_ = 0;
  return true;
}

step row_exit::finish() {
  if (!to_->has_room()) return step::room;
  if (with_header_ && !header_out_ && schema_) {
    if (const step why = put_header(*schema_); why != step::more) return why;
  }
  if (!text_ && silent_ > 0 && !push_empty()) return step::memory;
  return step::more;
}

} // namespace weir::stages
