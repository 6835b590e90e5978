#include "stages/record/text_writer.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/record_reader.hpp"
#include "stages/record/row_writer.hpp"
#include "tests/record/reader_support.hpp"

namespace weir::stages {
namespace {

using form = text_writer::form;

cell text_cell(std::string_view text, cell_kind kind = cell_kind::string) {
  cell c;
  c.kind = kind;
  c.text = text;
  return c;
}
cell plain_cell(cell_kind kind) { return text_cell({}, kind); }
cell integer_cell(std::int64_t value) {
  cell c = plain_cell(cell_kind::integer);
  c.integer = value;
  return c;
}
cell real_cell(double value) {
  cell c = plain_cell(cell_kind::real);
  c.real = value;
  return c;
}

std::string line(form what, std::vector<cell> record, char delimiter = ',') {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < record.size(); ++i) { names.emplace_back(1, static_cast<char>('a' + i)); }
  const text_writer writer(what, names, delimiter);
  std::string made(writer.size(record), '?');
  EXPECT_EQ(writer.write(record, made.data()), made.data() + made.size());
  EXPECT_GE(writer.bound(record), made.size());
  EXPECT_EQ(made.back(), '\n');
  made.pop_back();
  return made;
}

TEST(TextWriter, JsonHasEveryKindAndLeavesTheMissingOut) {
  cell yes = plain_cell(cell_kind::boolean);
  yes.truth = true;
  EXPECT_EQ(line(form::json, {integer_cell(-5), real_cell(0.1), text_cell("1e2", cell_kind::real), yes,
                              plain_cell(cell_kind::missing), plain_cell(cell_kind::null), text_cell("x"),
                              text_cell("[1, 2]", cell_kind::nested)}),
            R"({"a":-5,"b":0.1,"c":1e2,"d":true,"f":null,"g":"x","h":[1, 2]})");
  EXPECT_EQ(line(form::json, {plain_cell(cell_kind::missing)}), "{}");
  EXPECT_EQ(line(form::json, {plain_cell(cell_kind::missing), integer_cell(1)}), R"({"b":1})");
}

TEST(TextWriter, JsonEscapesWhatItMustWhereverThatStands) {
  EXPECT_EQ(line(form::json, {text_cell(std::string_view("\0\b\t\n\f\r\"\\/\x1f\x7f\xC3\xA9", 13))}),
            "{\"a\":\"\\u0000\\b\\t\\n\\f\\r\\\"\\\\/\\u001f\x7f\xC3\xA9\"}");
  for (std::size_t size = 0; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, '\xFF');
      text[at] = '"';
      std::string expected = text;
      expected.insert(at, 1, '\\');
      EXPECT_EQ(line(form::json, {text_cell(text)}), "{\"a\":\"" + expected + "\"}");
    }
  }
}

TEST(TextWriter, NamesAreEscapedToo) {
  const std::vector<std::string> names = {"q\"", "\n"};
  std::string made = "x";
  append_json(made, names, std::vector<cell>{integer_cell(1), integer_cell(2)});
  EXPECT_EQ(made, "x{\"q\\\"\":1,\"\\n\":2}");
}

TEST(TextWriter, CsvQuotesOnlyWhatItMust) {
  const auto csv = [](std::string_view text, char delimiter = ',') {
    return line(form::csv, {text_cell(text)}, delimiter);
  };
  EXPECT_EQ(csv("plain text"), "plain text");
  EXPECT_EQ(csv(""), "\"\"");
  EXPECT_EQ(csv("12"), "\"12\"");
  EXPECT_EQ(csv("-1.5e3"), "\"-1.5e3\"");
  EXPECT_EQ(csv("12a"), "12a");
  EXPECT_EQ(csv("a,b"), "\"a,b\"");
  EXPECT_EQ(csv("a,b", '\t'), "a,b");
  EXPECT_EQ(csv("a\tb", '\t'), "\"a\tb\"");
  EXPECT_EQ(csv("say \"yes\""), "\"say \"\"yes\"\"\"");
  EXPECT_EQ(csv("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv("cr\rhere"), "\"cr\rhere\"");
  EXPECT_EQ(csv(" x"), "\" x\"");
  EXPECT_EQ(csv("x\t"), "\"x\t\"");
}

TEST(TextWriter, CsvOfNothingIsEmptyAndARecordOfNothingIsStillALine) {
  EXPECT_EQ(line(form::csv, {plain_cell(cell_kind::null), integer_cell(3), plain_cell(cell_kind::missing)}), ",3,");
  EXPECT_EQ(line(form::csv, {plain_cell(cell_kind::null)}), "\"\"");
  EXPECT_EQ(line(form::csv, {text_cell("{\"x\":1}", cell_kind::nested), integer_cell(3)}), "\"{\"\"x\"\":1}\",3");
}

TEST(TextWriter, TheHeaderIsQuotedLikeALine) {
  row_schema schema;
  schema.columns = {"a", "b c", "d,e", "f\"g"};
  EXPECT_EQ(csv_header(schema), "a,b c,\"d,e\",\"f\"\"g\"\n");
}

TEST(RowWriter, WritesUntilTheBlockIsFullAndNotAByteMore) {
  const auto schema = std::make_shared<const row_schema>(row_schema{.columns = {"a"}});
  for (const sift_form what : {sift_form::cells, sift_form::json, sift_form::csv}) {
    block_maker make(100);
    block to = make("");
    row_writer writer;
    writer.begin(to, what, schema, 500);
    const std::vector<cell> record = {text_cell("0123456789")};
    const std::size_t each = writer.needed(record);
    std::uint32_t count = 0;
    while (writer.append(record, 500 + count)) { ++count; }
    EXPECT_EQ(writer.records(), count);
    EXPECT_EQ(to.size(), count * each);
    EXPECT_GT(to.size() + each, to.capacity());
  }
}

} // namespace
} // namespace weir::stages
