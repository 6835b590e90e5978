// Records written anew: select, to; pieces, and what the replicas leave to the settle node.

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stages/record/record_stages.hpp"
#include "stages/text/text_stages.hpp"
#include "tests/record/record_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

const std::string k_long_name(60, 'n');

/// Lines {"n":…,"s":…}, and what `select n as <long name>, s | to json` makes of those with n >= from.
struct written {
  std::string text;
  std::string json;
  std::string csv;
};
written lines_of(std::uint64_t count, std::uint64_t from) {
  written made;
  made.csv = cat({k_long_name, ",s\n"});
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    const std::string s = cat({"x", std::to_string(i % 1000)});
    made.text += cat({"{\"n\":", n, ",\"s\":\"", s, "\"}\n"});
    if (i < from) continue;
    made.json += cat({"{\"", k_long_name, "\":", n, ",\"s\":\"", s, "\"}\n"});
    made.csv += cat({n, ",", s, "\n"});
  }
  return made;
}
to_options skipping(text_form form, shared_ledger ledger) {
  to_options options;
  options.form = form;
  options.on_error = {bad_record::skip, {}};
  options.ledger = std::move(ledger);
  return options;
}
select_options long_names() { return {.columns = cat({"n as ", k_long_name, ", s"})}; }

TEST(RecordRewrite, WhatGrowsBecomesSeveralBlocksInOrder) {
  const written data = lines_of(20'000, 500);
  for (const std::size_t block_size : {8192, 65536}) {
    collected json_text;
    collected csv_text;
    const report r = (texts({data.text}) | lines() | json() | where({"n >= 500"}) | select(long_names()) |
                      to(text_form::json) | collect(json_text))
                         .run(blocks_of(block_size));
    EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
    EXPECT_TRUE(json_text.text == data.json);
    EXPECT_TRUE(json_text.whole_records);
    (texts({data.text}) | lines() | json() | where({"n >= 500"}) | select(long_names()) | to(text_form::csv) |
     collect(csv_text))
        .run(blocks_of(block_size));
    EXPECT_TRUE(csv_text.text == data.csv);
  }
}

/// The end of each block that is not empty, and its last number.
struct piece_ends {
  struct one {
    std::uint64_t position, end;
    std::string text;
  };
  std::vector<one> all;
};
struct piece_sink {
  piece_ends* to;
  step process(inlet<block>& in) {
    const block& item = in.front();
    to->all.push_back({item.position(), item.end_position(), std::string(item.text())});
    in.release(1);
    return step::more;
  }
};

TEST(RecordRewrite, PiecesEndWhereTheirLastRecordEndsInTheSource) {
  const written data = lines_of(5000, 0);
  piece_ends seen;
  (texts({data.text}) | lines() | json() | select(long_names()) | to(text_form::json) |
   stage("pieces", piece_sink{&seen}))
      .run(blocks_of(8192));
  std::uint64_t at = 0;
  for (const piece_ends::one& piece : seen.all) {
    EXPECT_EQ(piece.position, at);
    const auto there = static_cast<std::uint64_t>(std::count(piece.text.begin(), piece.text.end(), '\n'));
    for (std::uint64_t i = 0; i < there; ++i) at = data.text.find('\n', at) + 1;
    EXPECT_EQ(piece.end, at);
  }
  EXPECT_EQ(at, data.text.size());
}

// Behind a queue the rows of where have gaps: no place between them is known in the source, so nobody may see half a block.
TEST(RecordRewrite, PiecesOfABlockWithGapsStayTogether) {
  const written data = lines_of(5000, 100);
  piece_ends seen;
  (texts({data.text}) | lines() | json() | where({"n >= 100"}) | edge(2) | select(long_names()) | to(text_form::json) |
   stage("pieces", piece_sink{&seen}))
      .run(blocks_of(8192));
  std::string all;
  std::uint64_t end = 0;
  for (const piece_ends::one& piece : seen.all) {
    EXPECT_GT(piece.end, end);
    end = piece.end;
    all += piece.text;
    EXPECT_EQ(data.text[piece.end - 1], '\n');
    const std::string last = piece.text.substr(0, piece.text.size() - 1);
    const std::string number =
        last.substr(last.rfind(k_long_name) + 62, last.rfind(",\"s\"") - last.rfind(k_long_name) - 62);
    const std::string original = cat({"{\"n\":", number, ","});
    EXPECT_EQ(data.text.rfind("{\"n\":", piece.end - 2), data.text.find(original)) << number;
  }
  EXPECT_TRUE(all == data.json);
  EXPECT_EQ(end, data.text.size());
}

TEST(RecordRewrite, ARecordLargerThanABlockGoesThrough) {
  const std::string large(300'000, 'y');
  std::string text =
      cat({lines_of(300, 0).text, "{\"n\":7,\"s\":\"", large, "\"}\n{\"n\":8,\"s\":\"z\"}\n", lines_of(300, 0).text});
  const std::string small = lines_of(300, 0).json;
  const std::string expected =
      cat({small, "{\"", k_long_name, "\":7,\"s\":\"", large, "\"}\n{\"", k_long_name, "\":8,\"s\":\"z\"}\n", small});
  for (const std::size_t block_size : {8192, 262144}) {
    collected result;
    const report r = (texts({text}) | lines() | json() | select(long_names()) | to(text_form::json) | collect(result))
                         .run(blocks_of(block_size));
    EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
    EXPECT_TRUE(result.text == expected);
  }
}

TEST(RecordRewrite, BadRecordsAreReportedFromTheBlockTheyCameIn) {
  const scratch_dir dir;
  const shared_ledger ledger = named_ledger();
  std::string text;
  for (int i = 0; i < 9000; ++i)
    text += i % 3 == 0 ? cat({"{\"n\":\"t", std::to_string(i), "\"}\n"}) : std::string("{\"n\":600}\n");
  collected result;
  (texts({text}) | lines() | json({.ledger = ledger}) |
   where({"n >= 500", {bad_record::dead_letter, dir / "bad"}, ledger}) | select({"n"}) | to(text_form::json) |
   collect(result))
      .run();
  ledger->finish();
  EXPECT_EQ(result.text.size(), 6000 * std::string("{\"n\":600}\n").size());
  const std::string letters = read_file(dir / "bad");
  std::size_t at = 0;
  for (int i = 0; i < 9000; i += 3) {
    const std::string raw = cat({"\"line\":", std::to_string(i + 1), ","});
    const std::string name = cat({"\"raw\":\"{\\\"n\\\":\\\"t", std::to_string(i), "\\\"}\"}\n"});
    const std::size_t line = letters.find(raw, at);
    const std::size_t found = letters.find(name, at);
    ASSERT_NE(line, std::string::npos) << i;
    ASSERT_NE(found, std::string::npos) << i;
    at = found + name.size();
  }
  EXPECT_EQ(at, letters.size());
  expect_balance(*ledger, {"json", "where"});
}

TEST(RecordRewrite, ARecordThatNoMemoryHoldsIsBadAndNoOther) {
  const shared_ledger ledger = named_ledger();
  std::string text =
      cat({"{\"n\":1,\"s\":\"a\"}\n{\"n\":2,\"s\":\"", std::string(5u << 20, 'y'), "\"}\n{\"n\":3,\"s\":\"b\"}\n"});
  // Eight columns of five megabytes do not fit into what is left of 32.
  std::string columns = "n";
  for (int i = 0; i < 8; ++i) columns += cat({", s as s", std::to_string(i)});
  collected result;
  (texts({text}) | lines() | json({.ledger = ledger}) | select({columns, {}, ledger}) |
   to(skipping(text_form::json, ledger)) | collect(result))
      .run({.memory = 40u << 20});
  EXPECT_EQ(std::count(result.text.begin(), result.text.end(), '\n'), 2);
  ASSERT_EQ(ledger->errors().size(), 1u);
  EXPECT_EQ(ledger->errors()[0].first.why, reject_class::too_long);
  EXPECT_EQ(ledger->errors()[0].first.line, 2u);
  EXPECT_EQ(ledger->errors()[0].first.stage, "to");
  expect_balance(*ledger, {"json", "select", "to"});
}

// Alone in its part it reads what another part made: cells, or CSV.
TEST(RecordRewrite, ARecordThatNoMemoryHoldsIsBadWhereToStandsAlone) {
  const std::string large(3u << 20, '\n'); // as JSON twice as long
  const std::string text = cat({"k,v\n1,\"a\"\n2,\"", large, "\"\n3,\"b\"\n"});
  const shared_ledger ledger = named_ledger();
  csv_options reading;
  reading.quoted_newlines = true;
  reading.ledger = ledger;
  collected result;
  const plan p =
      texts({text}) | csv(std::move(reading)) | edge(2) | to(skipping(text_form::json, ledger)) | collect(result);
  p.run({.memory = 20u << 20});
  EXPECT_EQ(result.text, "{\"k\":1,\"v\":\"a\"}\n{\"k\":3,\"v\":\"b\"}\n");
  ASSERT_EQ(ledger->errors().size(), 1u);
  EXPECT_EQ(ledger->errors()[0].first.why, reject_class::too_long);
  EXPECT_EQ(ledger->errors()[0].first.stage, "to");
  expect_balance(*ledger, {"csv", "to"});
  const std::string error = error_of([&] {
    csv_options again;
    again.quoted_newlines = true;
    (texts({text}) | csv(std::move(again)) | edge(2) | to(text_form::json) | collect(result))
        .run({.memory = 20u << 20});
  });
  EXPECT_NE(error.find("to: written anew it takes up to"), std::string::npos) << error;
}

/// What the records of cells say of their places.
struct places_sink {
  std::vector<std::string>* to;
  step process(inlet<rows>& in) {
    const rows& item = in.front();
    if (item.data.size() > 0) {
      const auto reader = make_reader(item.format, item.schema.get(), {});
      reader->begin(item);
      while (reader->next() == record_reader::found::record)
        to->push_back(cat({item.placed ? "at " : "behind ", std::to_string(reader->source_position())}));
    }
    in.release(1);
    return step::more;
  }
};

TEST(RecordRewrite, CellsSayWhetherTheyKnowTheirPlaces) {
  const std::string text = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";
  std::vector<std::string> known;
  (texts({text}) | lines() | json() | select({"n"}) | edge(2) | where({"n > 1"}) | stage("places", places_sink{&known}))
      .run();
  EXPECT_EQ(known, (std::vector<std::string>{"at 8", "at 16"}));
  std::vector<std::string> unknown; // a grep leaves gaps, so its lines' places are lost
  (texts({text}) | lines() | grep({.pattern = "[23]"}) | json() | select({"n"}) | edge(2) | where({"n > 1"}) |
   stage("places", places_sink{&unknown}))
      .run();
  EXPECT_EQ(unknown, (std::vector<std::string>{"behind 0", "behind 0"}));
}

// Decision 016: an edge between record stages keeps them apart, which is slower and gives the same.
TEST(RecordRewrite, WhatIsInsideAColumnIsFoundBehindAQueueToo) {
  const std::string text = "{\"a\":{\"x\":1,\"y\":[{\"x\":\"}\"},1e3]}}\n"
                           "{\"a\":{ \"y\" : {\"\\u007a\" : \"q\\\"\\n\" } , \"x\" : 2.50 , \"x\":9}}\n"
                           "{\"a\":{\"x\":null,\"y\":true}}\n{\"a\":{}}\n{\"a\":[{\"x\":1}]}\n{\"a\":\"x\"}\n{}\n"
                           "{\"a\":{\"s\":\"\\\\\",\"t\":\"{\\\"x\\\":1\",\"x\":1}}\n";
  for (const char* test : {"a.x == 1 or a.x > 2", "has(a.x)", "a.y.z == 'q\"\\n'", "a.x == null", "not has(a.y.x)"}) {
    collected joined;
    collected apart;
    (texts({text}) | lines() | json() | select({"a, a as b"}) | where({test}) |
     select({"a.x as x, a.y as y, b.y.z as z, b"}) | to(text_form::json) | collect(joined))
        .run();
    (texts({text}) | lines() | json() | select({"a, a as b"}) | edge(2) | where({test}) | edge(2) |
     select({"a.x as x, a.y as y, b.y.z as z, b"}) | edge(2) | to(text_form::json) | collect(apart))
        .run();
    EXPECT_EQ(apart.text, joined.text) << test;
    EXPECT_NE(joined.text, "") << test;
  }
}

TEST(RecordRewrite, AHeaderStandsThereEvenWithoutRecords) {
  collected result;
  (texts({"{\"n\":1}\n"}) | lines() | json() | where({"n > 1"}) | select({"n, m"}) | to(text_form::csv) |
   collect(result))
      .run();
  EXPECT_EQ(result.text, "n,m\n");
}

} // namespace
} // namespace weir::stages
