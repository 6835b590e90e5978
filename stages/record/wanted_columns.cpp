#include "stages/record/wanted_columns.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace weir::stages {
namespace {

[[noreturn]] void refuse(const row_schema& schema, const std::string& name) {
  std::string message = "there is no field '" + name + "'; there are: ";
  for (std::size_t i = 0; i < schema.columns.size(); ++i) { message += (i == 0 ? "" : ", ") + schema.columns[i]; }
  throw std::invalid_argument(message);
}

} // namespace

std::string joined(const field_path& path) {
  std::string all;
  for (const std::string& name : path.names) { all += (all.empty() ? "" : ".") + name; }
  return all;
}

wanted_columns find_columns(const row_schema& schema, std::span<const field_path> wanted) {
  wanted_columns result;
  result.place.assign(schema.columns.size(), wanted_columns::k_not_wanted);
  for (std::uint32_t i = 0; i < wanted.size(); ++i) {
    // A column may itself be named a.b: select gives such names.
    const auto there = std::ranges::find(schema.columns, joined(wanted[i]));
    if (there == schema.columns.end()) refuse(schema, joined(wanted[i]));
    const auto column = static_cast<std::size_t>(there - schema.columns.begin());
    std::uint32_t& place = result.place[column];
    if (place == wanted_columns::k_not_wanted)
      place = i;
    else
      result.copies.emplace_back(i, place);
    result.last = std::max(result.last, column + 1);
  }
  return result;
}

} // namespace weir::stages
