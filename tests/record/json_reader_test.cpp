#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/json_fault.hpp"
#include "stages/record/record_reader.hpp"
#include "tests/record/reader_support.hpp"

namespace weir::stages {
namespace {

using lines = std::vector<std::string>;

lines read_json(std::string_view text, const reader_options& options) {
  block_maker make(text.size() + 4096);
  const std::unique_ptr<record_reader> reader = make_reader(row_format::json, nullptr, options);
  return read_all(*reader, json_rows(make(text)));
}

TEST(JsonReader, GivesTheWantedFieldsInTheOrderTheyWereAskedFor) {
  EXPECT_EQ(read_json("{\"a\":1,\"b\":\"x\",\"c\":true}\n{\"c\":null,\"b\":\"\",\"a\":-7}\n", wanting({"c", "a", "b"})),
            (lines{"true i:1 s:x", "null i:-7 s:"}));
}

TEST(JsonReader, MissingIsNotNull) {
  EXPECT_EQ(read_json("{\"a\":null}\n{}\n{\"b\":1}\n", wanting({"a"})), (lines{"null", "-", "-"}));
}

TEST(JsonReader, NumbersKeepTheirTextAndTakeTheNarrowestKind) {
  EXPECT_EQ(
      read_json(
          "{\"n\":9223372036854775807}\n{\"n\":-9223372036854775808}\n{\"n\":18446744073709551615}\n"
          "{\"n\":18446744073709551616}\n{\"n\":-9223372036854775809}\n{\"n\":1e3}\n{\"n\":0.10}\n{\"n\":1e-999}\n",
          wanting({"n"})),
      (lines{"i:9223372036854775807", "i:-9223372036854775808", "u:18446744073709551615", "r:18446744073709551616",
             "r:-9223372036854775809", "r:1e3", "r:0.10", "r:1e-999"}));
}

TEST(JsonReader, FollowsPathsAndPassesObjectsOnAsText) {
  EXPECT_EQ(
      read_json("{\"a\":{\"x\":[1,2],\"b\":{\"c\" : 5 } , \"d\":1},\"e\":[ {\"f\":1} ] }\n{\"a\":7}\n{\"a\":[1]}\n",
                wanting({"a.b.c", "a", "a.b", "e", "a.q"})),
      (lines{"i:5 n:{\"x\":[1,2],\"b\":{\"c\" : 5 } , \"d\":1} n:{\"c\" : 5 } n:[ {\"f\":1} ] -", "- i:7 - - -",
             "- n:[1] - - -"}));
}

TEST(JsonReader, OfTwoFieldsOfOneNameTheFirstCounts) {
  EXPECT_EQ(
      read_json("{\"a\":1,\"a\":2,\"b\":3}\n{\"a\":{\"x\":1},\"a\":{\"y\":2},\"b\":3}\n", wanting({"a", "b", "a.y"})),
      (lines{"i:1 i:3 -", "n:{\"x\":1} i:3 -"}));
}

TEST(JsonReader, APathThatIsWantedTwiceIsGivenTwice) {
  EXPECT_EQ(read_json("{\"a\":1,\"b\":2}\n", wanting({"a", "b", "a"})), (lines{"i:1 i:2 i:1"}));
}

TEST(JsonReader, EscapesInValuesAndNamesAreUndone) {
  EXPECT_EQ(
      read_json(
          "{\"\\u0061\":\"q\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\",\"b\":\"plain\"}\n{\"a\":\"\\u0000\"}\n",
          wanting({"a", "b"})),
      (lines{"s:q\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80 s:plain", std::string("s:\0", 3) + " -"}));
}

TEST(JsonReader, ABraceAndBlanksAreBadWhereNothingIsWanted) {
  for (const std::string_view blanks : {"", " ", "\r", "\t", " \t\r", "                                "}) {
    const std::string line = "{" + std::string(blanks);
    EXPECT_EQ(read_json(line + "\n", wanting({})).at(0).substr(0, 13), "bad malformed") << line;
    EXPECT_EQ(read_json(line, wanting({})).at(0).substr(0, 13), "bad malformed") << line;
    const lines among = read_json("{}\n" + line + "\n{}\n" + line, wanting({}));
    ASSERT_EQ(among.size(), 4U) << line;
    EXPECT_EQ(among[2], "") << line;
    EXPECT_EQ(among[3].substr(0, 13), "bad malformed") << line;
  }
}

TEST(JsonReader, ANumberOutOfRangeIsBadWhereItIsLookedAt) {
  const std::string zeros(400, '0');
  for (const std::string& number :
       {std::string("1e400"), std::string("-1.5E+99999999999999999999"), "1" + zeros, "0." + zeros + "1e900"}) {
    const std::string line = "{\"a\":1,\"b\":" + number + ",\"c\":{\"d\":[" + number + "]}}";
    const auto of = [&](const reader_options& options) { return read_json(line, options).at(0).substr(0, 14); };
    EXPECT_EQ(of(wanting({"a"})), "i:1") << number;
    EXPECT_EQ(of(wanting({"b"})), "bad bad number") << number;
    EXPECT_EQ(of(wanting({"c"})), "bad bad number") << number;
    EXPECT_EQ(of(wanting({"a"}, validation::full)), "bad bad number") << number;
  }
  for (const std::string& number : {std::string("1e-400"), std::string("-1.5E-99999999999999999999"),
                                    "0." + zeros + "1", "1" + zeros + "e-900", std::string("0e999999999999")})
    EXPECT_EQ(read_json("{\"a\":" + number + "}", wanting({"a"}, validation::full)), lines{"r:" + number});
}

TEST(JsonReader, BracketsCloseWhatTheyOpened) {
  for (const char* line : {"{\"a\":1,\"b\":2]", "{\"a\":1,\"b\":{\"c\":1]}", "{\"a\":1,\"b\":[1},\"c\":{}}",
                           "{\"b\":[{]},\"a\":1}", "{\"b\":{\"c\":[1}},\"a\":1}"})
    EXPECT_EQ(read_json(line, wanting({"a"})).at(0).substr(0, 13), "bad malformed") << line;
}

TEST(JsonReader, AnEmptyNameIsANameToo) {
  EXPECT_EQ(read_json("{\"\":1,\"a\":2}\n", wanting({"", "a"})), (lines{"i:1 i:2"}));
}

TEST(JsonReader, ABomBlankLinesAndCarriageReturnsAreNoRecords) {
  block_maker make;
  const auto reader = make_reader(row_format::json, nullptr, wanting({"a"}));
  EXPECT_EQ(read_all(*reader, json_rows(make("\xEF\xBB\xBF{\"a\":1}\r\n\r\n  \t\n\n{\"a\":2}"))),
            (lines{"i:1", "i:2"}));
}

TEST(JsonReader, ABomAnywhereElseIsAFault) {
  block_maker make;
  const auto reader = make_reader(row_format::json, nullptr, wanting({"a"}));
  EXPECT_EQ(read_all(*reader, json_rows(make("\xEF\xBB\xBF{\"a\":1}\n", 10))), (lines{"bad not an object @0"}));
}

TEST(JsonReader, SaysWhereEachRecordStands) {
  block_maker make;
  const auto reader = make_reader(row_format::json, nullptr, wanting({"a"}));
  const rows in = json_rows(make("\n{\"a\":1}\r\nxx\n{\"a\":2}", 1000));
  reader->begin(in);
  ASSERT_EQ(reader->next(), record_reader::found::record);
  EXPECT_EQ(reader->offset(), 1U);
  EXPECT_EQ(reader->size(), 9U);
  EXPECT_EQ(reader->source_position(), 1001U);
  ASSERT_EQ(reader->next(), record_reader::found::bad);
  EXPECT_EQ(reader->offset(), 10U);
  EXPECT_EQ(reader->size(), 3U);
  ASSERT_EQ(reader->next(), record_reader::found::record);
  EXPECT_EQ(reader->offset(), 13U);
  EXPECT_EQ(reader->size(), 7U);
  EXPECT_EQ(reader->source_position(), 1013U);
  EXPECT_EQ(reader->next(), record_reader::found::end);
}

TEST(JsonReader, ARecordOfABlockWithGapsHasThePlaceOfItsBlock) {
  block_maker make;
  const auto reader = make_reader(row_format::json, nullptr, wanting({"a"}));
  rows in = json_rows(make("{\"a\":1}\n{\"a\":2}\n", 1000));
  in.data.end_position(5000);
  reader->begin(in);
  ASSERT_EQ(reader->next(), record_reader::found::record);
  ASSERT_EQ(reader->next(), record_reader::found::record);
  EXPECT_EQ(reader->source_position(), 1000U);
}

struct bad_line {
  std::string_view text;
  std::string_view why;
  std::size_t column;
  bool seen_when_touched = true;
};

using namespace std::string_view_literals;

const bad_line k_bad_lines[] = {
    {"{\"a\":1,\"s\":\"\xFF\"}"sv, "bad UTF-8", 12},
    {"{\"a\":1,\"s\":\"\xED\xA0\x80\"}"sv, "bad UTF-8", 12},
    {"{\"a\":1,\"s\":\"\xC3\"}"sv, "bad UTF-8", 12},
    {"\xFF\xFE{\"a\":1}"sv, "bad UTF-8", 0},
    {"{\"a\":1,\"s\":\"open}"sv, "string not closed", 11},
    {"{\"a\":1,\"s\":\"x\\\"}"sv, "string not closed", 11},
    {"{\"a\":1,\"s\":\"x\ty\"}"sv, "raw control byte in a string", 13},
    {"{\"a\":1,\"s\":\"x\0y\"}"sv, "raw control byte in a string", 13},
    {"{\"a\":}"sv, "value missing", 5},
    {"{\"a\":,\"s\":1}"sv, "value missing", 5},
    {"{\"s\":,\"a\":1}"sv, "value missing", 5},
    {"{\"a\":1,\"s\":}"sv, "value missing", 11, false},
    {"17"sv, "not an object", 0},
    {"[1]"sv, "not an object", 0},
    {"\"a\""sv, "not an object", 0},
    {"null"sv, "not an object", 0},
    {"hello"sv, "not an object", 0},
    {"{\"a\":1}}"sv, "text behind the record", 7},
    {"{\"a\":1,\"s\":2}}"sv, "text behind the record", 13},
    {"{\"a\":1}{\"a\":2}"sv, "text behind the record", 7},
    {"{\"a\":1} {\"a\":2}"sv, "text behind the record", 8},
    {"{\"a\":1} x"sv, "text behind the record", 8},
    {"{\"a\":1},"sv, "text behind the record", 7},
    {"{\"a\":1"sv, "malformed", 6},
    {"{\"a\":1,"sv, "malformed", 7},
    {"{\"a\":1,\"s\":{\"t\":1}"sv, "malformed", 18},
    {"{"sv, "malformed", 1},
    {"{a:1}"sv, "malformed", 1},
    {"{\"a\" 1}"sv, "malformed", 5},
    {"{\"a\":1 \"s\":2}"sv, "malformed", 7},
    {"{\"a\":1,}"sv, "malformed", 7, false},
    {"{,\"a\":1}"sv, "malformed", 1},
    {"{\"a\":1]"sv, "malformed", 6},
    {"{\"a\":[1,2}"sv, "malformed", 9},
    {"{\"a\":[1,]}"sv, "value missing", 8},
    {"{\"a\":\"\\x\"}"sv, "malformed", 6},
    {"{\"a\":\"\\ud800\"}"sv, "malformed", 6},
    {"{\"a\":\"\\u12g4\"}"sv, "malformed", 6},
    {"{\"a\":1,\"s\":\"\\x\"}"sv, "malformed", 12, false},
    {"{\"a\":01}"sv, "bad number", 5},
    {"{\"a\":1.}"sv, "bad number", 5},
    {"{\"a\":-}"sv, "bad number", 5},
    {"{\"a\":1e}"sv, "bad number", 5},
    {"{\"a\":12x}"sv, "bad number", 5},
    {"{\"a\":1,\"s\":12x}"sv, "bad number", 11, false},
    {"{\"a\":+1}"sv, "malformed", 5},
    {"{\"a\":truE}"sv, "malformed", 5},
    {"{\"a\":nul}"sv, "malformed", 5},
    {"{\"a\":NaN}"sv, "malformed", 5},
    {"{\"a\":1e999}"sv, "bad number", 5, true},
};

TEST(JsonReader, EachBadLineAndNoOtherIsBad) {
  for (const validation check : {validation::touched, validation::full}) {
    for (const bad_line& bad : k_bad_lines) {
      SCOPED_TRACE(bad.text);
      if (check == validation::touched && !bad.seen_when_touched) continue;
      const std::string text = "{\"a\":1,\"s\":\"x\"}\n" + std::string(bad.text) + "\n{\"a\":3,\"s\":{\"t\":[]}}\n";
      const std::string told = "bad " + std::string(bad.why) + " @" + std::to_string(bad.column);
      EXPECT_EQ(read_json(text, wanting({"a"}, check)), (lines{"i:1", told, "i:3"}));
      const std::string at_the_end = "{\"a\":1}\n" + std::string(bad.text);
      EXPECT_EQ(read_json(at_the_end, wanting({"a"}, check)), (lines{"i:1", told}));
    }
  }
}

TEST(JsonReader, ABadRecordIsBadWhoeverWantsNothingOfItWhenAllIsChecked) {
  for (const bad_line& bad : k_bad_lines) {
    if (bad.text == "{\"a\":1e999}"sv) continue; // a number like others, as long as nobody must make a double of it
    SCOPED_TRACE(bad.text);
    const lines all = read_json(std::string(bad.text) + "\n{}", wanting({}, validation::full));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].starts_with("bad ")) << all[0];
  }
}

TEST(JsonReader, OneObjectALineIsSeenToBeforeAndBehindTheLastWantedField) {
  const lines good = {"i:1"};
  for (const std::string_view text : {"{\"a\":1,\"s\":\"}{\"}"sv, "{\"a\":1,\"s\":{\"t\":{}}}"sv,
                                      "{\"s\":\"}\",\"a\":1} "sv, "{\"s\":[{\"t\":\"]\"}],\"a\":1}\r"sv}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(read_json(text, wanting({"a"})), good);
  }
}

TEST(JsonReader, UnknownFieldsAreNamed) {
  EXPECT_EQ(read_json("{\"a\":1,\"b\":2}\n{\"a\":1,\"new\":2,\"b\":3}\n{\"b\":{\"new\":1}}\n",
                      wanting({"a", "b"}, validation::touched, true)),
            (lines{"i:1 i:2", "bad unknown field @7 new", "- n:{\"new\":1}"}));
}

TEST(JsonReader, NestingHasALimit) {
  const auto nested = [](std::size_t arrays) {
    return "{\"a\":" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
  };
  EXPECT_TRUE(read_json(nested(1022), wanting({}, validation::full))[0].empty());
  EXPECT_TRUE(read_json(nested(1030), wanting({}, validation::full))[0].starts_with("bad malformed"));
  EXPECT_TRUE(read_json(nested(100'000), wanting({"a"}))[0].starts_with("bad malformed"));
  EXPECT_TRUE(read_json(nested(100'000), wanting({"b"})) == lines{"-"});
}

TEST(JsonReader, RecordsOfSixteenMebibytesAreRecords) {
  const std::string filler(16 << 20, 'x');
  EXPECT_EQ(read_json("{\"a\":1}\n{\"big\":\"" + filler + "\",\"a\":2}\n{\"a\":3}\n", wanting({"a"})),
            (lines{"i:1", "i:2", "i:3"}));
}

TEST(JsonReader, ReadsNothingBehindItsBlockWhereverThatEnds) {
  for (std::size_t room = 16; room < 400; ++room) {
    std::string text;
    while (text.size() + 16 <= room) { text += "{\"a\":\"\\u0041bc\"}\n"; }
    if (text.empty() || text.size() > room) text = "{\"a\":\"xABCxxx\"}\n";
    text.resize(std::min(text.size(), room));
    block_maker make(room);
    const auto reader = make_reader(row_format::json, nullptr, wanting({"a"}, validation::full));
    rows in = json_rows(make(text));
    reader->begin(in);
    while (reader->next() != record_reader::found::end) {}
    in.data.drop_back(1); // the last line without its LF
    reader->begin(in);
    while (reader->next() != record_reader::found::end) {}
  }
}

TEST(JsonReader, ColumnsAreThoseOfTheGoodRecords) {
  block_maker make;
  const rows in = json_rows(make("{\"a\":null,\"b\":1.5}\n{\"z\":1}}\n{\"c\":[1],\"a\":\"x\"}\n{\"d\":null}\n"));
  std::string all;
  for (const column_seen& one : columns_of(in)) { all += one.name + ":" + std::string(name_of(one.kind)) + " "; }
  EXPECT_EQ(all, "a:a string b:a number c:an object or array d:null ");
}

} // namespace
} // namespace weir::stages
