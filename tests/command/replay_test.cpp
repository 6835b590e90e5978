// weir replay and weir check with the real program.

#include "program.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace weir::command {
namespace {

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Three good records and three bad ones: two that parse, of which `where` makes nothing, and one that is no UTF-8.
constexpr std::string_view k_input = "{\"id\":1,\"n\":5}\n"
                                     "{\"id\":2,\"n\":\"a\\\"b\"}\n"
                                     "{\"id\":3,\"n\":7}\n"
                                     "{\"id\":4,\"n\":8,\"x\":\"\xFF\"}\n"
                                     "{\"id\":5,\"n\":\"c\"}\n"
                                     "{\"id\":6,\"n\":9}\n";

class Replay : public testing::Test {
 protected:
  Replay() {
    folder_.write("in", k_input);
    const ending got = weir_in(folder_, {"-q", "--on-error", "dead-letter:bad",
                                         "read in | lines | json | where 'n > 0' | select id | write out"});
    EXPECT_EQ(got.code, 0) << got.err;
    EXPECT_EQ(folder_.read("out"), "{\"id\":1}\n{\"id\":3}\n{\"id\":6}\n");
  }
  test_folder folder_;
};

TEST_F(Replay, FeedsTheRecordsAsTheyWere) {
  const ending got = weir_in(folder_, {"-q", "replay", "bad", "write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, "{\"id\":2,\"n\":\"a\\\"b\"}\n{\"id\":4,\"n\":8,\"x\":\"\xFF\"}\n{\"id\":5,\"n\":\"c\"}\n");
}

TEST_F(Replay, TakesThePlaceOfTheSource) {
  const ending got = weir_in(folder_, {"-q", "--on-error", "skip", "replay", "bad",
                                       "read in | lines | json | where 'has(n)' | select id | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, "{\"id\":2}\n{\"id\":5}\n");
}

TEST_F(Replay, OfOneStageLeavesTheOthersOut) {
  const ending got = weir_in(folder_, {"-q", "letters --stage json bad | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, "{\"id\":4,\"n\":8,\"x\":\"\xFF\"}\n");
}

TEST_F(Replay, WhatIsBadAgainIsToldWithItsFirstPlaceAndOneAttemptMore) {
  const ending got =
      weir_in(folder_, {"--on-error", "dead-letter:worse", "replay", "bad", "json | where 'n > 0' | null"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_TRUE(holds(got.err, "first in:2")) << got.err;
  const std::string worse = folder_.read("worse");
  for (const char* part : {"\"file\":\"in\",\"line\":2,", "\"file\":\"in\",\"line\":4,", "\"file\":\"in\",\"line\":5,",
                           "\"byte\":15,\"exact\":true,\"attempts\":2,\"raw\":\"{\\\"id\\\":2,"})
    EXPECT_TRUE(holds(worse, part)) << part << " is missing in\n" << worse;
}

TEST(ReplayOfMany, EveryRecordThatIsBadAgainFindsItsLetter) {
  const test_folder folder;
  constexpr std::size_t k_records = 5000;
  std::string text;
  for (std::size_t i = 0; i < k_records; ++i)
    text += "{\"n\":\"" + std::to_string(i) + "\",\"s\":\"" + std::string(300, 'x') + "\"}\n";
  folder.write("in", text);
  const std::string rest = "lines | json | where 'n > 0' | null";
  ASSERT_EQ(weir_in(folder, {"-q", "--on-error", "dead-letter:bad", "read in | " + rest}).code, 0);
  ASSERT_EQ(
      weir_in(folder, {"-q", "--on-error", "dead-letter:worse", "replay", "bad", "json | where 'n > 0' | null"}).code,
      0);
  const std::string worse = folder.read("worse");
  std::size_t at = 0;
  for (std::size_t i = 0; i < k_records; ++i) {
    const std::string place = "\"file\":\"in\",\"line\":" + std::to_string(i + 1) + ",";
    at = worse.find(place, at);
    ASSERT_NE(at, std::string::npos) << i;
    ASSERT_EQ(worse.find("\"attempts\":2,", at), worse.find("\"attempts\":", at)) << i;
  }
}

TEST(ReplayOfColumns, GoesIntoAPipelineWithoutTheSelectAndIntoNoOther) {
  const test_folder folder;
  folder.write("in", "{\"request\":{\"path\":\"/a\"},\"n\":1}\n{\"request\":{\"path\":\"/b\"},\"n\":\"x\"}\n");
  const std::string first = "tee { select request.path as path, n | tee { where 'n > 0' | write out } } ";
  const ending got = weir_in(folder, {"-q", "--on-error", "dead-letter:bad", "read in | lines | json | " + first});
  ASSERT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(folder.read("out"), "{\"path\":\"/a\",\"n\":1}\n");
  EXPECT_TRUE(holds(folder.read("bad"), "\"raw_is\":\"columns\",\"raw\":\"{\\\"path\\\":\\\"/b\\\","))
      << folder.read("bad");
  const ending again = weir_in(folder, {"-q", "replay", "bad", "json | select request.path as path | write -"});
  EXPECT_EQ(again.code, 65);
  EXPECT_TRUE(
      holds(again.err, "weir: bad (byte 0): this letter of 'where' holds columns that a select has made already"))
      << again.err;
  const ending behind = weir_in(folder, {"-q", "replay", "bad", "json | where 'has(path)' | write -"});
  EXPECT_EQ(behind.code, 0) << behind.err;
  EXPECT_EQ(behind.out, "{\"path\":\"/b\",\"n\":\"x\"}\n");
  const ending worse =
      weir_in(folder, {"-q", "--on-error", "dead-letter:worse", "replay", "bad", "json | where 'n > 0' | null"});
  EXPECT_TRUE(holds(folder.read("worse"), "\"attempts\":2,\"raw_is\":\"columns\"")) << worse.err;
}

TEST_F(Replay, RefusesALineThatIsNoLetterAndAFileThatIsReadAndWritten) {
  folder_.write("none", "{\"raw\":\"{}\"}\n{\"id\":1}\n");
  const ending got = weir_in(folder_, {"-q", "replay", "none", "json | null"});
  EXPECT_EQ(got.code, 65);
  EXPECT_EQ(got.err, "weir: none (byte 13): this line is no dead letter: it has neither 'raw' nor 'raw_base64'\n");
  const ending both = weir_in(folder_, {"-q", "--on-error", "dead-letter:./bad", "replay", "bad", "json | null"});
  EXPECT_EQ(both.code, 2);
  EXPECT_TRUE(holds(both.err, "'./bad' is read and would be written at the same time")) << both.err;
  EXPECT_TRUE(holds(weir_in(folder_, {"replay", "bad", "csv | null"}).err, "name the fields with csv --columns"));
}

TEST(Check, ShowsWhatAPipelineWouldDoAndWritesNothing) {
  const test_folder folder;
  folder.write("in", k_input);
  const ending got = weir_in(
      folder, {"check", "read in | lines | json | where 'n > 0' | tee { sqlite x.db t } | select id | write out"});
  EXPECT_EQ(got.code, 65) << "a bad record would end it";
  for (const char* part :
       {"  read       gives bytes\n", "  json       bytes -> records\n",
        "memory bound:", "  sqlite would get: id a number, n a number\n",
        "records  6 read = 3 delivered + 0 filtered + 3 rejected  (json > where)\n", "bad      2 where: wrong type\n"})
    EXPECT_TRUE(holds(got.out, part)) << part << " is missing in\n" << got.out;
  EXPECT_EQ(folder.names(), "in ");
}

TEST(Check, LooksAtTheFirstRecordsOnlyAndAtNoPolicy) {
  const test_folder folder;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "{\"id\":" + std::to_string(i) + "}\n";
  folder.write("in", text + "no record\n");
  const ending got = weir_in(
      folder, {"check", "--sample", "500", "--on-error", "dead-letter:bad", "read in | lines | json | sqlite x.db t"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_TRUE(holds(got.out, "records  500 read = 500 delivered + 0 filtered + 0 rejected\n")) << got.out;
  EXPECT_EQ(folder.names(), "in ");
}

TEST(Check, CutsNoQuotedFieldOfCsvInTwo) {
  const test_folder folder;
  std::string text = "k,v\n";
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i) + ",\"a\nb\"\n";
  folder.write("in", text);
  for (const char* sample : {"3", "4", "5"}) {
    const ending got =
        weir_in(folder, {"check", "--sample", sample, "read in | csv --quoted-newlines | to json | write out"});
    EXPECT_EQ(got.code, 0) << got.err;
    EXPECT_TRUE(holds(got.out, " + 0 rejected\n")) << got.out;
    EXPECT_TRUE(holds(got.out, *sample == '5' ? "records  3 read" : "records  2 read")) << got.out;
  }
}

TEST(Check, OfAPipelineWithoutRecordsIsItsPlan) {
  const test_folder folder;
  const ending got = weir_in(folder, {"check", "read in | gzip | write out"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_TRUE(holds(got.out, "no stage makes records: nothing to try\n")) << got.out;
}

} // namespace
} // namespace weir::command
