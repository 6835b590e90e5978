#include <algorithm>
#include <stdexcept>

#include "stages/record/cell_block.hpp"
#include "stages/record/csv_reader.hpp"
#include "stages/record/json_reader.hpp"
#include "stages/record/record_reader.hpp"

namespace weir::stages {
namespace {

const row_schema& needed(const row_schema* schema) {
  if (schema == nullptr) throw std::invalid_argument("rows of csv and cells need a schema");
  return *schema;
}

/// Of a format whose schema names the columns: what is in them.
std::vector<column_seen> table_columns(const rows& in) {
  std::vector<column_seen> columns;
  reader_options all;
  for (const std::string& name : needed(in.schema.get()).columns) {
    columns.push_back({name, cell_kind::null});
    all.wanted.push_back({{name}});
  }
  const std::unique_ptr<record_reader> reader = make_reader(in.format, in.schema.get(), all);
  reader->begin(in);
  for (;;) {
    const record_reader::found what = reader->next();
    if (what == record_reader::found::end) return columns;
    if (what == record_reader::found::bad) continue;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const cell_kind kind = reader->cells()[i].kind;
      if (columns[i].kind == cell_kind::null && kind != cell_kind::missing) columns[i].kind = kind;
    }
  }
}

} // namespace

std::unique_ptr<record_reader> make_reader(row_format format, const row_schema* schema, const reader_options& options) {
  switch (format) {
  case row_format::json:
    return make_json_reader(options);
  case row_format::cells:
    return make_cell_reader(needed(schema), options);
  case row_format::csv:
    break;
  }
  return make_csv_reader(needed(schema), options);
}

std::vector<column_seen> columns_of(const rows& in) {
  return in.format == row_format::json ? json_columns(in) : table_columns(in);
}

} // namespace weir::stages
