#include <gtest/gtest.h>

#include "tests/record/csv_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::test {
namespace {

using strings = std::vector<std::string>;

strings cells_of(const framed& got) {
  strings all;
  for (const csv_record& record : got.records)
    for (const std::string& cell : record.cells) all.push_back(cell);
  return all;
}

TEST(CsvFramer, EverySourceHasItsOwnHeaderAndItsOpenLastRecord) {
  const framed got = frame({{"a,b\n1,2", 1}, {"b,a\r\n3,4\r\n", 2}, {"b,a\n5,6", 3}}, {});
  EXPECT_EQ(cells_of(got), (strings{"n1", "n2", "n3", "n4", "n5", "n6"}));
  EXPECT_EQ(got.columns.front(), (strings{"a", "b"}));
  EXPECT_EQ(got.columns.back(), (strings{"b", "a"}));
}

TEST(CsvFramer, SourcesWithoutANumberBeginWherePositionsGoBack) {
  EXPECT_EQ(cells_of(frame({{"a\n1"}, {"b\n2"}, {"c\n3\n"}, {"d\n4\n"}}, {})), (strings{"n1", "n2", "n3", "n4"}));
}

TEST(CsvFramer, MergedSourcesOfWholeLinesMayTakeTurns) {
  const framed got = frame({{"a\n1\n", 1}, {"b\n2\n", 2}, {"3\n", 1, 4}, {"4\n", 2, 4}, {"5\n", 1, 6}}, {});
  EXPECT_EQ(cells_of(got), (strings{"n1", "n2", "n3", "n4", "n5"}));
  EXPECT_EQ(got.columns[2], (strings{"a"}));
  EXPECT_EQ(got.columns[3], (strings{"b"}));
}

// Connections come and go for days: what is remembered of them has an end.
TEST(CsvFramer, RemembersTheLatestSourcesOnly) {
  const auto behind = [](std::uint32_t others) {
    std::vector<piece> pieces = {{"a\n1\n", 1}, {"b\n2\n", 2}, {"3\n", 1, 4}};
    for (std::uint32_t i = 0; i < others; ++i) pieces.push_back({"c\n", 3 + i});
    pieces.push_back({"4\n", 1, 6});
    return cells_of(frame(pieces, {}));
  };
  constexpr auto k_most = static_cast<std::uint32_t>(stages::csv_framer::k_most_sources);
  EXPECT_EQ(behind(k_most - 1), (strings{"n1", "n2", "n3", "n4"}));
  EXPECT_EQ(error_of([&] { (void)behind(k_most); }),
            "csv: the input begins at byte 6, behind the header that names its columns: name them with --columns");
}

TEST(CsvFramer, KnowsWhereEachRecordStoodAndHowManyLinesStandBefore) {
  const std::string text = "\xEF\xBB\xBF\n\"a\nb\",c\n1,\"x\ny\"\n\n3,4";
  for (std::size_t at = 1; at < text.size(); ++at) {
    const framed got = frame({{text.substr(0, at), 1}, {text.substr(at), 1, at}}, {.quoted_newlines = true});
    ASSERT_EQ(got.records.size(), 2u) << at;
    for (const csv_record& record : got.records) {
      EXPECT_EQ((text + "\n").substr(record.position, record.raw.size()), record.raw) << at;
      EXPECT_FALSE(record.raw.empty());
    }
    EXPECT_EQ(got.columns.front(), (strings{"a\nb", "c"}));
    EXPECT_EQ(got.header_lines.front(), 3u) << at;
    for (std::size_t i = 1; i < got.ranges.size(); ++i) EXPECT_EQ(got.ranges[i].first, got.ranges[i - 1].second) << at;
    EXPECT_EQ(got.ranges.back().second, text.size()) << at;
  }
}

TEST(CsvFramer, AHeaderAloneStillTellsItsColumns) {
  for (const char* text : {"a,b", "a,b\n", "\n\na,b\r\n"}) {
    const framed got = frame({{text, 1}}, {});
    ASSERT_EQ(got.columns.size(), 1u);
    EXPECT_EQ(got.columns.front(), (strings{"a", "b"}));
    EXPECT_TRUE(got.records.empty());
  }
  EXPECT_TRUE(frame({{"\n\n", 1}}, {}).columns.empty());
}

TEST(CsvFramer, WithColumnsNoRecordIsAHeader) {
  const stages::csv_framing options{.columns = {"x", "y"}, .delimiter = ';'};
  EXPECT_EQ(cells_of(frame({{"\xEF\xBB\xBF"
                             "a;b\n1;2\n",
                             1},
                            {"3;4", 2, 100}},
                           options)),
            (strings{"sa", "sb", "n1", "n2", "n3", "n4"}));
}

TEST(CsvFramer, RefusesAHeaderThatIsNone) {
  const auto error = [](std::vector<piece> pieces) { return error_of([&] { (void)frame(pieces, {}); }); };
  EXPECT_EQ(error({{"a,\"b\n1,2\n", 1}}), "csv: the header at byte 0 has a quote out of place");
  EXPECT_EQ(error({{"\na,\xff\n1,2\n", 1}}), "csv: the header at byte 1 is not UTF-8");
  EXPECT_EQ(error({{"1,2\n", 1, 70}}),
            "csv: the input begins at byte 70, behind the header that names its columns: name "
            "them with --columns");
}

TEST(CsvFramer, RefusesADelimiterThatMeansSomethingElse) {
  for (const char c : {'"', '\n', '\r', '\0', '\xe4'})
    EXPECT_THROW(stages::csv_framer({.delimiter = c}), std::invalid_argument);
}

TEST(CsvFramer, RecordsLongerThanBlocksComeWhole) {
  std::string text = "k,v\n";
  for (int i = 0; i < 40; ++i)
    text += std::to_string(i) + ",\"" + std::string(static_cast<std::size_t>(i) * 2000, 'x') + "\n\"\"\"\r\n";
  const framed got = frame({{text, 1}}, {.quoted_newlines = true}, 16'384);
  ASSERT_EQ(got.records.size(), 40u);
  for (std::size_t i = 0; i < 40; ++i) {
    ASSERT_EQ(got.records[i].cells.at(0), "n" + std::to_string(i));
    ASSERT_EQ(got.records[i].cells.at(1), "s" + std::string(i * 2000, 'x') + "\n\"");
  }
}

TEST(CsvFramer, AHeaderThatDoesNotFitIsAnError) {
  const std::string text = "\"" + std::string(9u << 20, 'x') + "\"\n";
  const std::string error = error_of([&] {
    (void)frame({{text, 1}}, {.quoted_newlines = true}, k_block_size, 8u << 20);
  });
  EXPECT_EQ(error, "csv: the header at byte 0 has 9437187 bytes, more than the memory that there is");
}

} // namespace
} // namespace weir::test
