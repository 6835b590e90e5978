// sqlite: a run that ended in its middle and is started again stores every record once.

#include <cstdint>
#include <stdexcept>

#include "stages/checkpoint/run_journal.hpp"
#include "stages/file/file_stages.hpp"
#include "tests/db/db_support.hpp"

namespace weir::test {
namespace {

/// Lets that many bytes of blocks pass, then fails.
struct failing {
  std::size_t left;
  step process(inlet<block>& in, outlet<block>& out) {
    if (in.front().size() > left) throw std::runtime_error("enough");
    left -= in.front().size();
    if (!out.try_push(std::move(in.front()))) return step::room;
    in.release(1);
    return step::more;
  }
};

struct SqliteResume : testing::Test {
  scratch_dir scratch;
  std::string file = scratch / "a.db";
  std::string input = scratch / "in.ndjson";

  stages::sqlite_options options(const std::shared_ptr<stages::journal>& with, bool again = false) const {
    return {.file = file,
            .into = {.table = "t", .positions = with, .again = again, .commit_every = std::chrono::milliseconds(0)}};
  }
  /// A run that sees the first `most` bytes of the input.
  std::string run(std::size_t most, bool again = false, const std::string& job = "a job") const {
    const auto with = stages::make_journal({.job = job, .checkpoint = {}});
    const plan p = stages::read({.paths = {input}, .resume = with}) | stage("failing", failing{most}) |
                   stages::lines() | stages::json() | stages::sqlite(options(with, again));
    try {
      p.run({.block_size = 16'384});
    } catch (const std::exception& error) { return error.what(); }
    return "no error";
  }
  std::string ask(const std::string& query) const { return ask_sqlite(file, query); }
};

constexpr std::size_t k_all = SIZE_MAX;

TEST_F(SqliteResume, EveryRecordIsStoredOnceHoweverOftenItFails) {
  write_file(input, numbered_records(0, 30'000));
  std::size_t stored = 0;
  std::size_t tries = 1;
  // A run may fail before it stored anything, so each one gets further than the one before it.
  for (std::string said = "failing: enough"; said != "no error"; ++tries) {
    ASSERT_EQ(said, "failing: enough");
    said = run(tries * 20'000);
    const std::string now =
        ask("SELECT count(*) FROM sqlite_master WHERE name = 't'") == "0" ? "0" : ask("SELECT count(*) FROM t");
    EXPECT_GE(std::stoul(now), stored);
    stored = std::stoul(now);
  }
  EXPECT_GT(tries, 5U) << "the run was hardly ever started again";
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT id), sum(id) FROM t"), "30000|30000|449985000");
}

TEST_F(SqliteResume, TheSameRunOnceMoreStoresNothing) {
  write_file(input, numbered_records(0, 1000));
  EXPECT_EQ(run(k_all), "no error");
  EXPECT_EQ(run(k_all), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "1000");
  EXPECT_EQ(run(k_all, true), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "2000");
  EXPECT_EQ(run(k_all), "no error");
  EXPECT_EQ(run(k_all, false, "another job"), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "3000");
}

TEST_F(SqliteResume, WhatWasAddedToTheInputIsStoredNextTime) {
  write_file(input, numbered_records(0, 1000));
  EXPECT_EQ(run(k_all), "no error");
  write_file(input, numbered_records(0, 1500));
  EXPECT_EQ(run(k_all), "no error");
  EXPECT_EQ(ask("SELECT count(*), sum(id) FROM t"), "1500|1124250");
}

TEST_F(SqliteResume, ATableThatWasDroppedIsFilledAnew) {
  write_file(input, numbered_records(0, 1000));
  EXPECT_EQ(run(k_all), "no error");
  ask("DROP TABLE t");
  EXPECT_EQ(run(k_all), "no error");
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "1000");
}

TEST_F(SqliteResume, PositionsThatTheDatabaseRefusesTakeTheirRowsBack) {
  write_file(input, numbered_records(0, 1000));
  EXPECT_EQ(run(k_all), "no error");
  ask("CREATE TRIGGER full BEFORE INSERT ON weir_positions BEGIN SELECT RAISE(ABORT, 'not this one'); END");
  const std::string said = run(k_all, false, "another job");
  EXPECT_NE(said.find("weir_positions: not this one"), std::string::npos) << said;
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "1000");
}

} // namespace
} // namespace weir::test
