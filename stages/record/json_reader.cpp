#include "stages/record/json_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <string_view>

#include "stages/record/json_fault.hpp"
#include "stages/record/json_walk.hpp"
#include "stages/text/utf8.hpp"

namespace weir::stages {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t k_first_capacity = 16 * 1024;
/// What a reader keeps from block to block: what is there for longer records goes back.
constexpr std::size_t k_kept_capacity = 256 * 1024;

class json_reader final : public record_reader {
 public:
  explicit json_reader(const reader_options& options) : walk_(options) {
    cells_ = walk_.cells();
    make_room(k_first_capacity);
  }

  void begin(const rows& in) override;
  found next() override;
  /// next() for json_columns: takes the record's columns.
  found next_columns(std::vector<column_seen>& columns);

  [[nodiscard]] std::uint64_t source_position() const noexcept override {
    return gapless_ ? position_ + offset_ : position_;
  }
  [[nodiscard]] const trouble& problem() const noexcept override { return problem_; }

 private:
  [[nodiscard]] bool next_line();
  [[nodiscard]] bool find_tokens(json_text& record);
  [[nodiscard]] std::string_view padded_line();
  [[nodiscard]] bool has_escapes();
  void make_room(std::size_t bytes);
  void drop_what_is_large();
  found bad(reject_class why, std::uint32_t column, std::string_view field);

  ondemand::parser parser_;
  std::size_t capacity_ = 0; ///< of parser_
  json_walk walk_;
  std::vector<char> padded_; ///< the line, when too little can be read behind it in its block
  trouble problem_{};

  const char* text_ = nullptr;
  const char* end_ = nullptr;      ///< of the text
  const char* safe_end_ = nullptr; ///< a line that ends here or before has its padding behind it
  const char* line_ = nullptr;
  const char* line_end_ = nullptr; ///< before its LF
  const char* next_line_ = nullptr;
  const char* escape_ = nullptr; ///< the first backslash behind where one was looked for last; null: not yet looked for
  std::uint64_t position_ = 0;
  bool gapless_ = false;
};

void json_reader::make_room(std::size_t bytes) {
  const bool large = bytes > k_kept_capacity; // just so much, or a record of 2 GiB would ask for 4
  const std::size_t capacity = large ? bytes : std::bit_ceil(bytes);
  if (parser_.allocate(capacity) != simdjson::SUCCESS) throw std::bad_alloc();
  capacity_ = capacity;
}

// Tokens take four bytes and strings two of each byte of the longest record yet, in every replica that met one.
void json_reader::drop_what_is_large() {
  if (capacity_ > k_kept_capacity) {
    parser_ = ondemand::parser();
    make_room(k_first_capacity);
  }
  if (padded_.size() > k_kept_capacity) padded_ = {};
  walk_.drop_what_is_large(k_kept_capacity);
}

void json_reader::begin(const rows& in) {
  drop_what_is_large();
  text_ = in.data.text().data();
  end_ = text_ + in.data.size();
  const char* const storage_end = text_ + in.data.capacity();
  safe_end_ = static_cast<std::size_t>(storage_end - text_) < simdjson::SIMDJSON_PADDING
                  ? text_
                  : storage_end - simdjson::SIMDJSON_PADDING;
  position_ = in.data.position();
  gapless_ = in.data.gapless();
  next_line_ = text_;
  if (position_ == 0 && in.data.text().starts_with(k_byte_order_mark)) next_line_ += k_byte_order_mark.size();
  line_ = next_line_;
  offset_ = static_cast<std::size_t>(line_ - text_);
  size_ = 0;
  escape_ = nullptr;
}

/// Goes on to the next line that is not blank.
bool json_reader::next_line() {
  while (next_line_ != end_) {
    line_ = next_line_;
    const auto* feed = static_cast<const char*>(std::memchr(line_, '\n', static_cast<std::size_t>(end_ - line_)));
    line_end_ = feed == nullptr ? end_ : feed;
    next_line_ = feed == nullptr ? end_ : feed + 1;
    if (line_ != line_end_ && (!is_blank(*line_) || !std::all_of(line_, line_end_, is_blank))) {
      offset_ = static_cast<std::size_t>(line_ - text_);
      size_ = static_cast<std::size_t>(next_line_ - line_);
      return true;
    }
  }
  line_ = line_end_ = end_;
  offset_ = static_cast<std::size_t>(end_ - text_);
  size_ = 0;
  return false;
}

/// Looks for a backslash once in the whole block, where there is none.
bool json_reader::has_escapes() {
  if (escape_ == nullptr || escape_ < line_) {
    const auto* there = static_cast<const char*>(std::memchr(line_, '\\', static_cast<std::size_t>(end_ - line_)));
    escape_ = there == nullptr ? end_ : there;
  }
  return escape_ < line_end_;
}

/// The line, with a line feed and the parser's padding behind it.
std::string_view json_reader::padded_line() {
  const auto size = static_cast<std::size_t>(line_end_ - line_);
  if (line_end_ <= safe_end_ && line_end_ != end_) return {line_, size};
  make_size(padded_, size + simdjson::SIMDJSON_PADDING);
  std::memcpy(padded_.data(), line_, size);
  std::memset(padded_.data() + size, '\n', simdjson::SIMDJSON_PADDING);
  return {padded_.data(), size};
}

bool json_reader::find_tokens(json_text& record) {
  const std::string_view line = padded_line();
  if (line.size() > capacity_) make_room(line.size());
  ondemand::json_iterator tokens;
  const simdjson::padded_string_view padded(line, line.size() + simdjson::SIMDJSON_PADDING);
  const simdjson::error_code error = parser_.iterate_raw(padded).get(tokens);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) {
    problem_.why = error == simdjson::CAPACITY ? reject_class::too_long : reject_class::malformed;
    problem_.column = 0;
    problem_.field = {};
    return false;
  }
  record = {line.data(), line.size(), tokens.position(), has_escapes()};
  return true;
}

record_reader::found json_reader::bad(reject_class why, std::uint32_t column, std::string_view field) {
  problem_ = {why, column, field};
  const std::string_view line(line_, static_cast<std::size_t>(line_end_ - line_));
  trouble exact;
  if (why != reject_class::unknown_field && why != reject_class::too_long && find_fault(line, exact)) problem_ = exact;
  return found::bad;
}

record_reader::found json_reader::next() {
  if (!next_line()) {
    drop_what_is_large(); // whoever granted memory for a long record did so until its block goes
    return found::end;
  }
  json_text record;
  if (!find_tokens(record)) return bad(problem_.why, 0, {});
  if (walk_.take(record)) return found::record;
  const trouble& rough = walk_.problem();
  return bad(rough.why, rough.column, rough.field);
}

record_reader::found json_reader::next_columns(std::vector<column_seen>& columns) {
  if (!next_line()) return found::end;
  json_text record;
  return find_tokens(record) && walk_.take_columns(record, columns) ? found::record : found::bad;
}

} // namespace

std::unique_ptr<record_reader> make_json_reader(const reader_options& options) {
  return std::make_unique<json_reader>(options);
}

std::vector<column_seen> json_columns(const rows& in) {
  json_reader reader({.wanted = {}, .check = validation::full, .only_wanted = false});
  std::vector<column_seen> columns;
  reader.begin(in);
  while (reader.next_columns(columns) != record_reader::found::end) {}
  return columns;
}

} // namespace weir::stages
