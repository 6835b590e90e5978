// Records longer than a block, and than the memory.

#include <weir/weir.hpp>

#include <gtest/gtest.h>

#include <string>

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
  const report r =
      (texts({text, text}) | lines(long_lines::beginnings) | json({.on_error = aside(dir / "bad"), .ledger = ledger}) |
       where({"n >= 500", {}, ledger}) | to() | collect(result))
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

} // namespace
} // namespace weir::stages
