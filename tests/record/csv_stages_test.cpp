// csv in pipelines: joined with where, select and to; its bad records' places; several files.

#include <weir/branches.hpp>

#include <gtest/gtest.h>

#include "stages/record/record_stages.hpp"
#include "stages/text/text_stages.hpp"
#include "tests/record/record_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

record_policy aside(const std::string& path) { return {bad_record::dead_letter, path}; }

/// (GCC 12 takes options written as an argument for uninitialised.)
csv_options options_of(bool quoted_newlines, record_policy on_error, shared_ledger ledger) {
  csv_options options;
  options.quoted_newlines = quoted_newlines;
  options.on_error = std::move(on_error);
  options.ledger = std::move(ledger);
  return options;
}

/// A table with a record in `bad` of ten that has a field too many, and what is to come of the others.
struct table {
  std::string text = "ts,path,status,note\r\n";
  std::string wanted; ///< as JSON: those with a status of 500 and above
  std::uint64_t rows = 0;
  std::uint64_t bad = 0;
};
table table_of(std::uint64_t rows, bool quoted_newlines) {
  table made;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const std::string n = std::to_string(i);
    const bool bad = i % 10 == 7;
    const bool server_error = i % 3 == 0;
    made.text += cat({n, ",\"/item,", n, "\",", server_error ? "503" : "200", ",",
                      quoted_newlines ? "\"a\nb\"" : "\"\"", bad ? ",more\r\n" : "\r\n"});
    made.bad += bad ? 1 : 0;
    if (server_error && !bad) made.wanted += cat({"{\"path\":\"/item,", n, "\",\"s\":503,\"ts\":", n, "}\n"});
  }
  made.rows = rows;
  return made;
}

TEST(CsvStages, TheRecordsWithTheirFieldsInOrderWhateverTheBlocks) {
  for (const bool quoted_newlines : {false, true}) {
    const table data = table_of(4000, quoted_newlines);
    for (const std::size_t longest : {std::size_t{777}, std::size_t{1} << 20}) {
      const shared_ledger ledger = named_ledger();
      collected result;
      const plan p = texts({data.text, data.text.substr(0, data.text.size() - 2)}, longest) |
                     csv(options_of(quoted_newlines, {bad_record::skip, {}}, ledger)) |
                     where({"status >= 500", {}, ledger}) | select({"path, status as s, ts", {}, ledger}) |
                     to(text_form::json) | collect(result);
      EXPECT_NE(p.explain().find("csv+where+select+to"), std::string::npos) << p.explain();
      const report r = p.run(blocks_of(16384));
      EXPECT_TRUE(result.text == data.wanted + data.wanted);
      EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
      EXPECT_EQ(ledger->bad_records(), 2 * data.bad);
      EXPECT_EQ(account_of(*ledger, "csv").in.get(), 2 * data.rows);
      expect_balance(*ledger, {"csv", "where", "select"});
    }
  }
}

TEST(CsvStages, FilesMayOrderTheirColumnsAsTheyLike) {
  collected result;
  (texts({"a,b\n1,2", "b,a\n4,3\n", "x,a,b\n0,5,6"}) | csv() | select({"a, b"}) | to(text_form::csv) | collect(result))
      .run();
  EXPECT_EQ(result.text, "a,b\n1,2\n3,4\n5,6\n");
}

TEST(CsvStages, DeadLettersCountHeadersEmptyLinesAndLinesInQuotes) {
  const scratch_dir dir;
  const shared_ledger ledger = named_ledger();
  const std::string first = "\xEF\xBB\xBF"
                            "k,\"v\nw\"\n1,\"x\ny\"\n\nbad\n2,3\n";
  const std::string second = "k,\"v\nw\"\n4,5\n6,7,8\n";
  collected result;
  (texts({first, second}, 5) | csv(options_of(true, aside(dir / "bad"), ledger)) | select({"k", {}, ledger}) |
   to(text_form::csv) | collect(result))
      .run();
  ledger->finish();
  EXPECT_EQ(result.text, "k\n1\n2\n4\n");
  const std::string told =
      run_tool("python3 -c '\n"
               "import json,sys\n"
               "for line in sys.stdin:\n"
               "  d = json.loads(line)\n"
               "  print(d[\"file\"], d[\"line\"], d[\"byte\"], d[\"column\"], d[\"class\"], d[\"raw\"])\n"
               "'",
               read_file(dir / "bad"));
  EXPECT_EQ(told, cat({"a.txt 6 ", std::to_string(first.find("bad")), " 4 wrong number of fields bad\n", "b.txt 4 ",
                       std::to_string(second.find("6,7")), " 5 wrong number of fields 6,7,8\n"}));
}

TEST(CsvStages, TheFirstBadRecordStopsTheRun) {
  const std::string error = error_of([] {
    collected result;
    (texts({"k,v\n1,\"2\n3,4\n"}) | csv(options_of(false, {}, named_ledger())) | to(text_form::json) | collect(result))
        .run();
  });
  EXPECT_NE(error.find("a.txt:2:3 (byte 4): csv: bad quote"), std::string::npos) << error;
}

TEST(CsvStages, AColumnThatIsNotThereIsNamedWithThoseThatAre) {
  const std::string error = error_of([] {
    collected result;
    (texts({"k,v\n1,2\n"}) | csv() | where({"w > 1"}) | to(text_form::json) | collect(result)).run();
  });
  EXPECT_NE(error.find("no column 'w'"), std::string::npos) << error;
  EXPECT_NE(error.find("k, v"), std::string::npos) << error;
}

TEST(CsvStages, TheLastRecordOfAFileDoesNotRunIntoTheNextFilesFirst) {
  for (const bool quoted_newlines : {false, true}) {
    for (const std::size_t longest : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
      const auto parsed = [&] { return csv(options_of(quoted_newlines, {}, {})); };
      const auto two = [&] { return texts({"k,v\n1,2", "k,v\n3,4\n"}, longest); };
      collected kept;
      (two() | parsed() | to() | collect(kept)).run();
      EXPECT_EQ(kept.text, "k,v\n1,2\n3,4\n");
      collected filtered;
      (two() | parsed() | where({"k > 0"}) | to(text_form::csv) | collect(filtered)).run();
      EXPECT_EQ(filtered.text, "k,v\n1,2\n3,4\n");
      collected of_lines; // blocks that are whole lines already
      (texts({"k,v\n1,2"}, longest) | lines() | parsed() | to() | collect(of_lines)).run();
      EXPECT_EQ(of_lines.text, "k,v\n1,2\n");
    }
  }
}

TEST(CsvStages, TheLastRecordOfABranchDoesNotRunIntoAnothers) {
  collected result;
  const auto branch = [](const char* text) { return pipe<void, rows>(texts({text}) | csv()); };
  (concat(std::vector<pipe<void, rows>>{branch("k,v\n1,2"), branch("k,v\n3,4")}) | to() | collect(result)).run();
  EXPECT_EQ(result.text, "k,v\n1,2\n3,4\n");
}

TEST(CsvStages, ABlockThatABranchSharesIsCopiedToEndItsLastRecord) {
  collected result;
  collected other;
  const std::string text = "k,v\n1,2";
  (texts({text}) | lines() | tee(std::vector<pipe<block, void>>{csv() | to() | collect(result), collect(other)})).run();
  EXPECT_EQ(result.text, text + "\n");
  EXPECT_EQ(other.text, text);
}

// A stray quote makes one record of all that follows.
TEST(CsvStages, ARecordLongerThanTheMemoryIsBadAndToldByItsBeginning) {
  const std::string good = "k,v\n1,a\n";
  const std::string stray = cat({"2,\"", std::string(30u << 20, 'x'), "\n3,c\n"});
  for (const char* behind : {"", "\"\n4,d\n"}) {
    const scratch_dir dir;
    const shared_ledger ledger = named_ledger();
    collected result;
    const report r = (texts({cat({good, stray, behind}), "k,v\n5,e\n"}) |
                      csv(options_of(true, aside(dir / "bad"), ledger)) | to() | collect(result))
                         .run({.memory = 24u << 20});
    ledger->finish();
    EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
    EXPECT_EQ(result.text, cat({good, *behind == '\0' ? "" : "4,d\n", "5,e\n"}));
    ASSERT_EQ(ledger->bad_records(), 1u);
    const bad_record_report first = ledger->errors()[0].first;
    EXPECT_EQ(first.why, reject_class::too_long);
    EXPECT_EQ(first.byte, good.size());
    EXPECT_EQ(first.line, 3u);
    EXPECT_EQ(first.stage, "csv");
    EXPECT_NE(first.message.find("the record has 314572"), std::string::npos) << first.message;
    const std::string letter = read_file(dir / "bad");
    EXPECT_NE(letter.find("\"raw_is\":\"beginning\",\"raw\":\"2,\\\"xxx"), std::string::npos) << letter;
    EXPECT_LT(letter.size(), 2000u);
    expect_balance(*ledger, {"csv"});
    const std::string replayed = error_of([&] {
      collected again;
      (letters({.path = dir / "bad", .stage = {}}) | collect(again)).run();
    });
    EXPECT_NE(replayed.find("no more than the beginning of its record"), std::string::npos) << replayed;
  }
}

TEST(CsvStages, TwoColumnsOfOneNameAreNoObject) {
  const std::string text = "a,b,a\n1,2,3\n";
  collected kept;
  (texts({text}) | csv() | to() | collect(kept)).run();
  EXPECT_EQ(kept.text, text);
  const std::string error = error_of([&] {
    collected result;
    (texts({text}) | csv() | to(text_form::json) | collect(result)).run();
  });
  EXPECT_NE(error.find("there are two columns 'a'"), std::string::npos) << error;
}

TEST(CsvStages, AsItIsItKeepsItsHeaderBehindAQueueToo) {
  const std::string text = "k,v\n1,2\n3,4\n";
  for (const char* in : {"k,v\n", text.c_str()}) {
    collected result;
    (texts({in}) | csv() | edge(2) | to() | collect(result)).run();
    EXPECT_EQ(result.text, in);
  }
}

TEST(CsvStages, AQuoteThatIsOpenAtTheEndStaysOpen) {
  const scratch_dir dir;
  const shared_ledger ledger = named_ledger();
  collected result;
  (texts({"k,v\n1,\"2", "k,v\n3,4"}) | csv(options_of(true, aside(dir / "bad"), ledger)) | to() | collect(result))
      .run();
  ledger->finish();
  EXPECT_EQ(result.text, "k,v\n3,4\n");
  EXPECT_NE(read_file(dir / "bad").find("\"raw\":\"1,\\\"2\""), std::string::npos) << read_file(dir / "bad");
}

TEST(CsvStages, AsItIsItKeepsItsHeaderAndItsBytes) {
  const std::string text = "k,v\n1,\"a,b\"\n2,\n3,\"\"\n";
  collected result;
  (texts({text, text}, 7) | csv() | where({"k != 2"}) | to() | collect(result)).run();
  EXPECT_EQ(result.text, "k,v\n1,\"a,b\"\n3,\"\"\n1,\"a,b\"\n3,\"\"\n");
}

// Joined it is told before the run, behind a queue by the first rows; never is it an answer.
TEST(CsvStages, NothingIsInsideOfAColumnJoinedOrApart) {
  const std::string text = "a,a.x\n\"{\"\"x\"\":1}\",2\n";
  collected result;
  const std::string joined = error_of([&] {
    (texts({text}) | csv() | select({"a"}) | where({"a.x == 1"}) | to(text_form::json) | collect(result)).run();
  });
  EXPECT_NE(joined.find("where: no column 'a.x'; the select before it leaves a"), std::string::npos) << joined;
  const std::string apart = error_of([&] {
    (texts({text}) | csv() | select({"a"}) | edge(2) | where({"a.x == 1"}) | to(text_form::json) | collect(result))
        .run();
  });
  EXPECT_NE(apart.find("there is no field 'a.x'; there are: a"), std::string::npos) << apart;
  const std::string selected = error_of([&] {
    (texts({text}) | csv() | select({"a"}) | edge(2) | select({"a as b"}) | edge(2) | select({"b.x as c"}) |
     to(text_form::json) | collect(result))
        .run();
  });
  EXPECT_NE(selected.find("there is no field 'b.x'; there are: b"), std::string::npos) << selected;
  EXPECT_EQ(result.text, "");
  (texts({text}) | csv() | select({"`a.x`"}) | edge(2) | where({"a.x == 2"}) | to(text_form::json) | collect(result))
      .run();
  EXPECT_EQ(result.text, "{\"a.x\":2}\n");
}

} // namespace
} // namespace weir::stages
