// docs/expressions.md: what its tables promise is what happens.

#include "stages/record/select_list.hpp"
#include "tests/record/where_support.hpp"

#include <gtest/gtest.h>

#include <fstream>

using namespace weir::stages;
using namespace weir::stages::test;

namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// A cell without its blanks and its backquotes, which are one or two.
std::string content(std::string_view text) {
  text = without_blanks(text);
  for (const std::string_view fence : {"``", "`"}) {
    if (text.starts_with(fence) && text.ends_with(fence) && text.size() >= 2 * fence.size()) {
      return std::string(without_blanks(text.substr(fence.size(), text.size() - 2 * fence.size())));
    }
  }
  return std::string(text);
}

/// The cells of `| a | b |`. No cell of the page has a | in it.
std::vector<std::string> cells_of_row(std::string_view line) {
  std::vector<std::string> made;
  for (std::size_t at = 1, end = 0; (end = line.find('|', at)) != line.npos; at = end + 1) {
    made.push_back(content(line.substr(at, end - at)));
  }
  return made;
}

std::string columns_told(const std::string& text) {
  std::string made;
  try {
    for (const selected& s : parse_select(text)) { made += (made.empty() ? "" : ", ") + s.name; }
  } catch (const bad_expression& error) { return error.what(); }
  return made;
}

} // namespace

TEST(ExpressionsPage, EveryRowOfItsTablesIsSo) {
  std::ifstream page(WEIR_EXPRESSIONS_PAGE);
  std::string table; // the heading of its first column and its last
  std::size_t checked = 0;
  for (std::string line; std::getline(page, line);) {
    if (line.empty() || line.front() != '|') {
      table.clear();
      continue;
    }
    const auto row = cells_of_row(line);
    if (table.empty()) {
      table = row.front() + " " + row.back();
    } else if (row.front() == "---") {
      continue;
    } else if (table == "expression answer") {
      EXPECT_EQ(told(row[0], row[1]), row[2]) << line;
      ++checked;
    } else if (table == "expression refused with") {
      EXPECT_EQ(refusal(row[0]), row[1]) << line;
      ++checked;
    } else if (table == "columns names") {
      EXPECT_EQ(columns_told(row[0]), row[1]) << line;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 40u);
}
