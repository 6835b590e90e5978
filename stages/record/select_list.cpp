#include "stages/record/select_list.hpp"

#include <unordered_set>
#include <utility>

#include "stages/record/expression_tree.hpp"

namespace weir::stages {
namespace {

/// As it was written, but for backquotes.
std::string plain_text(const field_path& path) {
  std::string made;
  for (const std::string& name : path.names) { made += (made.empty() ? "" : ".") + name; }
  return made;
}

} // namespace

std::vector<selected> parse_select(std::string_view text) {
  std::vector<selected> made;
  std::unordered_set<std::string> names;
  for (column_text& column : parse_columns(text)) {
    std::string name = column.name.empty() ? plain_text(column.path) : std::move(column.name);
    if (!names.insert(name).second) {
      throw bad_expression("select", text, column.offset,
                           "there is a column '" + name +
                               "' already; give this one another name: " + text_of(column.path) + " as …");
    }
    made.push_back({std::move(column.path), std::move(name)});
  }
  return made;
}

} // namespace weir::stages
