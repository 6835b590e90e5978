// sqlite: what stands in the table, told by the sqlite3 tool.

#include "tests/db/db_support.hpp"

namespace weir::test {
namespace {

using stages::sqlite;

struct table_test : testing::Test {
  scratch_dir scratch;
  std::string file = scratch / "a.db";

  stages::sqlite_options options(stages::table_options into = {}) const {
    if (into.table.empty()) into.table = "t";
    return {.file = file, .into = std::move(into)};
  }
  std::string ask(const std::string& query) const { return ask_sqlite(file, query); }
};
using Sqlite = table_test;

TEST_F(Sqlite, EveryKindOfValueIsKeptInAColumnOfItsOwn) {
  const std::string text = R"({"i":1,"r":1.5,"s":"a","b":true,"n":null,"o":{"x":[1,2]},"w":18446744073709551615,"m":1})"
                           "\n"
                           R"({"i":-9223372036854775808,"r":2,"s":"","b":false,"n":null,"o":[],"w":1,"m":0.5})"
                           "\n"
                           R"({"i":null,"r":1e300,"s":"it's \"q\"\n\u00e9\ud83d\ude00","o":null})"
                           "\n";
  (json_rows(text) | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT name || ' ' || type FROM pragma_table_info('t')"),
            "i INTEGER\nr REAL\ns TEXT\nb INTEGER\nn \no TEXT\nw TEXT\nm REAL");
  EXPECT_EQ(ask("SELECT quote(i), quote(r), quote(s), quote(b), quote(n), quote(o), quote(w), quote(m) FROM t"),
            "1|1.5|'a'|1|NULL|'{\"x\":[1,2]}'|'18446744073709551615'|1.0\n"
            "-9223372036854775808|2.0|''|0|NULL|'[]'|'1'|0.5\n"
            "NULL|1.0e+300|'it''s \"q\"\n\u00e9\U0001F600'|NULL|NULL|NULL|NULL|NULL");
}

TEST_F(Sqlite, AStringKeepsItsZeroBytes) {
  (json_rows("{\"s\":\"a\\u0000b\"}\n") | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT hex(s), typeof(s) FROM t"), "610062|text");
}

TEST_F(Sqlite, NumbersInAColumnOfTextStayAsTheyWereWritten) {
  (json_rows("{\"s\":\"a\"}\n{\"s\":1.10}\n{\"s\":123456789012345678901234567890}\n{\"s\":true}\n{\"s\":-0}\n") |
   sqlite(options()))
      .run();
  EXPECT_EQ(ask("SELECT quote(s) FROM t"), "'a'\n'1.10'\n'123456789012345678901234567890'\n'true'\n'-0'");
}

TEST_F(Sqlite, NamesOfAnyKindAreQuoted) {
  stages::table_options into{.table = "order \"x\"'s"};
  (json_rows(R"({"select":1,"a \"b\"":2,"é":3,"":4})"
             "\n") |
   sqlite(options(into)))
      .run();
  EXPECT_EQ(ask("SELECT group_concat(name, ',') FROM pragma_table_info('order \\\"x\\\"''s')"), "select,a \"b\",é,");
}

TEST_F(Sqlite, ATableThatIsThereKeepsItsColumnsAndMissingFieldsAreNull) {
  run_tool("sqlite3 '" + file + "' \"CREATE TABLE t (z, id INTEGER PRIMARY KEY, word TEXT, d AS (id + 1))\"");
  (json_rows("{\"id\":7,\"word\":\"x\"}\n{\"word\":\"y\"}\n{}\n") | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT quote(z), id, quote(word), d FROM t"), "NULL|7|'x'|8\nNULL|8|'y'|9\nNULL|9|NULL|10");
}

TEST_F(Sqlite, SelectedColumnsLeaveTheOthersTheirDefaults) {
  run_tool("sqlite3 '" + file + "' \"CREATE TABLE t (id, at TEXT DEFAULT 'now', w)\"");
  (json_rows("{\"id\":7,\"word\":{\"x\":1}}\n") | stages::select({.columns = "word.x as w, id"}) | sqlite(options()))
      .run();
  EXPECT_EQ(ask("SELECT * FROM t"), "7|now|1");
}

TEST_F(Sqlite, SelectAloneMakesTheTable) {
  (json_rows("{\"id\":null,\"word\":\"x\"}\n{\"id\":5}\n") | stages::select({.columns = "word as w, id, none"}) |
   sqlite(options()))
      .run();
  EXPECT_EQ(ask("SELECT name || ' ' || type FROM pragma_table_info('t')"), "w TEXT\nid INTEGER\nnone ");
  EXPECT_EQ(ask("SELECT quote(w), quote(id) FROM t"), "'x'|NULL\nNULL|5");
}

TEST_F(Sqlite, CsvGoesInByItsHeader) {
  (texts({"id,word\n1,\"a\"\"b\"\n2,\n3,\"\"\n"}) | stages::csv() | sqlite(options())).run();
  EXPECT_EQ(ask("SELECT id, quote(word), typeof(id) FROM t"), "1|'a\"b'|integer\n2|NULL|integer\n3|''|integer");
}

TEST_F(Sqlite, ManyRowsInManyTransactionsAreAllThereOnce) {
  const std::size_t n = 20'000;
  auto o = options();
  o.commit_bytes = 50'000;
  const auto ledger = named_ledger();
  o.into.ledger = ledger;
  (json_rows(numbered_records(0, n), 10'000) | sqlite(o)).run();
  EXPECT_EQ(ask("SELECT count(*), count(DISTINCT id), sum(id) FROM t"), "20000|20000|199990000");
  const auto accounts = ledger->accounts();
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(accounts[0]->in.get(), n);
  EXPECT_EQ(accounts[0]->out.get(), n);
}

TEST_F(Sqlite, TwoSinksOfOneRunWriteTwoTables) {
  auto first = options();
  auto second = options({.table = "u"});
  second.file = scratch / "b.db";
  (json_rows(numbered_records(0, 100)) | tee(sqlite(first), sqlite(second))).run();
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "100");
  EXPECT_EQ(ask_sqlite(second.file, "SELECT count(*) FROM u"), "100");
}

/// Says when rows have reached the disk while the stream stays open.
struct until_stored {
  std::string file;
  std::string text;
  bool sent = false;
  stage_context* context = nullptr;
  void start(stage_context& c) { context = &c; }
  stage_needs needs() const { return {.blocks = 2}; }
  step process(outlet<block>& out) {
    if (!sent) {
      block made = context->blocks().try_take();
      std::copy(text.begin(), text.end(), reinterpret_cast<char*>(made.data()));
      made.resize(text.size());
      made.whole_records(true);
      if (!out.try_push(std::move(made))) return step::room;
      out.flush();
      sent = true;
    }
    if (!context->may_block()) return step::blocking;
    int status = 0;
    const std::string said = run_tool("sqlite3 '" + file + "' 'SELECT count(*) FROM t' 2>/dev/null", {}, &status);
    if (said == "3\n") return step::done;
    context->wake_at(context->now() + std::chrono::milliseconds(20));
    return step::time;
  }
};

TEST_F(Sqlite, RowsAreCommittedInTimeAlsoWhileNothingComes) {
  auto o = options();
  o.into.commit_every = std::chrono::milliseconds(50);
  (stage("slow", until_stored{file, numbered_records(0, 3)}) | stages::json() | sqlite(o)).run();
  EXPECT_EQ(ask("SELECT count(*) FROM t"), "3");
}

} // namespace
} // namespace weir::test
