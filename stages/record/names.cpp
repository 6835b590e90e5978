#include "stages/record/cell.hpp"
#include "stages/record/record_reader.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

std::string_view name_of(cell_kind kind) noexcept {
  switch (kind) {
  case cell_kind::missing:
    return "no value";
  case cell_kind::null:
    return "null";
  case cell_kind::boolean:
    return "a boolean";
  case cell_kind::integer:
  case cell_kind::whole:
  case cell_kind::real:
    return "a number";
  case cell_kind::string:
    return "a string";
  case cell_kind::nested:
    break;
  }
  return "an object or array";
}

std::string_view name_of(reject_class why) noexcept {
  switch (why) {
  case reject_class::bad_utf8:
    return "bad UTF-8";
  case reject_class::unclosed_string:
    return "string not closed";
  case reject_class::control_byte:
    return "raw control byte in a string";
  case reject_class::missing_value:
    return "value missing";
  case reject_class::not_an_object:
    return "not an object";
  case reject_class::malformed:
    return "malformed";
  case reject_class::bad_number:
    return "bad number";
  case reject_class::extra_text:
    return "text behind the record";
  case reject_class::wrong_type:
    return "wrong type";
  case reject_class::unknown_field:
    return "unknown field";
  case reject_class::wrong_width:
    return "wrong number of fields";
  case reject_class::bad_quote:
    return "bad quote";
  case reject_class::too_long:
    return "too long";
  case reject_class::refused:
    break;
  }
  return "refused by the database";
}

} // namespace weir::stages
