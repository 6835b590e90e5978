#include <gtest/gtest.h>

#include <algorithm>

#include "stages/synthetic/record_generator.hpp"
#include "tests/stages/support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

std::string generate(generator_options options, std::size_t bytes, std::size_t buffer) {
  record_generator generator(options);
  std::string text;
  std::string room(buffer, '\0');
  while (text.size() < bytes) text.append(room, 0, generator.fill(writable_bytes_of(room)).bytes);
  text.resize(bytes);
  return text;
}

std::size_t lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

class EveryFormat : public testing::TestWithParam<record_format> {};
INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat,
                         testing::Values(record_format::log, record_format::ndjson, record_format::csv,
                                         record_format::random));

TEST_P(EveryFormat, GivesTheSameBytesInBuffersOfAnySize) {
  for (std::size_t record_bytes : {0U, 250U, 1000U}) {
    generator_options options{GetParam(), 7, record_bytes};
    std::string expected = generate(options, 300000, 258048);
    for (std::size_t buffer : {1000U, 1001U, 1535U, 4096U, 65537U})
      EXPECT_TRUE(generate(options, 300000, buffer) == expected) << record_bytes << " " << buffer;
  }
}

TEST_P(EveryFormat, GivesOtherBytesForAnotherSeed) {
  EXPECT_NE(generate({GetParam(), 1}, 10000, 10000), generate({GetParam(), 2}, 10000, 10000));
}

TEST_P(EveryFormat, StopsAfterTheRecordsAskedFor) {
  record_generator generator({GetParam(), 3, 700});
  std::string room(7000, '\0');
  std::size_t header = generator.fill(writable_bytes_of(room), 0).bytes;
  EXPECT_EQ(header, 0U);
  auto first = generator.fill(writable_bytes_of(room), 4);
  EXPECT_EQ(first.records, 4U);
  bool csv = GetParam() == record_format::csv;
  header = csv ? room.find('\n') + 1 : 0;
  EXPECT_EQ(first.bytes, header + 4 * 700);
  auto second = generator.fill(writable_bytes_of(room), 5);
  EXPECT_EQ(second.records, 5U);
  EXPECT_EQ(second.bytes, 5U * 700);
}

class TextFormat : public testing::TestWithParam<record_format> {};
INSTANTIATE_TEST_SUITE_P(Formats, TextFormat,
                         testing::Values(record_format::log, record_format::ndjson, record_format::csv));

TEST_P(TextFormat, FillsBuffersWithWholeLinesOnly) {
  record_generator generator({GetParam(), 5});
  std::uint64_t records = 0;
  std::size_t newlines = 0;
  for (std::size_t size : {1000U, 50U, 1U, 0U, 70000U, 258048U}) {
    std::string room(size, '\0');
    auto made = generator.fill(writable_bytes_of(room));
    ASSERT_LE(made.bytes, size);
    EXPECT_TRUE(made.bytes == 0 || room[made.bytes - 1] == '\n');
    records += made.records;
    newlines += lines(std::string_view(room).substr(0, made.bytes));
  }
  EXPECT_EQ(newlines, records + (GetParam() == record_format::csv ? 1 : 0));
}

TEST_P(TextFormat, PadsEveryRecordToTheSizeAskedFor) {
  for (std::size_t size : {600U, 5000U, 131072U}) {
    record_generator generator({GetParam(), 5, size});
    std::string room(4 * record_generator::k_longest_text_record, '\0');
    auto made = generator.fill(writable_bytes_of(room), 3);
    ASSERT_EQ(made.records, 3U);
    std::string_view text = std::string_view(room).substr(0, made.bytes);
    if (GetParam() == record_format::csv) text.remove_prefix(text.find('\n') + 1);
    EXPECT_EQ(text.size(), 3 * size);
    for (std::size_t i = 1; i <= 3; ++i) EXPECT_EQ(text[i * size - 1], '\n');
  }
}

TEST_P(TextFormat, RefusesRecordsThatCouldNotLieInABlock) {
  EXPECT_THROW(record_generator({GetParam(), 1, record_generator::k_longest_text_record + 1}), std::invalid_argument);
}

TEST(NdjsonRecords, AreObjectsOf300BytesOfWhichFiveInAHundredHaveStatus500) {
  std::string text = generate({record_format::ndjson, 1}, 8 << 20, 258048);
  text.resize(text.rfind('\n') + 1);
  std::size_t records = lines(text);
  EXPECT_NEAR(static_cast<double>(text.size()) / static_cast<double>(records), 300, 15);
  double share = std::stod(run_tool("grep -c '\"status\":500,'", text)) / static_cast<double>(records);
  EXPECT_NEAR(share, 0.05, 0.01);
  EXPECT_EQ(run_tool("grep -Evc "
                     "'^\\{\"ts\":\"[-0-9]{10}T[0-9:]{8}\\.[0-9]{3}Z\",\"id\":\"[0-9a-f]{16}\",\"ip\":\"[0-9.]+\","
                     "\"method\":\"[A-Z]+\",\"host\":\"[^\"]+\",\"path\":\"/"
                     "[^\"]*\",\"status\":[0-9]{3},\"bytes\":[0-9]+,"
                     "\"ms\":[0-9]+,\"referer\":\"[^\"]+\",\"ua\":\"[^\"]+\"\\}$' || true",
                     text),
            "0\n");
}

TEST(LogRecords, HaveTheCombinedForm) {
  std::string text = generate({record_format::log, 1}, 1 << 20, 258048);
  text.resize(text.rfind('\n') + 1);
  EXPECT_EQ(run_tool("grep -Evc '^[0-9.]+ - - \\[[0-9]{2}/May/2024:[0-9:]{8} \\+0000\\] \"[A-Z]+ /[^ ]* HTTP/1\\.1\" "
                     "[0-9]{3} [0-9]+ \"[^\"]+\" \"[^\"]+\"$' || true",
                     text),
            "0\n");
}

TEST(CsvRecords, HaveAsManyFieldsAsTheHeader) {
  std::string text = generate({record_format::csv, 1}, 1 << 20, 258048);
  text.resize(text.rfind('\n') + 1);
  EXPECT_TRUE(text.starts_with("ts,id,ip,method,path,status,bytes,ms,referer,ua\n"));
  EXPECT_EQ(run_tool("tail -n +2 | grep -Evc '^([^,]+,){9}\"[^\"]+\"$' || true", text), "0\n");
}

TEST(TimeOfRecords, NeverGoesBack) {
  std::string text = generate({record_format::ndjson, 1}, 4 << 20, 258048);
  text.resize(text.rfind('\n') + 1);
  run_tool("cut -d'\"' -f4 | LC_ALL=C sort -c", text);
}

TEST(RandomRecords, DoNotCompress) {
  std::string bytes = generate({record_format::random, 1}, 1 << 20, 258048);
  EXPECT_GT(run_tool("gzip -1", bytes).size(), bytes.size());
}

TEST(RandomRecords, AreCountedWhenTheyEnd) {
  record_generator generator({record_format::random, 1, 1000});
  std::string room(700, '\0');
  EXPECT_EQ(generator.fill(writable_bytes_of(room)).records, 0U);
  EXPECT_EQ(generator.fill(writable_bytes_of(room)).records, 1U);
  auto rest = generator.fill(writable_bytes_of(room), 1);
  EXPECT_EQ(rest.bytes, 600U) << "the rest of the second record";
  EXPECT_EQ(rest.records, 1U);
}

TEST(RecordGenerator, SpoilsAShareAndLeavesTheOthersAsTheyAre) {
  generator_options options{record_format::ndjson, 5};
  const std::string whole = generate(options, 3'000'000, 258048);
  options.bad = 0.01;
  const std::string spoiled = generate(options, 2'500'000, 258048);
  EXPECT_TRUE(generate(options, 2'500'000, 1001) == spoiled) << "whatever the buffers";
  std::size_t from = 0;
  std::size_t same = 0;
  std::size_t all = 0;
  for (std::size_t begin = 0; begin < spoiled.size(); ++all) {
    const std::size_t end = std::min(spoiled.find('\n', begin), spoiled.size() - 1) + 1;
    const std::size_t original = whole.find('\n', from) + 1;
    same += spoiled.compare(begin, end - begin, whole, from, original - from) == 0 ? 1 : 0;
    begin = end;
    from = original;
  }
  EXPECT_NEAR(static_cast<double>(all - same) / static_cast<double>(all), 0.01, 0.005);
}

TEST(RecordGenerator, RefusesBadRecordsOfOtherFormatsAndSharesAboveAll) {
  EXPECT_THROW(record_generator({record_format::csv, 1, 0, 0.1}), std::invalid_argument);
  EXPECT_THROW(record_generator({record_format::ndjson, 1, 0, 1.1}), std::invalid_argument);
}

} // namespace
} // namespace weir::stages
