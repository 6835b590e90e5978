#pragma once
// Pipelines from JSON lines to a table, and what stands there then.

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "stages/db/db_stages.hpp"
#include "stages/record/record_ledger.hpp"
#include "stages/record/record_stages.hpp"
#include "stages/text/text_stages.hpp"
#include "tests/record/record_support.hpp"
#include "tests/stages/support.hpp"

namespace weir::test {

/// Lines of one source, in blocks of at most `longest` bytes, as JSON records.
inline auto json_rows(std::string text, std::size_t longest = 1 << 20) {
  return texts({std::move(text)}, longest) | stages::lines() | stages::json();
}

/// The text of the error that the run ends with, or "no error".
inline std::string error_of_run(const plan& p) {
  try {
    p.run();
  } catch (const std::exception& error) { return error.what(); }
  return "no error";
}

/// Records of an id and a text each, in `[from, to)`.
inline std::string numbered_records(std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) {
    text += R"({"id":)" + std::to_string(i) + R"(,"word":"w)" + std::to_string(i * 7919 % 1000) + "\"}\n";
  }
  return text;
}

/// What the sqlite3 tool says, without the last line end.
inline std::string ask_sqlite(const std::string& file, const std::string& query) {
  std::string said = run_tool("sqlite3 -batch '" + file + "' \"" + query + "\"");
  while (said.ends_with('\n')) { said.pop_back(); }
  return said;
}

} // namespace weir::test
