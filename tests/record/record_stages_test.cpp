#include "stages/record/record_stages.hpp"

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "stages/text/text_stages.hpp"
#include "tests/record/record_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

record_policy skip() { return {bad_record::skip, {}}; }
record_policy aside(const std::string& path) { return {bad_record::dead_letter, path}; }

/// One bad line for each way in which a line can be bad, and what the ledger calls it.
struct bad_kind {
  std::string line;
  reject_class why;
};
const std::vector<bad_kind>& bad_kinds() {
  static const std::vector<bad_kind> kinds = {
      {"{\"n\":\"\xff\xfe\"}", reject_class::bad_utf8},
      {"{\"n\":\"abc}", reject_class::unclosed_string},
      {"{\"n\":\"a\x01z\"}", reject_class::control_byte},
      {"{\"n\":}", reject_class::missing_value},
      {"17", reject_class::not_an_object},
      {"[1]", reject_class::not_an_object},
      {"{\"n\":1}}", reject_class::extra_text},
      {"{\"n\":\"text\"}", reject_class::wrong_type},
  };
  return kinds;
}

std::string line_of(std::uint64_t number) {
  return "{\"n\":" + std::to_string(number) + ",\"s\":\"x" + std::to_string(number * 7919) + "\"}";
}

/// Good lines, with every `step`th one bad, of all kinds in turn.
struct mixed {
  std::string text;
  std::string kept; ///< the lines with n >= 500
  std::uint64_t lines = 0;
  std::uint64_t bad_json = 0;
  std::uint64_t bad_type = 0;
  struct place {
    std::uint64_t line, byte;
    std::string raw;
    reject_class why;
  };
  std::vector<place> bad;
};
mixed mixed_lines(std::uint64_t lines, std::uint64_t step) {
  mixed made;
  made.lines = lines;
  for (std::uint64_t i = 0; i < lines; ++i) {
    std::string line = line_of(i);
    if (step != 0 && i % step == step - 1) {
      const bad_kind& kind = bad_kinds()[i / step % bad_kinds().size()];
      line = kind.line;
      ++(kind.why == reject_class::wrong_type ? made.bad_type : made.bad_json);
      made.bad.push_back({i + 1, made.text.size(), line, kind.why});
    } else if (i >= 500) {
      made.kept += line + "\n";
    }
    made.text += line + "\n";
  }
  return made;
}

TEST(RecordStages, ThoseThatMeetAreOneStage) {
  const plan p = texts({"{}\n"}) | lines() | json() | where({"n > 1"}) | select({"n"}) | to(text_form::json) |
                 count([](counts) {});
  const std::string shown = p.explain();
  EXPECT_NE(shown.find("json+where+select+to"), std::string::npos) << shown;
}

TEST(RecordStages, BadRecordsAreLeftOutAndTheOthersStayInOrder) {
  const mixed data = mixed_lines(20'000, 97);
  for (const std::size_t block_size : {8192, 65536, 262144}) {
    const shared_ledger ledger = named_ledger();
    collected result;
    const plan p = texts({data.text}, 100'000) | lines() | json({.on_error = skip(), .ledger = ledger}) |
                   where({"n >= 500", skip(), ledger}) | to() | collect(result);
    const report r = p.run(blocks_of(block_size));
    EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
    EXPECT_TRUE(result.text == data.kept);
    expect_balance(*ledger, {"json", "where"});
    EXPECT_EQ(account_of(*ledger, "json").in.get(), data.lines);
    EXPECT_EQ(account_of(*ledger, "json").rejected.get(), data.bad_json);
    EXPECT_EQ(account_of(*ledger, "where").rejected.get(), data.bad_type);
    EXPECT_EQ(ledger->bad_records(), data.bad.size());
  }
}

TEST(RecordStages, TheFirstBadRecordStopsTheRunAndIsNamed) {
  const mixed data = mixed_lines(3000, 500);
  for (int i = 0; i < 5; ++i) {
    const shared_ledger ledger = named_ledger();
    const std::string error = error_of([&] {
      collected result;
      (texts({data.text}) | lines() | json({.ledger = ledger}) | to() | collect(result)).run(blocks_of(8192));
    });
    EXPECT_NE(error.find("a.txt:500:"), std::string::npos) << error;
    EXPECT_NE(error.find("(byte " + std::to_string(data.bad[0].byte) + ")"), std::string::npos) << error;
    EXPECT_NE(error.find("bad UTF-8"), std::string::npos) << error;
  }
}

TEST(RecordStages, DeadLettersHaveTheLineTheByteAndTheRecord) {
  const mixed first = mixed_lines(3000, 61);
  const mixed second = mixed_lines(2000, 53);
  const scratch_dir dir;
  for (const std::size_t block_size : {8192, 262144}) {
    const std::string path = dir / ("bad" + std::to_string(block_size));
    const shared_ledger ledger = named_ledger();
    collected result;
    (texts({first.text, second.text}, 5000) | lines() | json({.on_error = aside(path), .ledger = ledger}) |
     where({"n >= 500", aside(path), ledger}) | to() | collect(result))
        .run(blocks_of(block_size));
    ledger->finish();
    EXPECT_TRUE(result.text == first.kept + second.kept);
    std::string expected;
    for (const mixed* data : {&first, &second}) {
      for (const mixed::place& bad : data->bad) {
        expected += std::string(data == &first ? "a" : "b") + ".txt:" + std::to_string(bad.line) + ":" +
                    std::to_string(bad.byte) + ":" + std::string(name_of(bad.why)) + ":" + bad.raw + "\n";
      }
    }
    const std::string told =
        run_tool("python3 -c '\n"
                 "import json,sys,base64\n"
                 "for line in sys.stdin.buffer:\n"
                 "  d = json.loads(line)\n"
                 "  assert d[\"exact\"] and d[\"attempts\"] == 1 and d[\"run\"] == \"run 1\"\n"
                 "  raw = d[\"raw\"].encode() if \"raw\" in d else base64.b64decode(d[\"raw_base64\"])\n"
                 "  head = \"%s:%d:%d:%s:\" % (d[\"file\"], d[\"line\"], d[\"byte\"], d[\"class\"])\n"
                 "  sys.stdout.buffer.write(head.encode() + raw + b\"\\n\")\n"
                 "'",
                 read_file(path));
    EXPECT_TRUE(told == expected) << told.substr(0, 2000) << "\nexpected\n" << expected.substr(0, 2000);
  }
}

TEST(RecordStages, ABlockOfBadRecordsAloneGoesThroughInBoundedMemory) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += i % 50'000 == 49'999 ? "{\"n\":700}\n" : "x\n";
  const shared_ledger ledger = named_ledger();
  collected result;
  const plan p = texts({text}) | lines() | json({.on_error = skip(), .ledger = ledger}) |
                 where({"n >= 500", skip(), ledger}) | to() | collect(result);
  const report r = p.run();
  EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
  EXPECT_EQ(result.text, "{\"n\":700}\n{\"n\":700}\n{\"n\":700}\n{\"n\":700}\n");
  EXPECT_EQ(ledger->bad_records(), 199'996u);
  expect_balance(*ledger, {"json", "where"});
}

TEST(RecordStages, AValueOfTheWrongTypeIsToldWithItsColumnWhateverStoodThereBefore) {
  const auto column = [](const std::string& records) {
    const shared_ledger ledger = named_ledger();
    collected result;
    (texts({records}) | lines() | json({.ledger = ledger}) | where({"n == 1", skip(), ledger}) | to() | collect(result))
        .run();
    return ledger->errors().at(0).first.column;
  };
  for (const char* value : {"true", "false", "\"x\"", "\"\\u0041\"", "[1]", "{\"a\":1}"}) {
    const std::string bad = cat({"{\"s\":0, \"n\": ", value, "}\n"});
    EXPECT_EQ(column(bad), 14u) << value;
    EXPECT_EQ(column(cat({"{\"n\":1}\n{\"long\":\"xxxxxxxxxxxxxxxx\",\"n\":1}\n", bad, line_of(1), "\n"})), 14u)
        << value;
  }
}

TEST(RecordStages, LineEndsByteOrderMarksAndEmptyLinesAreNoPartOfRecords) {
  const scratch_dir dir;
  const shared_ledger ledger = named_ledger();
  collected result;
  (texts({"\xef\xbb\xbf{\"n\":1}\r\n\r\n  \n{\"n\":2}\r\n{\"n\":\r\n{\"n\":3}", "{\"n\":4}"}) | lines() |
   json({.on_error = aside(dir / "bad"), .ledger = ledger}) | to() | collect(result))
      .run();
  EXPECT_EQ(result.text, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}");
  ledger->finish();
  EXPECT_NE(read_file(dir / "bad").find("\"line\":5,"), std::string::npos) << read_file(dir / "bad");
  EXPECT_NE(read_file(dir / "bad").find("\"raw\":\"{\\\"n\\\":\"}"), std::string::npos) << read_file(dir / "bad");
}

TEST(RecordStages, BehindATeeEveryBranchHasItsOwnRecords) {
  const mixed data = mixed_lines(5000, 0);
  const shared_ledger ledger = named_ledger();
  collected all;
  collected few;
  std::string fewer;
  for (std::uint64_t i = 4000; i < 5000; ++i) fewer += line_of(i) + "\n";
  (texts({data.text}) | lines() |
   tee(items<block>() | json() | where({"n >= 500"}) | to() | collect(all),
       items<block>() | json() | where({"n >= 4000"}) | to() | collect(few)))
      .run(blocks_of(16384));
  EXPECT_TRUE(all.text == data.kept);
  EXPECT_TRUE(few.text == fewer);
}

TEST(RecordStages, WithAQueueBetweenThemTheyDoTheSame) {
  const mixed data = mixed_lines(5000, 71);
  const shared_ledger ledger = named_ledger();
  collected result;
  const plan p = texts({data.text}) | lines() | json({.on_error = skip(), .ledger = ledger}) | edge(2) |
                 where({"n >= 500", skip(), ledger}) | edge(2) | to() | collect(result);
  EXPECT_EQ(p.explain().find("json+where"), std::string::npos);
  p.run(blocks_of(16384));
  EXPECT_TRUE(result.text == data.kept);
  EXPECT_EQ(ledger->bad_records(), data.bad.size());
  expect_balance(*ledger, {"json", "where"});
}

TEST(RecordStages, PositionsGoOnWhereNoRecordIsLeft) {
  const mixed data = mixed_lines(20'000, 0);
  seen_rows seen;
  (texts({data.text}) | lines() | json() | where({"n < 0"}) | see(seen)).run(blocks_of(8192));
  EXPECT_EQ(seen.text, "");
  EXPECT_GE(seen.empty_items, data.text.size() / 8192 / 20);
  ASSERT_FALSE(seen.ends.empty());
  EXPECT_EQ(seen.ends.back(), (std::pair<std::uint32_t, std::uint64_t>{1, data.text.size()}));
  EXPECT_TRUE(std::is_sorted(seen.ends.begin(), seen.ends.end()));
}

TEST(RecordStages, RowsSayHowManyRecordsTheyHaveAndWhereTheyEnd) {
  const mixed data = mixed_lines(20'000, 97);
  seen_rows seen;
  const shared_ledger ledger = named_ledger();
  (texts({data.text}, 10'000) | lines() | json({.on_error = skip(), .ledger = ledger}) |
   where({"n >= 500", skip(), ledger}) | see(seen))
      .run(blocks_of(16384));
  EXPECT_TRUE(seen.text == data.kept);
  EXPECT_EQ(seen.records, static_cast<std::uint64_t>(std::count(data.kept.begin(), data.kept.end(), '\n')));
  EXPECT_EQ(seen.ends.back().second, data.text.size());
}

TEST(RecordStages, TooManyBadRecordsStopTheRun) {
  const mixed data = mixed_lines(20'000, 50); // 2 %
  const auto run = [&](double share) {
    const shared_ledger ledger = named_ledger(share);
    collected result;
    (texts({data.text}) | lines() | json({.on_error = skip(), .ledger = ledger}) | where({"n >= 500", skip(), ledger}) |
     to() | collect(result))
        .run();
  };
  EXPECT_EQ(error_of([&] { run(0.03); }), "no error");
  EXPECT_NE(error_of([&] { run(0.01); }).find("more than the limit of 1 %"), std::string::npos);
}

TEST(RecordStages, AFewBadRecordsOfFewStopTheRunAtItsEnd) {
  const shared_ledger ledger = named_ledger(0.1);
  collected result;
  const std::string error = error_of([&] {
    (texts({"{}\nx\n"}) | lines() | json({.on_error = skip(), .ledger = ledger}) | to() | collect(result)).run();
  });
  EXPECT_NE(error.find("1 of 2 records are bad (50 %)"), std::string::npos) << error;
}

TEST(RecordStages, AColumnThatASelectLeftOutIsToldBeforeTheRun) {
  EXPECT_EQ(error_of([] { (void)(json() | select({"a, b.c as d"}) | where({"c > 1"})); }),
            "where: no column 'c'; the select before it leaves a, d");
  EXPECT_NE(error_of([] { (void)(json() | to(text_form::csv)); }).find("put 'select' before it"), std::string::npos);
}

TEST(RecordStages, BlocksThatAreNotOfWholeLinesAreRefused) {
  collected result;
  const std::string error = error_of([&] { (texts({"{}\n"}) | json() | to() | collect(result)).run(); });
  EXPECT_NE(error.find("json needs records: put 'lines' before it"), std::string::npos) << error;
}

TEST(RecordStages, SchedulesOfAllKindsGiveTheSame) {
  const mixed data = mixed_lines(3000, 37);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const shared_ledger ledger = named_ledger();
    collected result;
    (texts({data.text}, 3000) | lines() | json({.on_error = skip(), .ledger = ledger}) |
     where({"n >= 500", skip(), ledger}) | to() | collect(result))
        .run(deterministic{seed}, blocks_of(8192));
    EXPECT_TRUE(result.text == data.kept) << seed;
    EXPECT_EQ(ledger->bad_records(), data.bad.size());
  }
}

} // namespace
} // namespace weir::stages
