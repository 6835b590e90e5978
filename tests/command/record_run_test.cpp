// Records from end to end with the real program: what is told of bad ones, the balance, exit codes, secrets.

#include "program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string_view>

namespace weir::command {
namespace {

/// `count` records; those whose number is in `bad` are none.
std::string records(std::size_t count, const std::vector<std::size_t>& bad = {}) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const bool spoiled = std::find(bad.begin(), bad.end(), i) != bad.end();
    text += "{\"id\":" + std::to_string(i) +
            (spoiled ? ",\"status\":}\n" : ",\"status\":" + std::to_string(i % 10 * 100) + "}\n");
  }
  return text;
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(RecordRun, FiltersAndSelects) {
  const test_folder folder;
  folder.write("in", records(20));
  const ending got =
      weir_in(folder, {"read in | lines | json | where 'status >= 800' | select id, status as s | to csv | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, "id,s\n8,800\n9,900\n18,800\n19,900\n");
  EXPECT_TRUE(holds(got.err, "records  20 read = 4 delivered + 16 filtered + 0 rejected\n")) << got.err;
}

TEST(RecordRun, ABadRecordEndsTheRunWithItsPlaceAnd65) {
  const test_folder folder;
  folder.write("in", records(100, {41}));
  const ending got = weir_in(folder, {"-q", "read in | lines | json | where 'status > 1' | write out"});
  EXPECT_EQ(got.code, 65);
  EXPECT_EQ(got.err, "weir: in:42:19 (byte 923): json: value missing\n");
  EXPECT_FALSE(folder.has("out"));
}

TEST(RecordRun, BadOnesAreToldByStageAndKind) {
  const test_folder folder;
  folder.write("in", records(100, {41, 77}) + "{\"status\":\"x\"}\n");
  const ending got =
      weir_in(folder, {"--on-error", "skip", "read in | lines | json | where 'status >= 500' | write out"});
  EXPECT_EQ(got.code, 0);
  EXPECT_TRUE(holds(got.err, "records  101 read = 49 delivered + 49 filtered + 3 rejected\n"
                             "bad      2 json: value missing\n"
                             "         first in:42:19 (byte 923): json: value missing\n"
                             "               {\"id\":41,\"status\":}\n"
                             "         last  in:78 (byte "))
      << got.err;
  EXPECT_TRUE(holds(got.err, "bad      1 where: wrong type\n")) << got.err;
}

TEST(RecordRun, AFailedRunHasItsReportAndWhatBecameOfItsRecords) {
  const test_folder folder;
  folder.write("in", records(100, {41}));
  const ending got =
      weir_in(folder, {"--report", "run.json", "read in | lines | json | where 'status > 1' | write out"});
  EXPECT_EQ(got.code, 65);
  EXPECT_TRUE(got.err.starts_with("weir: in:42:19 (byte 923): json: value missing\nrecords  ")) << got.err;
  const std::string report = folder.read("run.json");
  EXPECT_TRUE(holds(report, "\"error\": \"in:42:19 (byte 923): json: value missing\"")) << report;
  EXPECT_TRUE(holds(report, "\"records\": [")) << report;
}

TEST(RecordRun, ARunThatCannotBeginHasAReportThatSaysWhy) {
  const test_folder folder;
  EXPECT_EQ(weir_in(folder, {"-q", "--report", "run.json", "read nothing | lines | json | null"}).code, 66);
  EXPECT_TRUE(holds(folder.read("run.json"), "\"error\": \"read: ")) << folder.read("run.json");
}

TEST(RecordRun, WhatATextStageMayDropIsPassedOnAsText) {
  const test_folder folder;
  folder.write("in", records(20));
  const ending got = weir_in(folder, {"read in | lines | json | to | grep 900 | write out"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_TRUE(holds(got.err, "records  20 read = 20 passed on as text + 0 filtered + 0 rejected\n")) << got.err;
}

// SQLite gives up its wait for the lock with an error of its own when the run is cancelled.
TEST(RecordRun, ASinkThatFailsBecauseTheTimeIsUpIsStillLeftovers) {
  const test_folder folder;
  ASSERT_EQ(program_in(folder, "sqlite3", {"a.db", "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER)"}).code, 0);
  running_program::settings with;
  with.program = "sqlite3";
  with.open_input = true;
  with.pipe_output = true;
  running_program other(folder, {"a.db"}, with);
  other.tell("BEGIN IMMEDIATE; SELECT 'held';\n");
  ASSERT_EQ(other.read_output(5), "held\n");
  folder.write("in", records(20));
  running_program weir(folder, {"--progress", "always", "--report", "run.json", "--drain-timeout", "1s",
                                "read in | lines | json | select id | sqlite a.db t"});
  ASSERT_TRUE(weir.await_error("100%")); // all is read
  weir.send(SIGTERM);
  const ending got = weir.wait();
  EXPECT_EQ(got.code, 4) << got.err;
  const std::size_t leftovers = got.err.find("weir: stopped after --drain-timeout, 1.00 s");
  ASSERT_NE(leftovers, std::string::npos) << got.err;
  EXPECT_NE(got.err.find("\nweir: sqlite: a.db: database is locked", leftovers), std::string::npos) << got.err;
  EXPECT_TRUE(holds(folder.read("run.json"), "database is locked"));
  other.end_input();
}

TEST(RecordRun, AStagesOwnPolicyCountsMoreThanTheRuns) {
  const test_folder folder;
  folder.write("in", records(50, {3}) + "{\"status\":\"x\"}\n");
  const ending got = weir_in(
      folder, {"-q", "--on-error", "skip", "read in | lines | json | where --on-error stop 'status > 1' | null"});
  EXPECT_EQ(got.code, 65);
  EXPECT_TRUE(holds(got.err, "where: field 'status' is a string, compared with a number")) << got.err;
}

TEST(RecordRun, ALineThatNoMemoryHoldsIsABadRecord) {
  const test_folder folder;
  folder.write("in", records(2) + "{\"id\":\"" + std::string(40u << 20, 'x') + "\"}\n" + records(1));
  const ending got = weir_in(folder, {"--memory", "40M", "--on-error", "dead-letter:bad",
                                      "read in | lines | json | where 'id < 9' | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out, records(2) + records(1));
  EXPECT_TRUE(holds(got.err, "bad      1 json: too long\n")) << got.err;
  EXPECT_TRUE(holds(folder.read("bad"), "\"raw_is\":\"beginning\"")) << got.err;
  folder.write("few", records(1));
  const ending merged = weir_in(folder, {"--memory", "60M", "--on-error", "skip",
                                         "merge { read in | lines | json } { read few | lines | json } | null"});
  EXPECT_EQ(merged.code, 0) << merged.err;
  EXPECT_TRUE(holds(merged.err, "bad      1 json: too long\n")) << merged.err;
  const ending lines = weir_in(folder, {"-q", "--memory", "40M", "read in | lines | write out"});
  EXPECT_EQ(lines.code, 1);
  EXPECT_TRUE(holds(lines.err, "does not fit; --memory")) << lines.err;
}

TEST(RecordRun, TooManyBadOnesEndIt) {
  const test_folder folder;
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < 5000; i += 20) bad.push_back(i);
  folder.write("in", records(5000, bad));
  const std::string pipeline = "read in | lines | json --on-error skip --validate full | null";
  EXPECT_EQ(weir_in(folder, {"-q", "--max-bad", "6%", pipeline}).code, 0);
  const ending got = weir_in(folder, {"-q", "--max-bad", "4%", pipeline});
  EXPECT_EQ(got.code, 65);
  EXPECT_TRUE(holds(got.err, "more than the limit of 4 %")) << got.err;
}

TEST(RecordRun, TheReportHasTheBalanceOfEachBranch) {
  const test_folder folder;
  folder.write("in", records(1000, {500}));
  const ending got =
      weir_in(folder, {"-q", "--report", "r.json", "--on-error", "dead-letter:bad",
                       "read in | lines | json --validate full | tee { where 'status == 300' | null } | write out"});
  EXPECT_EQ(got.code, 0) << got.err;
  const std::string report = folder.read("r.json");
  EXPECT_TRUE(holds(
      report,
      "\"records\": [\n    {\n      \"stages\": [\n        \"json\",\n        \"where\",\n        \"to\"\n      ],\n"
      "      \"read\": 1000,\n      \"delivered\": 100,\n      \"filtered\": 899,\n"
      "      \"rejected\": 1,\n      \"dropped\": 0,\n      \"balances\": true\n"))
      << report;
  EXPECT_TRUE(holds(report, "\"delivered\": 999,")) << report;
  EXPECT_TRUE(holds(report, "\"class\": \"value missing\",\n      \"count\": 1,")) << report;
  EXPECT_TRUE(holds(report, "\"line\": 501,")) << report;
  EXPECT_TRUE(holds(folder.read("bad"), "\"line\":501,")) << folder.read("bad");
}

TEST(RecordRun, MergedRecordsKeepAllTheirLines) {
  const test_folder folder;
  folder.write("a", "{\"id\":1}\n{\"id\":2}");
  folder.write("b", "{\"id\":3}\n{\"id\":4}");
  const ending got = weir_in(
      folder,
      {"merge { read a | lines | json } { read b | lines | json } | where 'id > 1' | select id | to csv | write -"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(got.out.size(), std::string("id\n2\n3\n4\n").size()) << got.out;
  EXPECT_TRUE(holds(got.err, "records  4 read = 3 delivered + 1 filtered + 0 rejected\n")) << got.err;
}

TEST(RecordRun, AnInputThatIsMissingIs66) {
  EXPECT_EQ(weir_in(test_folder(), {"-q", "read nothing | lines | json | null"}).code, 66);
}

TEST(RecordRun, PasswordsAreInNoMessage) {
  const test_folder folder;
  folder.write("in", "{\"id\":1}\n");
  for (const char* sink : {"postgrse postgres://me:geheim@localhost:1/db t", "sqlite 'host=x password=geheim' 'a' b",
                           "tcp 'postgres://me:geheim@localhost:1'", "write 'no/postgres://me:geheim@h'"}) {
    const ending got = weir_in(folder, {std::string("read in | lines | json | ") + sink});
    EXPECT_NE(got.code, 0) << got.err;
    EXPECT_FALSE(holds(got.err + got.out, "geheim")) << got.err;
  }
}

TEST(RecordRun, APasswordInQuotesInQuotesIsNotShownWhereTheLineIs) {
  const std::string pipeline = "read x | json | postgres \"host=h password='geheim'\" t";
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--nope", pipeline}, {pipeline, "more"}, {"explain", pipeline, pipeline}}) {
    const ending got = weir_in(test_folder(), words);
    EXPECT_EQ(got.code, 2);
    EXPECT_FALSE(holds(got.err, "geheim")) << got.err;
  }
}

TEST(RecordRun, PasswordsAreNotInTheProcessesTitle) {
  const test_folder folder;
  running_program::settings with;
  with.open_input = true;
  running_program weir(folder, {"-q", "read - | lines | grep postgres://me:geheim@host | write out"}, with);
  weir.await_handler(SIGTERM);
  const std::string title = weir.title();
  EXPECT_TRUE(holds(title, "postgres://me:******@host")) << title;
  EXPECT_FALSE(holds(title, "geheim")) << title;
  weir.tell("postgres://me:geheim@host\n");
  weir.end_input();
  EXPECT_EQ(weir.wait().code, 0);
  EXPECT_EQ(folder.read("out"), "postgres://me:geheim@host\n") << "the pattern itself is whole";
}

} // namespace
} // namespace weir::command
