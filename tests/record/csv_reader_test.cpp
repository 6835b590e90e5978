#include <gtest/gtest.h>

#include <limits>

#include "stages/record/number_text.hpp"
#include "stages/record/quote_parity.hpp"
#include "stages/text/utf8.hpp"
#include "tests/record/csv_support.hpp"

namespace weir::test {
namespace {

using stages::record_reader;
using strings = std::vector<std::string>;

stages::row_schema schema_of(strings columns, char delimiter = ',', bool quoted_newlines = false) {
  return {std::move(columns), delimiter, quoted_newlines};
}

/// The records of one block that is a source's first.
class block_of {
 public:
  explicit block_of(std::string_view text) {
    rows_.data = pool_.try_take_large(text.size() + 1);
    std::copy(text.begin(), text.end(), reinterpret_cast<char*>(rows_.data.data()));
    rows_.data.resize(text.size());
    rows_.data.end_position(text.size());
    rows_.format = stages::row_format::csv;
  }
  std::vector<csv_record> records(const stages::row_schema& schema) {
    rows_.schema = std::make_shared<const stages::row_schema>(schema);
    std::vector<csv_record> to;
    read_all(rows_, to);
    return to;
  }
  stages::rows& rows() { return rows_; }

 private:
  block_pool pool_{k_block_size, 16u << 20};
  stages::rows rows_;
};

std::vector<csv_record> records_of(std::string_view text, const stages::row_schema& schema) {
  return block_of(text).records(schema);
}

TEST(CsvReader, TellsNullNumberAndString) {
  const auto got = records_of("1,,\"\",\"1\",x\n-0.5e3,007,1.,+1,\"a,b\"\r\n", schema_of({"a", "b", "c", "d", "e"}));
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].cells, (strings{"n1", "-", "s", "s1", "sx"}));
  EXPECT_EQ(got[1].cells, (strings{"n-0.5e3", "s007", "s1.", "s+1", "sa,b"}));
}

TEST(CsvReader, EveryFaultIsThatOfOneRecordOnly) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"1", "wrong number of fields"}, {"1,2,3", "wrong number of fields"},
      {"1,\"2", "bad quote"},          {"\"1\"x,2", "bad quote"},
      {"1,\"2\" ", "bad quote"},       {"1,\"", "bad quote"},
      {"1,\"\"\"", "bad quote"},       {"1,\xff", "bad UTF-8"},
      {"\xed\xa0\x80,2", "bad UTF-8"}};
  for (const auto& [line, why] : faults)
    for (const std::string end : {"\n", "\r\n"}) {
      const auto got = records_of("a,1" + end + line + end + "b,2" + end, schema_of({"k", "v"}));
      ASSERT_EQ(got.size(), 3u) << line;
      EXPECT_EQ(got[0].cells, (strings{"sa", "n1"})) << line;
      EXPECT_EQ(got[1].bad, why) << line;
      EXPECT_EQ(got[1].raw, line + end);
      EXPECT_EQ(got[1].position, 3 + end.size()) << line;
      EXPECT_EQ(got[2].cells, (strings{"sb", "n2"})) << line;
    }
}

TEST(CsvReader, SaysAtWhichByteItWentWrong) {
  const stages::row_schema schema = schema_of({"k", "v"});
  const std::vector<std::pair<std::string, std::uint32_t>> faults = {
      {"ab\n", 2}, {"a,b,c,d\n", 4}, {"a,b,\"c\"\n", 4}, {"ab,\"c\n", 3}, {"a,\"b\"c\n", 5}, {"ab,\xff\n", 3}};
  for (const auto& [line, column] : faults) {
    block_of text(line);
    const auto reader = make_csv_reader(schema, {});
    reader->begin(text.rows());
    ASSERT_EQ(reader->next(), record_reader::found::bad) << line;
    EXPECT_EQ(reader->problem().column, column) << line;
    EXPECT_EQ(reader->next(), record_reader::found::end) << line;
  }
}

TEST(CsvReader, AQuoteInsideAFieldIsACharacterUnlessItCouldHideALineEnd) {
  const std::string text = "5\" disk,1\nb,2\n3\" disk,3\nc,4\n";
  const auto lines = records_of(text, schema_of({"k", "v"}));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].cells, (strings{"s5\" disk", "n1"}));
  const auto parity = records_of(text, schema_of({"k", "v"}, ',', true));
  ASSERT_EQ(parity.size(), 2u);
  EXPECT_EQ(parity[0].bad, "bad quote");
  EXPECT_EQ(parity[1].cells, (strings{"sc", "n4"}));
}

TEST(CsvReader, QuotedFieldsHoldLineEndsWhereThatIsSaid) {
  const auto got = records_of("\"a\r\n\"\"b\",1\n\"\n\n\",\"\n", schema_of({"k", "v"}, ',', true));
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].cells, (strings{"sa\r\n\"b", "n1"}));
  EXPECT_EQ(got[1].bad, "bad quote");
  EXPECT_EQ(got[1].raw, "\"\n\n\",\"\n");
}

TEST(CsvReader, EmptyAndBlankLinesAreNoRecordsButALineOfTabsIsOfTabSeparatedOnes) {
  const auto got = records_of("\n\r\na\n   \n\"\"\nb\n\n", schema_of({"k"}));
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[1].cells, (strings{"s"}));
  EXPECT_EQ(got[2].position, 12u);
  const auto tabs = records_of("\t\n \n", schema_of({"k", "v"}, '\t'));
  ASSERT_EQ(tabs.size(), 1u);
  EXPECT_EQ(tabs[0].cells, (strings{"-", "-"}));
}

TEST(CsvReader, GivesWantedColumnsInTheOrderAskedFor) {
  block_of text("1,\"x\"\"y\",3\n4,\"\"\"\",6");
  const auto reader = make_csv_reader(schema_of({"a", "b", "c"}), {.wanted = {{{"c"}}, {{"b"}}, {{"c"}}, {{"b"}}}});
  reader->begin(text.rows());
  for (const strings& want : {strings{"n3", "sx\"y", "n3", "sx\"y"}, strings{"n6", "s\"", "n6", "s\""}}) {
    ASSERT_EQ(reader->next(), record_reader::found::record);
    strings got;
    for (const stages::cell& c : reader->cells()) got.push_back(shown(c));
    EXPECT_EQ(got, want);
  }
  EXPECT_EQ(reader->next(), record_reader::found::end);
}

TEST(CsvReader, RefusesAColumnThatIsNotThereAndNamesThoseThatAre) {
  for (const stages::field_path& path : {stages::field_path{{"x"}}, stages::field_path{{"a", "b"}}}) {
    try {
      (void)make_csv_reader(schema_of({"a", "b"}), {.wanted = {path}});
      ADD_FAILURE() << "not refused";
    } catch (const std::invalid_argument& error) {
      EXPECT_TRUE(std::string_view(error.what()).ends_with("; there are a, b")) << error.what();
    }
  }
}

TEST(CsvReader, OnlyWantedMakesRecordsWithOtherColumnsBad) {
  block_of text("1,2\n");
  const auto reader = make_csv_reader(schema_of({"a", "b"}), {.wanted = {{{"a"}}}, .only_wanted = true});
  reader->begin(text.rows());
  ASSERT_EQ(reader->next(), record_reader::found::bad);
  EXPECT_EQ(reader->problem().why, stages::reject_class::unknown_field);
  EXPECT_EQ(reader->problem().field, "b");
}

TEST(NumberText, KeepsIntegersExact) {
  stages::cell c;
  ASSERT_TRUE(stages::read_number("-9223372036854775808", c));
  EXPECT_EQ(c.kind, stages::cell_kind::integer);
  EXPECT_EQ(c.integer, std::numeric_limits<std::int64_t>::min());
  ASSERT_TRUE(stages::read_number("18446744073709551615", c));
  EXPECT_EQ(c.kind, stages::cell_kind::whole);
  EXPECT_EQ(c.whole, std::numeric_limits<std::uint64_t>::max());
  ASSERT_TRUE(stages::read_number("18446744073709551616", c));
  EXPECT_EQ(c.kind, stages::cell_kind::real);
  ASSERT_TRUE(stages::read_number("25e-2", c));
  EXPECT_EQ(c.real, 0.25);
  EXPECT_EQ(c.text, "25e-2");
  for (const char* none : {"", "-", "01", "1.", ".1", "1e", "1e+", "0x1", "1 ", " 1", "inf", "nan", "1e999", "--1"})
    EXPECT_FALSE(stages::read_number(none, c)) << none;
}

TEST(Utf8, EndsAtTheFirstByteThatIsNoCharacter) {
  const std::string good = "plain text, äöü, \xe2\x82\xac, \xf0\x9f\x98\x80, \xf4\x8f\xbf\xbf, \xed\x9f\xbf, \xc2\x80";
  EXPECT_TRUE(stages::is_utf8(good));
  EXPECT_TRUE(stages::is_utf8(""));
  for (const std::string bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5",
        "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xe2\x28\xa1", "\xf0\x28\x8c\xbc", "\xc3\xc3"})
    for (std::size_t pad = 0; pad < 10; ++pad) {
      EXPECT_EQ(stages::valid_utf8_prefix(good + std::string(pad, 'x') + bad), good.size() + pad);
      EXPECT_EQ(stages::valid_utf8_prefix(good + std::string(pad, 'x') + bad + "tail of it"), good.size() + pad);
    }
}

/// Where records end, a byte at a time.
std::vector<std::size_t> ends_of(std::string_view text, bool inside) {
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < text.size(); ++i) {
    inside = inside != (text[i] == '"');
    if (text[i] == '\n' && !inside) ends.push_back(i + 1);
  }
  return ends;
}

TEST(QuoteParity, FindsTheEndsThatAPlainScanFinds) {
  std::uint64_t random = 88172645463325252u;
  const auto next = [&random] {
    random ^= random << 13;
    random ^= random >> 7;
    return random ^= random << 17;
  };
  const stages::quote_parity_ends ends;
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::uint64_t n = next() % 300; n > 0; --n) text += "\"\n,ab"[next() % 5];
    for (const bool inside : {false, true}) {
      const auto want = ends_of(text, inside);
      ASSERT_EQ(ends.first(text, inside), want.empty() ? 0 : want.front()) << text;
      if (!inside) { ASSERT_EQ(ends.last(text), want.empty() ? 0 : want.back()) << text; }
      ASSERT_EQ(ends.inside(text, inside), inside != (std::count(text.begin(), text.end(), '"') % 2 == 1));
    }
  }
}

} // namespace
} // namespace weir::test
