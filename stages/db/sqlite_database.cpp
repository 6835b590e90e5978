#include "stages/db/sqlite_database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cctype>
#include <thread>
#include <utility>

#include "stages/db/database_error.hpp"

namespace weir::stages {
namespace {

[[noreturn]] void fail(sqlite3* database, const std::string& path) {
  std::string text = path + ": " + sqlite3_errmsg(database);
  const int code = sqlite3_errcode(database) & 0xff;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) text += " by another process";
  throw database_error(text);
}

// Text that stays until the statement has run is not copied.
int bind_text(sqlite3_stmt* to, int at, std::string_view text) {
  return sqlite3_bind_text64(to, at, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                             SQLITE_UTF8);
}

// In a column of text a number stays as it was written.
int bind_number(sqlite3_stmt* to, int at, const cell& value, affinity column) {
  if (column == affinity::text && !value.text.empty()) return bind_text(to, at, value.text);
  if (value.kind == cell_kind::integer) return sqlite3_bind_int64(to, at, value.integer);
  if (value.kind == cell_kind::real) return sqlite3_bind_double(to, at, value.real);
  if (column == affinity::real) return sqlite3_bind_double(to, at, static_cast<double>(value.whole));
  if (!value.text.empty()) return bind_text(to, at, value.text);
  const std::string digits = std::to_string(value.whole);
  return sqlite3_bind_text64(to, at, digits.data(), digits.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

} // namespace

affinity affinity_of(std::string_view declared) {
  std::string upper(declared);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto has = [&](const char* word) { return upper.find(word) != std::string::npos; };
  if (has("INT")) return affinity::integer;
  if (has("CHAR") || has("CLOB") || has("TEXT")) return affinity::text;
  if (upper.empty() || has("BLOB")) return affinity::none;
  if (has("REAL") || has("FLOA") || has("DOUB")) return affinity::real;
  return affinity::numeric;
}

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

void sqlite_statement::finalizer::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

void sqlite_statement::bind(int at, std::int64_t number) { sqlite3_bind_int64(statement_.get(), at, number); }
void sqlite_statement::bind(int at, std::string_view text) { bind_text(statement_.get(), at, text); }

bool sqlite_statement::bind(int at, const cell& value, affinity column) {
  sqlite3_stmt* const to = statement_.get();
  switch (value.kind) {
  case cell_kind::missing:
  case cell_kind::null:
    sqlite3_bind_null(to, at);
    break;
  case cell_kind::boolean:
    if (column == affinity::text) {
      bind_text(to, at, value.truth ? "true" : "false");
    } else {
      sqlite3_bind_int(to, at, value.truth ? 1 : 0);
    }
    break;
  case cell_kind::whole:
    if (column == affinity::integer || column == affinity::numeric) return false;
    [[fallthrough]];
  case cell_kind::integer:
  case cell_kind::real:
    bind_number(to, at, value, column);
    break;
  case cell_kind::string:
  case cell_kind::nested:
    return bind_text(to, at, value.text) == SQLITE_OK; // Else it is longer than SQLite's texts may be.
    break;
  }
  return true;
}

sqlite_statement::result sqlite_statement::step() {
  switch (sqlite3_step(statement_.get()) & 0xff) {
  case SQLITE_DONE:
    return result::done;
  case SQLITE_ROW:
    return result::row;
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_TOOBIG:
    return result::refused;
  default:
    fail(sqlite3_db_handle(statement_.get()), path_);
  }
}

void sqlite_statement::reset() noexcept { sqlite3_reset(statement_.get()); }
std::int64_t sqlite_statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
std::string sqlite_statement::text(int column) const {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text == nullptr ? ""
                         : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

void sqlite_database::closer::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }

sqlite_database::sqlite_database(const std::string& path, std::chrono::milliseconds patience,
                                 std::function<bool()> stopped)
    : path_(path), patience_(patience), stopped_(std::move(stopped)) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(opened);
  if (opened == nullptr) throw std::bad_alloc();
  if (code != SQLITE_OK) fail(opened, path_);
  sqlite3_extended_result_codes(opened, 0);
  sqlite3_busy_handler(opened, busy, this);
}

// Waits a little longer each time; not for a moment that all who wait have in common.
int sqlite_database::busy(void* self, int tries) noexcept {
  auto& me = *static_cast<sqlite_database*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (tries == 0) me.since_ = now;
  if (now - me.since_ >= me.patience_ || (me.stopped_ && me.stopped_())) return 0;
  const auto jitter = std::chrono::microseconds(now.time_since_epoch().count() / 1000 % 1000);
  std::this_thread::sleep_for(std::chrono::milliseconds(std::min(1 << std::min(tries, 6), 50)) + jitter);
  return 1;
}

void sqlite_database::execute(const std::string& statements) {
  if (sqlite3_exec(database_.get(), statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(database_.get(), path_);
  }
}

sqlite_statement sqlite_database::prepare(const std::string& text) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v3(database_.get(), text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
    fail(database_.get(), path_);
  }
  return {made, path_};
}

std::vector<sqlite_column> sqlite_database::columns_of(const std::string& table) {
  std::vector<sqlite_column> columns;
  sqlite_statement ask = prepare("PRAGMA table_info(" + quoted_name(table) + ")");
  while (ask.step() == sqlite_statement::result::row) { columns.push_back({ask.text(1), affinity_of(ask.text(2))}); }
  return columns;
}

bool sqlite_database::is_view(const std::string& name) {
  sqlite_statement ask = prepare("SELECT 1 FROM sqlite_master WHERE type = 'view' AND lower(name) = lower(?1)");
  ask.bind(1, name);
  return ask.step() == sqlite_statement::result::row;
}

bool sqlite_database::in_transaction() const noexcept { return sqlite3_get_autocommit(database_.get()) == 0; }
int sqlite_database::changes() const noexcept { return sqlite3_changes(database_.get()); }
std::string sqlite_database::last_words() const { return sqlite3_errmsg(database_.get()); }

} // namespace weir::stages
