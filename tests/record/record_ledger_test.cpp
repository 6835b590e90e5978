#include "stages/record/record_ledger.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "stages/file/io_error.hpp"
#include "stages/record/json_escape.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using test::read_file;
using test::scratch_dir;

bad_record_report bad_line(std::uint64_t line, std::string_view raw = "{") {
  return {.stage = "json",
          .why = reject_class::malformed,
          .message = "malformed",
          .file = "a.ndjson",
          .line = line,
          .column = 2,
          .byte = 10 * line,
          .raw = raw};
}

record_policy aside(const std::string& path) { return {bad_record::dead_letter, path}; }

TEST(RecordLedger, NamesAccountsInTheirOrderAndNumbersTheSecondOfAName) {
  record_ledger ledger;
  ledger.open("json", true);
  ledger.open("where");
  ledger.open("where");
  const auto all = ledger.accounts();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0]->stage, "json");
  EXPECT_EQ(all[1]->stage, "where");
  EXPECT_EQ(all[2]->stage, "where#2");
}

TEST(RecordLedger, StopsWithThePlaceOfTheRecord) {
  record_ledger ledger;
  try {
    ledger.rejected({}, bad_line(1834));
    FAIL() << "no error";
  } catch (const bad_data& error) { EXPECT_STREQ(error.what(), "a.ndjson:1834:2 (byte 18340): json: malformed"); }
  EXPECT_EQ(ledger.bad_records(), 1u);
}

TEST(RecordLedger, TwoNamesOfOneFileAreOneFile) {
  const scratch_dir dir;
  record_ledger ledger;
  for (const char* name : {"bad", "./bad", "../bad"}) {
    const std::string path = std::string_view(name) == "../bad" ? (dir / "sub") + "/../bad" : dir / name;
    if (std::string_view(name) == "../bad") std::filesystem::create_directory(dir / "sub");
    ledger.prepare(aside(path));
    ledger.rejected(aside(path), bad_line(1));
  }
  const std::size_t one = ledger.unwritten() / 3;
  ledger.flush();
  const std::string letters = read_file(dir / "bad");
  EXPECT_EQ(letters.size(), 3 * one);
  EXPECT_EQ(letters.substr(0, one), letters.substr(2 * one));
}

TEST(RecordLedger, TellsAPlaceThatIsKnownInPart) {
  bad_record_report bad = bad_line(0);
  bad.exact = false;
  bad.file.clear();
  EXPECT_EQ(text_of(bad), "input (in the block from byte 0): json: malformed");
}

TEST(RecordLedger, GroupsByStageAndClassWithTheFirstSampleAndTheLastPlace) {
  record_ledger ledger;
  const record_policy skip{bad_record::skip, {}};
  const std::string longest(300, 'x');
  ledger.rejected(skip, bad_line(1, longest));
  ledger.rejected(skip, bad_line(2));
  bad_record_report other = bad_line(3);
  other.why = reject_class::bad_utf8;
  ledger.rejected(skip, other);
  ledger.rejected(skip, bad_line(4));
  const auto groups = ledger.errors();
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].count, 3u);
  EXPECT_EQ(groups[0].first.line, 1u);
  EXPECT_EQ(groups[0].sample, longest.substr(0, 200));
  EXPECT_EQ(groups[0].last_place, "a.ndjson:4 (byte 40)");
  EXPECT_EQ(groups[1].count, 1u);
  EXPECT_EQ(ledger.bad_records(), 4u);
}

TEST(RecordLedger, PutsRecordsAsideAsJsonLines) {
  const scratch_dir dir;
  record_ledger ledger({}, "run 1");
  ledger.rejected(aside(dir / "bad"), bad_line(7, "{\"a\":\"\x01\t"));
  bad_record_report bytes = bad_line(0, "\xff\xfe!");
  bytes.column = 0;
  bytes.exact = false;
  ledger.rejected(aside(dir / "bad"), bytes);
  EXPECT_GT(ledger.unwritten(), 0u);
  ledger.make_durable();
  EXPECT_EQ(ledger.unwritten(), 0u);
  EXPECT_EQ(read_file(dir / "bad"),
            R"({"run":"run 1","stage":"json","class":"malformed","reason":"malformed","file":"a.ndjson",)"
            R"("line":7,"column":2,"byte":70,"exact":true,"attempts":1,"raw":"{\"a\":\"\u0001\t"})"
            "\n"
            R"({"run":"run 1","stage":"json","class":"malformed","reason":"malformed","file":"a.ndjson",)"
            R"("byte":0,"exact":false,"attempts":1,"raw_base64":"//4h"})"
            "\n");
}

TEST(RecordLedger, AddsToWhatAnEarlierRunLeft) {
  const scratch_dir dir;
  const std::string earlier = "{\"run\":\"0\",\"raw\":\"x\"}\n";
  test::write_file(dir / "whole", earlier);
  test::write_file(dir / "half", earlier + "{\"run\":\"0\",\"ra");
  test::write_file(dir / "shorter", earlier + "{\"r");
  test::write_file(dir / "other", "a line of somebody else");
  for (const char* name : {"whole", "half", "shorter", "other"}) {
    record_ledger ledger({}, "1");
    ledger.rejected(aside(dir / name), bad_line(1));
    ledger.finish();
    const std::string text = read_file(dir / name);
    const std::string before = name == std::string("other") ? "a line of somebody else\n" : earlier;
    EXPECT_EQ(text.substr(0, before.size() + 11), before + "{\"run\":\"1\",") << name;
    EXPECT_EQ(text.find('\n', before.size()), text.size() - 1) << name;
  }
}

TEST(RecordLedger, WritesARecordOfAnySizeInPieces) {
  const scratch_dir dir;
  std::string large;
  for (int i = 0; i < 200'000; ++i) large += "\xc3\xa9\x01\"x"; // 5 bytes, no multiple of any piece
  {
    record_ledger ledger({}, "1");
    ledger.rejected(aside(dir / "text"), bad_line(1, large));
    EXPECT_LT(ledger.unwritten(), 64u * 1024);
    ledger.rejected(aside(dir / "bytes"), bad_line(1, large + "\xff"));
    ledger.finish();
  }
  const std::string back = "python3 -c 'import json,sys,base64; d=json.loads(sys.stdin.buffer.read()); "
                           "sys.stdout.buffer.write(d[\"raw\"].encode() if \"raw\" in d else "
                           "base64.b64decode(d[\"raw_base64\"]))'";
  EXPECT_TRUE(test::run_tool(back, read_file(dir / "text")) == large);
  EXPECT_TRUE(test::run_tool(back, read_file(dir / "bytes")) == large + "\xff");
}

TEST(RecordLedger, TellsAPathThatCannotBeOpenedBeforeTheRun) {
  record_ledger ledger;
  EXPECT_THROW(ledger.prepare(aside("/no/such/folder/bad.ndjson")), io_error);
  ledger.prepare({bad_record::skip, {}});
}

TEST(RecordLedger, TellsADiskThatIsFull) {
  record_ledger ledger;
  ledger.rejected(aside("/dev/full"), bad_line(1));
  EXPECT_THROW(ledger.make_durable(), io_error);
  EXPECT_THROW(ledger.finish(), io_error);
}

TEST(RecordLedger, StopsWhenTheShareOfBadRecordsIsTooHigh) {
  record_ledger ledger(0.01);
  const record_policy skip{bad_record::skip, {}};
  record_account& json = ledger.open("json", true);
  json.in.add(999);
  for (int i = 0; i < 20; ++i) EXPECT_NO_THROW(ledger.rejected(skip, bad_line(1)));
  json.in.add(1001);
  EXPECT_THROW(ledger.rejected(skip, bad_line(1)), bad_data); // 21 of 2,000
  json.in.add(100);
  EXPECT_NO_THROW(ledger.finish()); // 21 of 2,100
}

TEST(RecordLedger, JudgesFewRecordsWhenAllReadersHaveEnded) {
  record_ledger ledger(0.5);
  const record_policy skip{bad_record::skip, {}};
  record_account& first = ledger.open("json", true);
  record_account& second = ledger.open("csv", true);
  first.in.add(1);
  second.in.add(1);
  ledger.rejected(skip, bad_line(1));
  ledger.ended(first);
  EXPECT_NO_THROW(ledger.ended(second)); // half of them: not more than half
  ledger.rejected(skip, bad_line(1));
  EXPECT_THROW(ledger.finish(), bad_data);
}

TEST(RecordLedger, AsksForTheNamesOfSources) {
  record_ledger ledger;
  EXPECT_EQ(ledger.path_of(1), "");
  ledger.name_sources([](std::uint32_t number) { return "file" + std::to_string(number); });
  EXPECT_EQ(ledger.path_of(2), "file2");
  EXPECT_EQ(ledger.path_of(0), "");
}

TEST(JsonEscape, ReplacesBytesThatAreNoCharacters) {
  std::string text;
  append_escaped(text, "a\xc3\xa9\xc3\\\xed\xa0\x80\"\xf0\x90\x80\x80\n\x7f");
  const std::string lost = "\xef\xbf\xbd";
  EXPECT_EQ(text, "a\xc3\xa9" + lost + "\\\\" + lost + lost + lost + "\\\"\xf0\x90\x80\x80\\n\x7f");
}

} // namespace
} // namespace weir::stages
