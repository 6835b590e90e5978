// postgres: what stands in the table of a real server, told by psql.

#include <atomic>
#include <functional>

#include "stages/checkpoint/run_journal.hpp"
#include "stages/file/file_stages.hpp"
#include "tests/db/db_support.hpp"
#include "tests/db/postgres_server.hpp"

namespace weir::test {
namespace {

using stages::postgres;

struct Postgres : testing::Test {
  postgres_server server;
  scratch_dir scratch;

  stages::postgres_options options(stages::table_options into = {}) const {
    if (into.table.empty()) into.table = "t";
    return {.url = server.url(), .into = std::move(into)};
  }
  std::string ask(const std::string& query) const { return server.ask(query); }
};

/// Does something when the first block behind `after` bytes comes by.
struct disturbing {
  std::size_t after;
  std::function<void()> act;
  step process(inlet<block>& in, outlet<block>& out) {
    const std::size_t size = in.front().size();
    if (!out.try_push(std::move(in.front()))) return step::room;
    in.release(1);
    if (act && size >= after) std::exchange(act, nullptr)();
    after -= std::min(after, size);
    return step::more;
  }
};

TEST_F(Postgres, EveryKindOfValueIsKeptInAColumnOfItsOwn) {
  const std::string text = R"({"i":1,"r":1.5,"s":"a","b":true,"n":null,"o":{"x":[1,2]},"w":18446744073709551615,"m":1})"
                           "\n"
                           R"({"i":-9223372036854775808,"r":2,"s":"","b":false,"n":null,"o":[],"w":1,"m":0.5})"
                           "\n"
                           R"({"i":null,"r":1e300,"s":"it's \\N \"q\"\t\n\r\u00e9\ud83d\ude00","o":null})"
                           "\n";
  EXPECT_EQ(error_of_run(json_rows(text) | postgres(options())), "no error");
  EXPECT_EQ(ask("SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_name = 't' "
                "ORDER BY ordinal_position"),
            "i bigint\nr double precision\ns text\nb boolean\nn text\no jsonb\nw numeric\nm double precision");
  EXPECT_EQ(ask("SELECT i, r, b, n, o, w, m FROM t WHERE s = 'a'"), "1|1.5|t||{\"x\": [1, 2]}|18446744073709551615|1");
  EXPECT_EQ(ask("SELECT i, r, b, n, o, w, m FROM t WHERE s = ''"), "-9223372036854775808|2|f||[]|1|0.5");
  EXPECT_EQ(ask("SELECT s = E'it\\'s \\\\\\\\N \\\"q\\\"\\t\\n\\r\u00e9\U0001F600', num_nulls(i, b, n, o, w, m) FROM t "
                "WHERE r = 1e300"),
            "t|6");
}

TEST_F(Postgres, OnlyTheGuiltyRecordsOfABatchAreRefused) {
  ask("CREATE TABLE t (id int PRIMARY KEY CHECK (id <> 777), word text NOT NULL)");
  std::string text = numbered_records(0, 5000);
  text += "{\"id\":12,\"word\":\"again\"}\n{\"id\":6000}\n{\"id\":\"x\",\"word\":\"w\"}\n{\"id\":6001,\"word\":"
          "\"a\\u0000\"}\n";
  text += numbered_records(7000, 8000);
  const auto ledger = named_ledger();
  const std::string letters = scratch / "bad.ndjson";
  const stages::record_policy policy{.action = stages::bad_record::dead_letter, .path = letters};
  EXPECT_EQ(error_of_run(json_rows(text) | postgres(options({.table = "t", .on_error = policy, .ledger = ledger}))),
            "no error");
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT id), sum(id) FROM t"), "5999|5999|19996223");
  ledger->finish();
  const std::string told = read_file(letters);
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 5);
  for (const char* part : {"\\\"id\\\":777,", "violates check constraint", "\\\"again\\\"", "duplicate key",
                           "null value in column", "invalid input syntax", "U+0000"}) {
    EXPECT_NE(told.find(part), std::string::npos) << part << "\n" << told;
  }
}

TEST_F(Postgres, ManyGuiltyRecordsInARowAreRefusedOneByOne) {
  ask("CREATE TABLE t (id int CHECK (id < 1000 OR id >= 1500), word text)");
  const auto ledger = named_ledger();
  const stages::record_policy policy{.action = stages::bad_record::skip, .path = {}};
  const std::string text = numbered_records(0, 3000);
  EXPECT_EQ(error_of_run(json_rows(text) | postgres(options({.table = "t", .on_error = policy, .ledger = ledger}))),
            "no error");
  EXPECT_EQ(ask("SELECT count(*), min(id), max(id) FROM t"), "2500|0|2999");
  EXPECT_EQ(account_of(*ledger, "postgres").rejected.get(), 500U);
}

TEST_F(Postgres, ByDefaultARefusedRecordStopsTheRunAndSaysWhatIsDurable) {
  ask("CREATE TABLE t (id int CHECK (id <> 777), word text)");
  const std::string said = error_of_run(json_rows(numbered_records(0, 5000)) | postgres(options()));
  EXPECT_NE(said.find("violates check constraint"), std::string::npos) << said;
  EXPECT_NE(said.find("; durable: 0 rows"), std::string::npos) << said;
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "0");
}

TEST_F(Postgres, TheSameRunOnceMoreStoresNothingAndAddedRecordsAreStored) {
  const std::string input = scratch / "in.ndjson";
  const auto run = [&](bool again) {
    const auto with = stages::make_journal({.job = "a job", .checkpoint = {}});
    return error_of_run(stages::read({.paths = {input}, .resume = with}) | stages::lines() | stages::json() |
                        postgres(options({.table = "t", .positions = with, .again = again})));
  };
  write_file(input, numbered_records(0, 1000));
  EXPECT_EQ(run(false), "no error");
  EXPECT_EQ(run(false), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "1000");
  write_file(input, numbered_records(0, 1500));
  EXPECT_EQ(run(false), "no error");
  EXPECT_EQ(ask("SELECT count(*), sum(id) FROM t"), "1500|1124250");
  EXPECT_EQ(run(true), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "3000");
}

TEST_F(Postgres, AServerThatCrashesAndComesBackHasEveryRecordOnce) {
  const std::string input = scratch / "in.ndjson";
  write_file(input, numbered_records(0, 100'000));
  const auto crash = [this] {
    server.crash();
    server.start();
  };
  const auto with = stages::make_journal({.job = "a job", .checkpoint = {}});
  const plan p = stages::read({.paths = {input}, .resume = with}) | stage("a third", disturbing{1'000'000, crash}) |
                 stage("two thirds", disturbing{2'000'000, crash}) | stages::lines() | stages::json() |
                 postgres(options({.table = "t", .positions = with, .commit_every = std::chrono::milliseconds(1)}));
  EXPECT_EQ(error_of_run(p), "no error");
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT id), sum(id) FROM t"), "100000|100000|4999950000");
}

TEST_F(Postgres, AServerThatStaysAwayIsGoneWithItsAddressAndWithoutThePassword) {
  stages::postgres_options with = options();
  with.url += " password=secret";
  with.patience = std::chrono::milliseconds(300);
  server.crash();
  try {
    (json_rows(numbered_records(0, 10)) | postgres(with)).run();
    ADD_FAILURE() << "it ran";
  } catch (const std::exception& error) {
    const std::string said = error.what();
    EXPECT_NE(said.find("/tmp/weir-pg-"), std::string::npos) << said;
    EXPECT_EQ(said.find("secret"), std::string::npos) << said;
  }
  server.start();
}

TEST_F(Postgres, ATableThatDoesNotFitIsToldBeforeAnythingIsStored) {
  ask("CREATE TABLE t (id int); CREATE VIEW v AS SELECT 1 AS id");
  const std::string text = "{\"id\":1,\"b\":2}\n";
  EXPECT_NE(error_of_run(json_rows(text) | stages::select({.columns = "id, b"}) | postgres(options()))
                .find("has no column 'b'"),
            std::string::npos);
  EXPECT_NE(error_of_run(json_rows(text) | postgres(options({.table = "v"}))).find("is a view"), std::string::npos);
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "0");
}

} // namespace
} // namespace weir::test
