#include "stages/db/table_shape.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>

#include "stages/record/record_reader.hpp"

namespace weir::stages {
namespace {

column_shape shape_for(cell_kind kind) {
  switch (kind) {
  case cell_kind::missing:
  case cell_kind::null:
    return column_shape::unknown;
  case cell_kind::boolean:
    return column_shape::boolean;
  case cell_kind::integer:
    return column_shape::integer;
  case cell_kind::whole:
    return column_shape::whole;
  case cell_kind::real:
    return column_shape::real;
  case cell_kind::string:
    return column_shape::text;
  case cell_kind::nested:
    break;
  }
  return column_shape::nested;
}

bool is_number(column_shape shape) {
  return shape == column_shape::integer || shape == column_shape::whole || shape == column_shape::real;
}

} // namespace

column_shape wider(column_shape a, column_shape b) noexcept {
  if (a == b || b == column_shape::unknown) return a;
  if (a == column_shape::unknown) return b;
  if (a == column_shape::nested || b == column_shape::nested) return column_shape::nested;
  return is_number(a) && is_number(b) ? std::max(a, b) : column_shape::text;
}

std::vector<shaped_column> shape_of(const rows& in) {
  std::vector<shaped_column> shape;
  reader_options options;
  for (column_seen& column : columns_of(in)) {
    options.wanted.push_back({{column.name}});
    shape.push_back({std::move(column.name)});
  }
  if (shape.empty()) return shape;
  const std::unique_ptr<record_reader> reader = make_reader(in.format, in.schema.get(), options);
  reader->begin(in);
  for (auto found = reader->next(); found != record_reader::found::end; found = reader->next()) {
    if (found == record_reader::found::bad) continue;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      shape[i].shape = wider(shape[i].shape, shape_for(reader->cells()[i].kind));
    }
  }
  return shape;
}

} // namespace weir::stages
