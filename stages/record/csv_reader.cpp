#include "stages/record/csv_reader.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "stages/record/csv_scanner.hpp"
#include "stages/record/number_text.hpp"
#include "stages/text/utf8.hpp"

namespace weir::stages {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string all;
  for (const std::string& word : words) {
    if (&word != &words.front()) all += between;
    all += word;
  }
  return all;
}

/// The first column of that name.
std::size_t column_of(const field_path& path, const std::vector<std::string>& columns) {
  if (path.names.size() == 1) {
    const auto at = std::find(columns.begin(), columns.end(), path.names.front());
    if (at != columns.end()) return static_cast<std::size_t>(at - columns.begin());
  }
  throw std::invalid_argument("there is no column '" + joined(path.names, ".") + "'; there are " +
                              joined(columns, ", "));
}

std::vector<std::size_t> columns_of(const row_schema& schema, const reader_options& options) {
  std::vector<std::size_t> columns;
  for (const field_path& path : options.wanted) columns.push_back(column_of(path, schema.columns));
  return columns;
}

class csv_reader final : public record_reader {
 public:
  csv_reader(const row_schema& schema, const reader_options& options);

  void begin(const rows& in) override;
  found next() override;
  std::uint64_t source_position() const noexcept override { return gapless_ ? position_ + offset_ : position_; }
  const trouble& problem() const noexcept override { return problem_; }

 private:
  found fail(reject_class why, std::size_t column, std::string_view field = {});
  found fail_width();
  void fill_cells();
  std::string_view undoubled(const csv_field& field);

  csv_scanner scanner_;
  std::size_t width_;
  std::vector<std::size_t> wanted_; ///< columns
  bool refuses_all_ = false;        ///< there is a column that is not wanted, and all must be
  std::string refused_column_;
  std::vector<cell> values_;
  std::string decoded_; ///< fields without their doubled quotes
  std::uint64_t position_ = 0;
  bool gapless_ = false;
  trouble problem_;
};

// One field more than there are columns is kept, to say where a record becomes too wide.
csv_reader::csv_reader(const row_schema& schema, const reader_options& options)
    : scanner_(schema.delimiter, schema.quoted_newlines, schema.columns.size() + 1), width_(schema.columns.size()),
      wanted_(columns_of(schema, options)), values_(options.wanted.size()) {
  cells_ = values_;
  if (!options.only_wanted) return;
  for (std::size_t i = 0; i < width_ && !refuses_all_; ++i) {
    refuses_all_ = std::find(wanted_.begin(), wanted_.end(), i) == wanted_.end();
    if (refuses_all_) refused_column_ = schema.columns[i];
  }
}

void csv_reader::begin(const rows& in) {
  scanner_.begin(in.data.text());
  position_ = in.data.position();
  gapless_ = in.data.gapless();
  offset_ = scanner_.offset();
  size_ = scanner_.size();
}

record_reader::found csv_reader::next() {
  const csv_scanner::found what = scanner_.next();
  offset_ = scanner_.offset();
  size_ = scanner_.size();
  switch (what) {
  case csv_scanner::found::end:
    return found::end;
  case csv_scanner::found::bad:
    return fail(reject_class::bad_quote, scanner_.bad_at());
  case csv_scanner::found::record:
    break;
  }
  if (scanner_.width() != width_) return fail_width();
  if (!scanner_.ascii()) {
    const std::size_t valid = valid_utf8_prefix(scanner_.text());
    if (valid < scanner_.size()) return fail(reject_class::bad_utf8, valid);
  }
  if (refuses_all_) return fail(reject_class::unknown_field, 0, refused_column_);
  fill_cells();
  return found::record;
}

record_reader::found csv_reader::fail(reject_class why, std::size_t column, std::string_view field) {
  problem_ = {why, static_cast<std::uint32_t>(column), field};
  return found::bad;
}

// Blamed is the first field too many, or the end of the last one there is.
record_reader::found csv_reader::fail_width() {
  const csv_field& last = scanner_.fields().back();
  const char* const at = scanner_.width() > width_ ? last.begin - (last.quoted ? 1 : 0) : last.end;
  return fail(reject_class::wrong_width, static_cast<std::size_t>(at - scanner_.text().data()));
}

void csv_reader::fill_cells() {
  const std::span<const csv_field> fields = scanner_.fields();
  std::size_t longest = 0;
  for (const std::size_t column : wanted_) longest += fields[column].doubled ? fields[column].text().size() : 0;
  decoded_.clear();
  decoded_.reserve(longest); // cells point into it
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const csv_field& field = fields[wanted_[i]];
    cell& to = values_[i];
    to.column = static_cast<std::uint32_t>(field.begin - scanner_.text().data()) + (field.quoted ? 0 : 1);
    if (!field.quoted && field.begin == field.end) {
      to.kind = cell_kind::null;
      to.text = {};
    } else if (field.quoted || !read_number(field.text(), to)) {
      to.kind = cell_kind::string;
      to.text = field.doubled ? undoubled(field) : field.text();
    }
  }
}

std::string_view csv_reader::undoubled(const csv_field& field) {
  const std::size_t begin = decoded_.size();
  for (std::string_view rest = field.text(); !rest.empty();) {
    const std::size_t piece = std::min(rest.find('"'), rest.size() - 1) + 1;
    decoded_ += rest.substr(0, piece);
    rest.remove_prefix(piece);
    if (decoded_.back() == '"') rest.remove_prefix(1);
  }
  return std::string_view(decoded_).substr(begin);
}

} // namespace

std::unique_ptr<record_reader> make_csv_reader(const row_schema& schema, const reader_options& options) {
  return std::make_unique<csv_reader>(schema, options);
}

} // namespace weir::stages
