// Records longer than a block, and than the memory.

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "stages/flow/flow_stages.hpp"
#include "stages/record/record_stages.hpp"
#include "stages/text/text_stages.hpp"
#include "tests/record/record_support.hpp"
#include "tests/stages/pipeline_support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

record_policy skip() { return {bad_record::skip, {}}; }
record_policy aside(const std::string& path) { return {bad_record::dead_letter, path}; }
std::string line_of(int number) { return cat({"{\"n\":", std::to_string(number), "}"}); }

// A branch's replicas have no room for a copy of such a record.
TEST(LongRecords, ALongRecordGoesThroughEveryBranchOfATee) {
  for (const std::size_t size : {std::size_t{600} << 10, std::size_t{16} << 20}) {
    const std::string first = cat({"{\"n\":1,\"s\":\"", std::string(size, 'x'), "\"}\n"});
    const std::string second = cat({"{\"n\":2,\"s\":\"", std::string(size, 'y'), "\"}\r\n"});
    const std::string bad = cat({"{\"s\":\"", std::string(size, 'z'), "\",\"n\":}\n"});
    const scratch_dir dir;
    const shared_ledger ledger = named_ledger();
    collected ones;
    collected twos;
    const plan p = texts({cat({line_of(1), "\n", first, second, bad, line_of(2)})}) | lines() |
                   tee(items<block>() | json({.on_error = aside(dir / "bad"), .ledger = ledger}) | where({"n == 1"}) |
                           to() | collect(ones),
                       items<block>() | json({.on_error = skip()}) | where({"n == 2"}) | to() | collect(twos));
    const report r = p.run();
    EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
    EXPECT_TRUE(ones.text == cat({line_of(1), "\n", first}));
    EXPECT_TRUE(twos.text == cat({second, line_of(2)}));
    ledger->finish();
    EXPECT_NE(read_file(dir / "bad").find(cat({"\"line\":4,\"column\":", std::to_string(size + 13)})),
              std::string::npos)
        << read_file(dir / "bad").substr(0, 300);
    EXPECT_GT(read_file(dir / "bad").size(), size);
  }
}

TEST(LongRecords, ALineLongerThanTheMemoryIsABadRecordAndToldByItsBeginning) {
  const std::string large = cat({"{\"n\":3,\"s\":\"", std::string(30u << 20, 'x'), "\"}\n"});
  const std::string text = cat({line_of(600), "\n", line_of(601), "\n", large, line_of(602), "\n"});
  const scratch_dir dir;
  const shared_ledger ledger = named_ledger();
  collected result;
  const report r = (texts({text, text}) | lines({.too_long = long_lines::beginnings, .beside = reading_bytes}) |
                    json({.on_error = aside(dir / "bad"), .ledger = ledger}) | where({"n >= 500", {}, ledger}) | to() |
                    collect(result))
                       .run({.memory = 24u << 20});
  ledger->finish();
  EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
  const std::string kept = cat({line_of(600), "\n", line_of(601), "\n", line_of(602), "\n"});
  EXPECT_EQ(result.text, kept + kept);
  ASSERT_EQ(ledger->bad_records(), 2u);
  EXPECT_EQ(ledger->errors()[0].first.why, reject_class::too_long);
  EXPECT_EQ(ledger->errors()[0].first.line, 3u);
  EXPECT_EQ(ledger->errors()[0].first.byte, text.find("{\"n\":3,"));
  const std::string letter = read_file(dir / "bad");
  EXPECT_NE(letter.find("\"raw_is\":\"beginning\",\"raw\":\"{\\\"n\\\":3,"), std::string::npos) << letter;
  EXPECT_LT(letter.size(), 4000u);
  expect_balance(*ledger, {"json", "where"});
}

// Stages of bytes stand between lines and json; none of them can judge a line by its beginning.
TEST(LongRecords, ABeginningGoesToThePolicyThroughStagesThatKnowWhatItIs) {
  const std::string large = cat({"{\"n\":3,\"s\":\"", std::string(30u << 20, 'x'), "\"}\n"});
  const std::string text = cat({line_of(1), "\n", large, line_of(2), "\n", line_of(33), "\n"});
  const auto through = [&](auto stages_between, const std::string& kept) {
    const shared_ledger ledger = named_ledger();
    collected result;
    auto all = texts({text}) | lines({.too_long = long_lines::beginnings, .beside = reading_bytes});
    const report r =
        (stages_between(std::move(all)) | json({.on_error = skip(), .ledger = ledger}) | to() | collect(result))
            .run({.memory = 24u << 20});
    ledger->finish();
    EXPECT_LE(r.memory_peak_bytes, r.memory_bound_bytes);
    EXPECT_EQ(result.text, kept);
    ASSERT_EQ(ledger->bad_records(), 1u);
    EXPECT_EQ(ledger->errors()[0].first.why, reject_class::too_long);
    EXPECT_EQ(ledger->errors()[0].first.byte, text.find(large));
  };
  const std::string one = cat({line_of(1), "\n"});
  const std::string two = cat({line_of(2), "\n"});
  const std::string last = cat({line_of(33), "\n"});
  through([](auto all) { return std::move(all) | edge(2); }, one + two + last);
  through([](auto all) { return std::move(all) | grep({.pattern = "3"}); }, last);
  through([](auto all) { return std::move(all) | grep({.pattern = "n", .invert = true}); }, "");
  through([](auto all) { return std::move(all) | head(3); }, one + two);
  through([](auto all) { return std::move(all) | sample(1); }, one + two + last);
  through([](auto all) { return std::move(all) | throttle({.per_second = 1e9}); }, one + two + last);
}

// In a block that lines were left out of pieces wait for each other, and what joins them is there twice.
TEST(LongRecords, ARecordThatCannotJoinThoseOfItsBlockIsBadAndNoOther) {
  std::string columns = "n";
  for (int i = 0; i < 12; ++i) columns += cat({", s as s", std::to_string(i)});
  const std::string text = cat({"{\"n\":1,\"s\":\"a\"}\n{\"n\":2,\"s\":\"b\"}\n{\"n\":3,\"s\":\"",
                                std::string(100'000, 'x'), "\"}\n{\"n\":4,\"s\":\"d\"}\n"});
  std::size_t bad = 0;
  for (std::uint64_t memory = 12u << 20; memory <= 24u << 20; memory += 512u << 10) {
    const shared_ledger ledger = named_ledger();
    collected result;
    (texts({text}) | lines() | json({.ledger = ledger}) | where({"n != 2", {}, ledger}) | edge(2) |
     select({columns, {}, ledger}) | to({text_form::json, skip(), ledger}) | collect(result))
        .run({.memory = memory});
    EXPECT_EQ(std::count(result.text.begin(), result.text.end(), '\n'), 3 - static_cast<int>(ledger->bad_records()));
    if (ledger->bad_records() == 0) continue;
    ++bad;
    EXPECT_EQ(ledger->errors()[0].first.why, reject_class::too_long);
    EXPECT_EQ(ledger->errors()[0].first.stage, "to");
  }
  EXPECT_GT(bad, 0u);
  EXPECT_LT(bad, 24u);
}

TEST(LongRecords, PiecesThatFitButNotTogetherEndTheRunAndSayWhere) {
  std::string text;
  std::string columns = "n";
  for (int i = 0; i < 100; ++i) columns += cat({", n as ", std::string(100, 'n'), std::to_string(i)});
  for (int i = 0; i < 20'000; ++i) text += cat({"{\"n\":", std::to_string(i), "}\n"});
  collected result;
  const std::string error = error_of([&] {
    (texts({text}) | lines() | json() | where({"n != 2"}) | edge(2) | select({columns}) | to(text_form::json) |
     collect(result))
        .run({.memory = 24u << 20});
  });
  EXPECT_NE(error.find("the records from byte 0 on, of a block that lines were left out of, take more than "),
            std::string::npos)
      << error;
}

TEST(LongRecords, AsManyBytesAreGrantedAsReadingALineMayTake) {
  std::string numbers;
  for (int i = 0; i < 500'000; ++i) numbers += "1,";
  EXPECT_GE(reading_bytes(numbers), 4 * numbers.size());
  EXPECT_LE(reading_bytes(cat({"\"", std::string(1'000'000, 'x'), "\"\n"})), 100'000u);
  EXPECT_GE(reading_bytes(cat({"\"\\n", std::string(1'000'000, 'x'), "\"\n"})), 1'000'000u);
  EXPECT_GE(reading_bytes(std::string(1'000'000, 'x')), 1'000'000u);
}

} // namespace
} // namespace weir::stages
