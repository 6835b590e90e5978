// csv against Python's csv module: seeded tables with every way to quote and every fault, cut anywhere.

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "tests/record/csv_support.hpp"
#include "tests/stages/support.hpp"

namespace weir::test {
namespace {

constexpr int k_tables = 400;

/// What csv_reference.py wrote for one seed.
struct reference {
  stages::csv_framing options;
  std::vector<std::string> columns;
  std::vector<std::string> records;
};

reference parse_reference(const std::string& text) {
  reference to;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  std::istringstream head(line);
  std::string word;
  head >> word;
  to.options.delimiter = word == "tab" ? '\t' : ',';
  head >> word;
  to.options.quoted_newlines = word == "newlines";
  while (head >> word) to.columns.push_back(word);
  while (std::getline(lines, line)) to.records.push_back(line);
  return to;
}

/// A record as the reference has it. `like`: where that leaves kinds open, so does this.
std::string as_reference(const csv_record& record, const std::string& like) {
  if (!record.bad.empty()) return record.bad;
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string to;
  for (const std::string& cell : record.cells) {
    if (!to.empty()) to += ' ';
    to += like.starts_with('?') ? '?' : cell.front();
    for (const char c : std::string_view(cell).substr(1)) {
      to += k_digits[static_cast<unsigned char>(c) >> 4];
      to += k_digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return to;
}

void compare(const framed& got, const reference& want, const std::string& about) {
  for (const auto& columns : got.columns) ASSERT_EQ(columns, want.columns) << about;
  const std::size_t both = std::min(got.records.size(), want.records.size());
  for (std::size_t i = 0; i < both; ++i)
    ASSERT_EQ(as_reference(got.records[i], want.records[i]), want.records[i]) << about << ", record " << i;
  ASSERT_EQ(got.records.size(), want.records.size()) << about;
}

/// The text in pieces that end at these places.
std::vector<piece> cut(const std::string& text, const std::vector<std::size_t>& at) {
  std::vector<piece> pieces;
  std::size_t from = 0;
  for (const std::size_t to : at) {
    pieces.push_back({text.substr(from, to - from), 1, from});
    from = to;
  }
  pieces.push_back({text.substr(from), 1, from});
  return pieces;
}

class CsvPython : public testing::Test {
 protected:
  void SetUp() override {
    run_tool("python3 " WEIR_CSV_REFERENCE " " + dir_.path().string() + " 1 " + std::to_string(k_tables));
  }
  std::string text(int seed) const { return read_file(dir_ / (std::to_string(seed) + ".csv")); }
  reference wanted(int seed) const { return parse_reference(read_file(dir_ / (std::to_string(seed) + ".want"))); }

 private:
  scratch_dir dir_;
};

TEST_F(CsvPython, ReadsTheSameRecordsFromTextsInRandomPieces) {
  for (int seed = 1; seed <= k_tables; ++seed) {
    const std::string whole = text(seed);
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    for (const std::size_t longest : {std::size_t{1}, std::size_t{50}, whole.size()}) {
      std::vector<std::size_t> at;
      for (std::size_t to = 0; (to += 1 + random() % longest) < whole.size();) at.push_back(to);
      compare(frame(cut(whole, at), wanted(seed).options), wanted(seed), "table " + std::to_string(seed));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(CsvPython, ReadsTheSameRecordsWhereverABlockEnds) {
  for (int seed = 1; seed <= k_tables; ++seed) {
    const std::string whole = text(seed);
    if (whole.size() > 400) continue;
    const reference want = wanted(seed);
    for (std::size_t at = 1; at < whole.size(); ++at) {
      compare(frame(cut(whole, {at}), want.options), want,
              "table " + std::to_string(seed) + " cut at " + std::to_string(at));
      if (HasFatalFailure()) return;
    }
  }
}

} // namespace
} // namespace weir::test
