#include "stages/record/sift_layout.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::stages {
namespace {

/// The columns that a select made, for the steps behind it.
class column_scope {
 public:
  /// `flat`: nothing is inside of a column.
  column_scope(std::vector<selected> columns, bool flat) : columns_(std::move(columns)), flat_(flat) {}

  /// The field of the record that `path` means here: a column, or something inside one.
  [[nodiscard]] field_path resolve(const field_path& path, const record_step& asks) const {
    for (const selected& column : columns_) {
      if (column.name == text_of(path)) return column.field;
    }
    for (const selected& column : columns_) {
      if (!flat_ && column.name == path.names.front()) return inside(column.field, path);
    }
    std::string message = name_of(asks) + ": no column '" + text_of(path) + "'; the select before it leaves ";
    for (std::size_t i = 0; i < columns_.size(); ++i) message += (i == 0 ? "" : ", ") + columns_[i].name;
    throw std::invalid_argument(message);
  }
  [[nodiscard]] const std::vector<selected>& columns() const noexcept { return columns_; }

 private:
  static field_path inside(field_path column, const field_path& path) {
    column.names.insert(column.names.end(), path.names.begin() + 1, path.names.end());
    return column;
  }

  std::vector<selected> columns_;
  bool flat_;
};

class layout_maker {
 public:
  layout_maker(std::optional<row_format> format, const row_schema* schema)
      : format_(format), schema_(schema),
        flat_(format == row_format::csv || (format == row_format::cells && schema != nullptr && schema->flat)) {}

  void add(const record_step& step, std::size_t number) {
    if (step.what == record_step::kind::where) add_test(step, number);
    if (step.what == record_step::kind::select) add_select(step);
    if (step.what == record_step::kind::to) add_text(step);
  }
  [[nodiscard]] sift_layout made() && {
    if (scope_) write_columns(scope_->columns());
    return std::move(layout_);
  }

 private:
  void add_test(const record_step& step, std::size_t number) {
    sift_layout::test made{.step = number, .slots = {}};
    for (const field_path& field : step.test->fields()) {
      made.slots.push_back(slot(scope_ ? scope_->resolve(field, step) : field));
    }
    layout_.tests.push_back(std::move(made));
  }
  void add_select(const record_step& step) {
    std::vector<selected> columns = step.columns;
    for (selected& column : columns) {
      if (scope_) column.field = scope_->resolve(column.field, step);
    }
    scope_.emplace(std::move(columns), flat_);
    layout_.form = sift_form::cells;
  }

  void add_text(const record_step& step) {
    const bool anew =
        scope_ || format_ == row_format::cells || (format_ == row_format::csv && step.form == text_form::json);
    if (!anew) {
      if (step.form == text_form::csv && format_ == row_format::json) {
        throw std::invalid_argument("to csv: JSON records have no columns of their own; put 'select' before it");
      }
      return;
    }
    layout_.form = step.form == text_form::csv ? sift_form::csv : sift_form::json;
    if (!scope_ && schema_ != nullptr) scope_.emplace(all_columns(), flat_);
  }

  [[nodiscard]] std::vector<selected> all_columns() const {
    std::vector<selected> all;
    for (const std::string& name : schema_->columns) {
      const bool twice = std::any_of(all.begin(), all.end(), [&](const selected& one) { return one.name == name; });
      if (twice) throw std::invalid_argument("there are two columns '" + name + "': name them with --columns");
      all.push_back({field_path{{name}}, name});
    }
    return all;
  }
  void write_columns(const std::vector<selected>& columns) {
    row_schema leaves;
    leaves.flat = flat_;
    for (const selected& column : columns) {
      layout_.columns.push_back(slot(column.field));
      leaves.columns.push_back(column.name);
    }
    layout_.leaves = std::make_shared<const row_schema>(std::move(leaves));
  }
  std::uint16_t slot(const field_path& path) {
    const auto at = std::find(layout_.wanted.begin(), layout_.wanted.end(), path);
    const auto index = static_cast<std::uint16_t>(at - layout_.wanted.begin());
    if (at == layout_.wanted.end()) layout_.wanted.push_back(path);
    return index;
  }

  std::optional<row_format> format_;
  const row_schema* schema_;
  bool flat_; ///< the records are a table's rows: a field is a column, or it is not there
  sift_layout layout_;
  std::optional<column_scope> scope_; ///< behind a select
};

} // namespace

sift_layout layout_of(const record_steps& steps, std::optional<row_format> format, const row_schema* schema) {
  layout_maker maker(format, schema);
  for (std::size_t i = 0; i < steps.size(); ++i) maker.add(steps[i], i);
  return std::move(maker).made();
}

} // namespace weir::stages
