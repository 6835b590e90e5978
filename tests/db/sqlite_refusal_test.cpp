// sqlite: records that the table does not take, and databases that cannot be written.

#include <sys/resource.h>

#include <csignal>
#include <optional>

#include "stages/db/database_error.hpp"
#include "stages/db/sqlite_database.hpp"
#include "tests/db/db_support.hpp"

namespace weir::test {
namespace {

using stages::bad_record;
using stages::reject_class;
using stages::sqlite;

struct SqliteRefusal : testing::Test {
  scratch_dir scratch;
  std::string file = scratch / "a.db";
  stages::shared_ledger ledger = named_ledger();

  void make(const std::string& sql) const { run_tool("sqlite3 '" + file + "' \"" + sql + "\""); }
  stages::sqlite_options options(stages::record_policy policy = {bad_record::skip, {}}) const {
    return {.file = file, .into = {.table = "t", .on_error = std::move(policy), .ledger = ledger}};
  }
  std::string ask(const std::string& query) const { return ask_sqlite(file, query); }
  /// "2 unknown field: the table …" a line.
  std::string errors() const {
    std::string text;
    for (const auto& group : ledger->errors()) {
      text +=
          std::to_string(group.count) + " " + std::string(name_of(group.first.why)) + ": " + group.first.message + "\n";
    }
    return text;
  }
};

TEST_F(SqliteRefusal, ARowThatAConstraintForbidsIsRejectedAloneWithSqlitesWords) {
  make("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL, n INTEGER CHECK (n < 10))");
  (json_rows(R"({"id":1,"word":"a","n":1}
{"id":1,"word":"twice","n":1}
{"id":2,"word":null,"n":1}
{"id":3,"word":"c","n":10}
{"id":"x","word":"d","n":1}
{"id":4,"word":"e","n":9}
)") |
   sqlite(options()))
      .run();
  EXPECT_EQ(ask("SELECT id, word FROM t"), "1|a\n4|e");
  EXPECT_EQ(ledger->bad_records(), 4u);
  const auto& account = *ledger->accounts().back();
  EXPECT_EQ(account.in.get(), 6u);
  EXPECT_EQ(account.out.get(), 2u);
  EXPECT_EQ(account.rejected.get(), 4u);
  EXPECT_NE(errors().find("4 refused by the database: UNIQUE constraint failed: t.id"), std::string::npos) << errors();
}

TEST_F(SqliteRefusal, AFieldThatIsNoColumnMakesTheRecordBad) {
  make("CREATE TABLE t (a INTEGER)");
  (json_rows("{\"a\":1}\n{\"a\":2,\"b\":3}\n{\"a\":4}\n") | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT a FROM t"), "1\n4");
  EXPECT_EQ(errors(), "1 unknown field: the table 't' has no column 'b'\n");
}

TEST_F(SqliteRefusal, ANumberThatAnIntegerColumnWouldRoundIsRejected) {
  make("CREATE TABLE t (i INTEGER, r REAL)");
  (json_rows("{\"i\":18446744073709551615}\n{\"r\":18446744073709551615}\n") | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT r FROM t"), "1.84467440737096e+19");
  EXPECT_EQ(errors(), "1 wrong type: the column 'i' cannot keep all of the value\n");
}

TEST_F(SqliteRefusal, ARowThatATriggerLeavesOutIsNotSilent) {
  make("CREATE TABLE t (i); CREATE TRIGGER g BEFORE INSERT ON t WHEN new.i = 2 BEGIN SELECT RAISE(IGNORE); END");
  (json_rows("{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n") | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT i FROM t"), "1\n3");
  EXPECT_EQ(errors(), "1 refused by the database: the table ignores it\n");
}

// A block is one statement, which is taken back when one of its rows is refused: the others go in all the same, once.
TEST_F(SqliteRefusal, OneRefusedRowOfManyCostsNoOther) {
  make("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT); CREATE TABLE seen (id);"
       "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO seen VALUES (new.id); END");
  std::string text = numbered_records(0, 3'000);
  text += R"({"id":2999,"word":"twice"})"
          "\n" +
          numbered_records(3'000, 9'000);
  (json_rows(text, 16'384) | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT id), max(id) FROM t"), "9000|9000|8999");
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT id) FROM seen"), "9000|9000");
  EXPECT_EQ(errors(), "1 refused by the database: UNIQUE constraint failed: t.id\n");
  const auto& account = *ledger->accounts().back();
  EXPECT_EQ(account.in.get(), 9'001u);
  EXPECT_EQ(account.out.get(), 9'000u);
}

// FAIL leaves what the statement had done before.
TEST_F(SqliteRefusal, WhatAConflictClauseLeavesOfABlockIsNotStoredTwice) {
  for (const std::string clause : {"FAIL", "IGNORE", "ABORT"}) {
    make("DROP TABLE IF EXISTS t; CREATE TABLE t (i UNIQUE ON CONFLICT " + clause + ")");
    (json_rows("{\"i\":1}\n{\"i\":2}\n{\"i\":1}\n{\"i\":3}\n") | sqlite(options())).run();
    EXPECT_EQ(ask("SELECT i FROM t"), "1\n2\n3") << clause;
  }
  EXPECT_EQ(ledger->bad_records(), 3u);
}

TEST_F(SqliteRefusal, ADeadLetterHasTheRecordAsItStoodOrAsJson) {
  make("CREATE TABLE t (i INTEGER NOT NULL)");
  const std::string letters = scratch / "bad.ndjson";
  (json_rows("{\"i\":1}\r\n{\"i\":null }\r\n") | sqlite(options({bad_record::dead_letter, letters}))).run();
  (json_rows("{\"i\":null,\"x\":\"y\"}\n") | stages::select({.columns = "i"}) |
   sqlite(options({bad_record::dead_letter, letters})))
      .run();
  ledger->finish();
  const std::string text = read_file(letters);
  EXPECT_NE(text.find(R"("raw":"{\"i\":null }")"), std::string::npos) << text;
  // `lines` took the carriage returns out, so only the block's place is known.
  EXPECT_NE(text.find(R"("byte":0,"exact":false)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("raw":"{\"i\":null}")"), std::string::npos) << text;
}

TEST_F(SqliteRefusal, ByDefaultABadRowStopsTheRunAndSaysWhatIsDurable) {
  make("CREATE TABLE t (i INTEGER NOT NULL)");
  const plan p = json_rows("{\"i\":1}\n{\"i\":null}\n") | sqlite(options({}));
  EXPECT_EQ(error_of_run(p), "sqlite: a.txt (byte 8): sqlite: NOT NULL constraint failed: t.i; durable: 0 rows");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "0");
}

TEST_F(SqliteRefusal, ATableThatLacksASelectedColumnStopsTheRun) {
  make("CREATE TABLE t (a)");
  const plan p = json_rows("{\"a\":1,\"b\":2}\n") | stages::select({.columns = "a, b"}) | sqlite(options());
  EXPECT_EQ(error_of_run(p), "sqlite: the table 't' does not fit: it has no column 'b'; durable: 0 rows");
}

TEST_F(SqliteRefusal, AConstraintThatTakesTheTransactionBackIsAnErrorOfTheRun) {
  make("CREATE TABLE t (i UNIQUE ON CONFLICT ROLLBACK)");
  const plan p = json_rows("{\"i\":1}\n{\"i\":1}\n") | sqlite(options());
  EXPECT_NE(error_of_run(p).find("takes the whole transaction back"), std::string::npos);
}

TEST_F(SqliteRefusal, WhatIsNoDatabaseIsToldByItsName) {
  write_file(file, random_bytes(1, 8192));
  EXPECT_EQ(error_of_run(json_rows("{\"i\":1}\n") | sqlite(options())), "sqlite: " + file + ": file is not a database");
  auto o = options();
  o.file = scratch / "no/such/folder.db";
  EXPECT_EQ(error_of_run(json_rows("{\"i\":1}\n") | sqlite(o)), "sqlite: " + o.file + ": unable to open database file");
}

TEST_F(SqliteRefusal, AViewIsNoTable) {
  make("CREATE TABLE u (i); CREATE VIEW T AS SELECT i FROM u");
  EXPECT_EQ(error_of_run(json_rows("{\"i\":1}\n") | sqlite(options())),
            "sqlite: " + file + ": 't' is a view; rows go into tables");
}

TEST_F(SqliteRefusal, AFullDatabaseSaysHowManyRowsAreDurable) {
  make("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER, word TEXT)");
  auto o = options();
  o.commit_bytes = 10'000;
  o.max_pages = 64;
  const std::string said = error_of_run(json_rows(numbered_records(0, 50'000), 8'000) | sqlite(o));
  const std::string stored = ask("SELECT count(*) FROM t");
  EXPECT_NE(stored, "0");
  EXPECT_EQ(said, "sqlite: " + file + ": database or disk is full; durable: " + stored + " rows");
}

/// Holds the write lock of a database until it is destroyed.
struct lock_holder {
  explicit lock_holder(const std::string& file) : database(file, std::chrono::seconds(10), {}) {
    database.execute("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
  }
  stages::sqlite_database database;
};

TEST_F(SqliteRefusal, ALockedDatabaseIsWaitedForAndThenTold) {
  make("CREATE TABLE t (i)");
  const lock_holder holder(file);
  auto o = options();
  o.patience = std::chrono::milliseconds(50);
  EXPECT_EQ(error_of_run(json_rows("{\"i\":1}\n") | sqlite(o)),
            "sqlite: " + file + ": database is locked by another process; durable: 0 rows");
}

TEST_F(SqliteRefusal, ALockThatIsGivenUpInTimeIsNoError) {
  make("CREATE TABLE t (i)");
  std::optional<lock_holder> holder(file);
  const auto waits = [&holder] { // asked by whoever has found the lock held
    holder.reset();
    return false;
  };
  stages::sqlite_database second(file, std::chrono::seconds(10), waits);
  second.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (1); COMMIT");
  EXPECT_FALSE(holder);
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "1");
}

} // namespace
} // namespace weir::test
