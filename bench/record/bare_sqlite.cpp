// bare_sqlite ROWS DATABASE: a prepared statement in one transaction, fed from memory; WAL and synchronous=NORMAL, as weir's
// sink. Prints the seconds from opening the database to having closed it.

#include "bench/record/memory_rows.hpp"

#include <sqlite3.h>

#include <charconv>
#include <string_view>

namespace {

struct row {
  std::string_view ts;
  std::int64_t status = 0;
  std::string_view path;
  std::int64_t ms = 0;
};

std::string_view field(std::string_view& line) {
  const std::size_t end = line.find('\t');
  const std::string_view one = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return one;
}

std::int64_t number(std::string_view text) {
  std::int64_t n = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), n).ec != std::errc()) { bare::die("a number"); }
  return n;
}

std::vector<row> rows_of(std::string_view text) {
  std::vector<row> rows;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    row& one = rows.emplace_back();
    one.ts = field(line);
    one.status = number(field(line));
    one.path = field(line);
    one.ms = number(field(line));
  }
  return rows;
}

void must(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_DONE) { return; }
  std::fprintf(stderr, "%s\n", sqlite3_errmsg(database));
  std::exit(1);
}

void execute(sqlite3* database, const char* text) {
  must(sqlite3_exec(database, text, nullptr, nullptr, nullptr), database);
}

void store(const std::vector<row>& rows, const char* path) {
  sqlite3* database = nullptr;
  must(sqlite3_open(path, &database), database);
  execute(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192");
  execute(database, "BEGIN; CREATE TABLE t (ts TEXT, status INTEGER, path TEXT, ms INTEGER)");
  sqlite3_stmt* insert = nullptr;
  must(sqlite3_prepare_v2(database, "INSERT INTO t VALUES (?, ?, ?, ?)", -1, &insert, nullptr), database);
  const auto text = [&](int at, std::string_view value) {
    sqlite3_bind_text(insert, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  };
  for (const row& one : rows) {
    text(1, one.ts);
    sqlite3_bind_int64(insert, 2, one.status);
    text(3, one.path);
    sqlite3_bind_int64(insert, 4, one.ms);
    must(sqlite3_step(insert), database);
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  execute(database, "COMMIT");
  must(sqlite3_close(database), database);
}

} // namespace

int main(int count, char** words) {
  if (count != 3) { return 2; }
  const std::string text = bare::text_of(words[1]);
  const std::vector<row> rows = rows_of(text);
  const bare::stopwatch watch;
  store(rows, words[2]);
}
