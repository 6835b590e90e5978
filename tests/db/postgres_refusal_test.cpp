// What postgres() does about a server that says no, now or for good.

#include <cstdio>
#include <functional>
#include <future>

#include "stages/checkpoint/run_journal.hpp"
#include "stages/db/positions_table.hpp"
#include "stages/file/file_stages.hpp"
#include "tests/db/db_support.hpp"
#include "tests/db/postgres_server.hpp"

namespace weir::test {
namespace {

using stages::postgres;

struct PostgresRefusal : testing::Test {
  postgres_server server;
  scratch_dir scratch;

  stages::postgres_options options(const std::string& url, const std::string& job = {}) const {
    stages::postgres_options with{.url = url, .into = {.table = "t"}};
    if (!job.empty()) with.into.positions = stages::make_journal({.job = job, .checkpoint = {}});
    return with;
  }
  std::string run(const stages::postgres_options& with) const {
    const std::string input = scratch / "in.ndjson";
    write_file(input, numbered_records(0, 1000));
    return error_of_run(stages::read({.paths = {input}, .resume = with.into.positions}) | stages::lines() |
                        stages::json() | postgres(with));
  }
  std::string ask(const std::string& query) const { return server.ask(query); }
  /// Waits for what `there` looks for, unless the run ends before.
  void await(const std::future<std::string>& run, const std::function<bool()>& there) const {
    while (!there() && run.wait_for(std::chrono::seconds(0)) != std::future_status::ready) { ask("SELECT 1"); }
  }
};

/// A transaction of somebody else, in a psql of its own.
class other_transaction {
 public:
  other_transaction(const postgres_server& server, const std::string& statement)
      : psql_(::popen(("psql -X -q -d '" + server.url() + "' > /dev/null 2>&1").c_str(), "w")) {
    say("BEGIN; " + statement + "; SELECT pg_advisory_lock(1);");
    while (server.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 1") == "0") {}
  }
  ~other_transaction() { ::pclose(psql_); }
  other_transaction(const other_transaction&) = delete;
  other_transaction& operator=(const other_transaction&) = delete;

  void commit() { say("COMMIT;"); }

 private:
  void say(const std::string& text) {
    std::fputs((text + "\n").c_str(), psql_);
    std::fflush(psql_);
  }
  std::FILE* psql_;
};

// From PostgreSQL 15 on, that is everybody but the database's owner.
TEST_F(PostgresRefusal, AUserWhoMayMakeNoTablesStoresPositionsWhereTheTableIs) {
  EXPECT_EQ(run(options(server.url(), "of the owner")), "no error");
  ask("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE plain LOGIN; GRANT SELECT, INSERT ON t TO plain; "
      "GRANT SELECT, INSERT, UPDATE, DELETE ON weir_positions TO plain");
  EXPECT_EQ(run(options(server.url("plain"), "a job")), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "2000");
  EXPECT_EQ(run(options(server.url("plain"), "a job")), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "2000");
}

TEST_F(PostgresRefusal, OneWhoWouldHaveToMakeThePositionsTableIsToldSoBeforeAnythingIsStored) {
  ask("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE plain LOGIN; CREATE TABLE t (id int, word text); "
      "GRANT SELECT, INSERT ON t TO plain");
  const std::string said = run(options(server.url("plain"), "a job"));
  EXPECT_NE(said.find("the table weir_positions"), std::string::npos) << said;
  EXPECT_NE(said.find("permission denied"), std::string::npos) << said;
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "0");
}

TEST_F(PostgresRefusal, OneWhoMayNotMakeTheTableIsToldWhich) {
  ask("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE plain LOGIN");
  const std::string said = run(options(server.url("plain")));
  EXPECT_NE(said.find("cannot make the table t: permission denied"), std::string::npos) << said;
}

TEST_F(PostgresRefusal, TwoJobsThatMakeTheTablesAtTheSameTimeBothGoOn) {
  other_transaction other(server,
                          std::string(stages::positions_table::k_create) + "; CREATE TABLE t (id bigint, word text)");
  auto said = std::async(std::launch::async, [this] { return run(options(server.url(), "a job")); });
  await(said, [this] { return ask("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0"; });
  other.commit();
  EXPECT_EQ(said.get(), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "1000");
}

TEST_F(PostgresRefusal, ALockThatIsNotGivenInTimeIsAskedForAgain) {
  ask("CREATE TABLE t (id int, word text)");
  other_transaction other(server, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  auto said = std::async(std::launch::async,
                         [this] { return run(options(server.url() + " options='-c lock_timeout=20ms'", "a job")); });
  await(said, [this] {
    const std::string log = server.log();
    const std::size_t first = log.find("due to lock timeout");
    return first != std::string::npos && log.find("due to lock timeout", first + 1) != std::string::npos;
  });
  other.commit();
  EXPECT_EQ(said.get(), "no error");
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT id) FROM t"), "1000|1000");
}

TEST_F(PostgresRefusal, AWrongPasswordNoneAndAMissingDatabaseEndTheRunAtOnce) {
  ask("CREATE ROLE plain LOGIN PASSWORD 'geheim'");
  server.want_passwords();
  const auto said_of = [&](const std::string& url) {
    stages::postgres_options with = options(url);
    with.patience = std::chrono::hours(24);
    return run(with);
  };
  const std::string wrong = said_of(server.url("plain") + " password=verraten");
  EXPECT_NE(wrong.find("password authentication failed for user \"plain\""), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("28P01"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find(".c:"), std::string::npos) << wrong;
  const std::string none = said_of(server.url("plain"));
  EXPECT_NE(none.find("no password supplied"), std::string::npos) << none;
  const std::string missing = said_of(server.url() + " dbname=nix password=a");
  EXPECT_NE(missing.find("database \"nix\" does not exist"), std::string::npos) << missing;
}

TEST_F(PostgresRefusal, AServerWithoutRoomIsAskedAgain) {
  ask("CREATE ROLE plain LOGIN CONNECTION LIMIT 0; CREATE TABLE t (id int, word text); GRANT SELECT, INSERT ON t TO "
      "plain");
  auto said = std::async(std::launch::async, [this] { return run(options(server.url("plain"))); });
  await(said, [this] { return server.log().find("too many connections for role") != std::string::npos; });
  ask("ALTER ROLE plain CONNECTION LIMIT -1");
  EXPECT_EQ(said.get(), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "1000");
}

} // namespace
} // namespace weir::test
