#include "stages/record/cell_block.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/record/nested_field.hpp"
#include "stages/record/wanted_columns.hpp"

namespace weir::stages {
namespace {

enum class tag : std::uint8_t {
  missing,
  null,
  no,
  yes,
  integer,
  whole,
  real,
  integer_text,
  whole_text,
  real_text,
  string,
  nested
};

constexpr std::size_t k_head = 8;

/// The text of an integer is as good as the integer, but for -0.
bool keeps_text(const cell& c) noexcept {
  return !c.text.empty() && (c.kind == cell_kind::real || (c.kind == cell_kind::integer && c.text == "-0"));
}

std::size_t size_of(const cell& c) noexcept {
  switch (c.kind) {
  case cell_kind::missing:
  case cell_kind::null:
  case cell_kind::boolean:
    return 1;
  case cell_kind::integer:
  case cell_kind::whole:
  case cell_kind::real:
    return keeps_text(c) ? 13 + c.text.size() : 9;
  case cell_kind::string:
  case cell_kind::nested:
    break;
  }
  return 5 + c.text.size();
}

std::byte* put(std::byte* to, const void* from, std::size_t size) noexcept {
  std::memcpy(to, from, size);
  return to + size;
}
std::byte* put(std::byte* to, tag what) noexcept {
  *to = static_cast<std::byte>(what);
  return to + 1;
}
std::byte* put_text(std::byte* to, std::string_view text) noexcept {
  const auto size = static_cast<std::uint32_t>(text.size());
  return put(put(to, &size, sizeof size), text.data(), text.size());
}

std::byte* put_number(std::byte* to, const cell& c, tag plain, tag with_text) noexcept {
  const bool text = keeps_text(c);
  to = put(to, text ? with_text : plain);
  to = put(to, &c.integer, sizeof c.integer); // the union's eight bytes, whichever they are
  return text ? put_text(to, c.text) : to;
}

std::byte* put_cell(std::byte* to, const cell& c) noexcept {
  switch (c.kind) {
  case cell_kind::missing:
    return put(to, tag::missing);
  case cell_kind::null:
    return put(to, tag::null);
  case cell_kind::boolean:
    return put(to, c.truth ? tag::yes : tag::no);
  case cell_kind::integer:
    return put_number(to, c, tag::integer, tag::integer_text);
  case cell_kind::whole:
    return put_number(to, c, tag::whole, tag::whole_text);
  case cell_kind::real:
    return put_number(to, c, tag::real, tag::real_text);
  case cell_kind::string:
    return put_text(put(to, tag::string), c.text);
  case cell_kind::nested:
    break;
  }
  return put_text(put(to, tag::nested), c.text);
}

std::uint32_t read_u32(const char* from) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

const char* read_text(const char* from, cell& to) noexcept {
  to.text = {from + 4, read_u32(from)};
  return to.text.data() + to.text.size();
}

const char* read_number(const char* from, cell& to, cell_kind kind, bool with_text) noexcept {
  to.kind = kind;
  to.text = {};
  std::memcpy(&to.integer, from, sizeof to.integer);
  from += sizeof to.integer;
  return with_text ? read_text(from, to) : from;
}

/// Gives what is behind the cell.
const char* read_cell(const char* from, cell& to) noexcept {
  const auto what = static_cast<tag>(*from++);
  switch (what) {
  case tag::missing:
    to.kind = cell_kind::missing;
    return from;
  case tag::null:
    to.kind = cell_kind::null;
    return from;
  case tag::no:
  case tag::yes:
    to.kind = cell_kind::boolean;
    to.truth = what == tag::yes;
    return from;
  case tag::integer:
  case tag::integer_text:
    return read_number(from, to, cell_kind::integer, what == tag::integer_text);
  case tag::whole:
  case tag::whole_text:
    return read_number(from, to, cell_kind::whole, what == tag::whole_text);
  case tag::real:
  case tag::real_text:
    return read_number(from, to, cell_kind::real, what == tag::real_text);
  case tag::string:
  case tag::nested:
    break;
  }
  to.kind = what == tag::string ? cell_kind::string : cell_kind::nested;
  return read_text(from, to);
}

/// A wanted field inside of a column.
struct path_inside {
  std::size_t place = 0;          ///< among the wanted ones
  std::vector<std::string> names; ///< from the column on
};

/// Of those that are no columns themselves: select gives names with dots, too.
std::vector<path_inside> paths_inside(const row_schema& schema, std::span<const field_path> wanted) {
  std::vector<path_inside> inside;
  if (schema.flat) return inside;
  const auto is_column = [&](const std::string& name) {
    return std::ranges::find(schema.columns, name) != schema.columns.end();
  };
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::vector<std::string>& names = wanted[i].names;
    if (names.size() > 1 && !is_column(joined(wanted[i])) && is_column(names.front()))
      inside.push_back({i, {names.begin() + 1, names.end()}});
  }
  return inside;
}

std::vector<field_path> columns_of(std::span<const field_path> wanted, const std::vector<path_inside>& inside) {
  std::vector<field_path> columns(wanted.begin(), wanted.end());
  for (const path_inside& each : inside) columns[each.place].names.resize(1);
  return columns;
}

class cell_reader final : public record_reader {
 public:
  cell_reader(const row_schema& schema, const reader_options& options)
      : nested_(paths_inside(schema, options.wanted)),
        columns_(find_columns(schema, columns_of(options.wanted, nested_))), names_(schema.columns),
        values_(options.wanted.size()), only_wanted_(options.only_wanted) {
    cells_ = values_;
  }

  void begin(const rows& in) override {
    text_ = in.data.text();
    position_ = in.data.position();
    offset_ = size_ = 0;
  }
  found next() override;

  [[nodiscard]] std::uint64_t source_position() const noexcept override {
    return size_ == 0 ? position_ : position_ + read_u32(text_.data() + offset_ + 4);
  }
  [[nodiscard]] const trouble& problem() const noexcept override { return problem_; }

 private:
  void look_inside();

  std::vector<path_inside> nested_;
  wanted_columns columns_;
  std::vector<char> unescaped_; // of values in nested_
  std::vector<std::string> names_;
  std::vector<cell> values_;
  const bool only_wanted_;
  trouble problem_{};
  std::string_view text_;
  std::uint64_t position_ = 0;
};

record_reader::found cell_reader::next() {
  offset_ += size_;
  size_ = 0;
  if (offset_ == text_.size()) return found::end;
  size_ = read_u32(text_.data() + offset_);
  const char* at = text_.data() + offset_ + k_head;
  const std::size_t columns = only_wanted_ ? columns_.place.size() : columns_.last;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::uint32_t place = columns_.place[i];
    cell unwanted;
    at = read_cell(at, place == wanted_columns::k_not_wanted ? unwanted : values_[place]);
    if (only_wanted_ && unwanted.kind != cell_kind::missing) {
      problem_ = {reject_class::unknown_field, 0, names_[i]};
      return found::bad;
    }
  }
  for (const auto& [to, from] : columns_.copies) { values_[to] = values_[from]; }
  if (!nested_.empty()) look_inside();
  return found::record;
}

// In the place of what is wanted inside a column stands the column until here.
void cell_reader::look_inside() {
  std::size_t most = 0;
  for (const path_inside& each : nested_) most += values_[each.place].text.size();
  if (unescaped_.size() < most) unescaped_.resize(most);
  char* room = unescaped_.data();
  for (const path_inside& each : nested_) {
    cell& there = values_[each.place];
    there = nested_field(there, each.names, room);
  }
}

} // namespace

std::size_t cell_record_size(std::span<const cell> cells) noexcept {
  std::size_t size = k_head;
  for (const cell& one : cells) { size += size_of(one); }
  return size;
}

std::size_t write_cells(std::span<const cell> cells, std::uint32_t place, std::span<std::byte> room) noexcept {
  const std::size_t size = cell_record_size(cells);
  if (size > room.size() || size > 0xffffffff) return 0;
  const auto size_field = static_cast<std::uint32_t>(size);
  std::byte* to = put(room.data(), &size_field, sizeof size_field);
  to = put(to, &place, sizeof place);
  for (const cell& one : cells) { to = put_cell(to, one); }
  return size;
}

void read_cells(std::string_view record, std::span<cell> to) noexcept {
  const char* at = record.data() + k_head;
  for (cell& one : to) { at = read_cell(at, one); }
}

std::unique_ptr<record_reader> make_cell_reader(const row_schema& schema, const reader_options& options) {
  return std::make_unique<cell_reader>(schema, options);
}

} // namespace weir::stages
