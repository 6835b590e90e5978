#include "stages/record/row_writer.hpp"

#include <utility>

#include "stages/record/cell_block.hpp"

namespace weir::stages {

void row_writer::begin(block& to, sift_form form, std::shared_ptr<const row_schema> columns, std::uint64_t position) {
  if (form != form_ || columns != columns_) {
    const bool csv = form == sift_form::csv;
    lines_ = form == sift_form::cells ? text_writer()
                                      : text_writer(csv ? text_writer::form::csv : text_writer::form::json,
                                                    columns->columns, columns->delimiter);
  }
  to_ = &to;
  form_ = form;
  columns_ = std::move(columns);
  position_ = position;
  records_ = 0;
  to.resize(0);
}

bool row_writer::append(std::span<const cell> record, std::uint64_t position) {
  const std::size_t used = to_->size();
  const std::span<std::byte> room = to_->space().subspan(used);
  std::size_t size = 0;
  if (form_ == sift_form::cells) {
    size = write_cells(record, static_cast<std::uint32_t>(position - position_), room);
    if (size == 0) return false;
  } else {
    if (lines_.bound(record) > room.size() && lines_.size(record) > room.size()) return false;
    char* const begin = reinterpret_cast<char*>(room.data());
    size = static_cast<std::size_t>(lines_.write(record, begin) - begin);
  }
  to_->resize(used + size);
  ++records_;
  return true;
}

std::size_t row_writer::needed(std::span<const cell> record) const {
  return form_ == sift_form::cells ? cell_record_size(record) : lines_.size(record);
}

} // namespace weir::stages
