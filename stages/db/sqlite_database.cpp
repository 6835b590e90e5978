#include "stages/db/sqlite_database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cctype>
#include <new>
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

constexpr const char* k_name = "weir: rows at hand";

struct feed_table : sqlite3_vtab {
  const sqlite_feed* feed = nullptr;
};
struct feed_cursor : sqlite3_vtab_cursor {
  bool at_end = false;
  std::int64_t row = 0;
};

const sqlite_feed& feed_of(sqlite3_vtab_cursor* cursor) { return *static_cast<feed_table*>(cursor->pVtab)->feed; }

// Nothing may be thrown through SQLite.
template <class Function>
int guarded(Function function) noexcept {
  try {
    return function();
  } catch (const std::bad_alloc&) { return SQLITE_NOMEM; } catch (...) {
    return SQLITE_ERROR;
  }
}

int connect_table(sqlite3* database, void* feed, int, const char* const*, sqlite3_vtab** out, char**) {
  return guarded([&] {
    const auto* const from = static_cast<const sqlite_feed*>(feed);
    std::string columns;
    for (std::size_t i = 0; i < from->columns().size(); ++i) {
      columns.append(i == 0 ? "c" : ", c").append(std::to_string(i));
    }
    const int code = sqlite3_declare_vtab(database, ("CREATE TABLE rows (" + columns + ")").c_str());
    if (code != SQLITE_OK) return code;
    auto* const table = new feed_table{};
    table->feed = from;
    *out = table;
    return SQLITE_OK;
  });
}

int disconnect_table(sqlite3_vtab* table) {
  delete static_cast<feed_table*>(table);
  return SQLITE_OK;
}

int plan_query(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open_cursor(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
  return guarded([&] {
    *out = new feed_cursor{};
    return SQLITE_OK;
  });
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
  delete static_cast<feed_cursor*>(cursor);
  return SQLITE_OK;
}

int next_row(sqlite3_vtab_cursor* cursor) {
  return guarded([&] {
    auto& at = *static_cast<feed_cursor*>(cursor);
    at.at_end = !feed_of(cursor).rows().next();
    ++at.row;
    return SQLITE_OK;
  });
}

int first_row(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) { return next_row(cursor); }

int is_at_end(sqlite3_vtab_cursor* cursor) { return static_cast<feed_cursor*>(cursor)->at_end ? 1 : 0; }

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* to) {
  *to = static_cast<feed_cursor*>(cursor)->row;
  return SQLITE_OK;
}

// Texts stay until the next row, and SQLite has made its record of them by then: nothing is copied.
void give_text(sqlite3_context* to, std::string_view text) {
  sqlite3_result_text64(to, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

// In a column of text a number stays as it was written.
void give_number(sqlite3_context* to, const cell& value, affinity column) {
  if (column == affinity::text && !value.text.empty()) return give_text(to, value.text);
  if (value.kind == cell_kind::integer) return sqlite3_result_int64(to, value.integer);
  if (value.kind == cell_kind::real) return sqlite3_result_double(to, value.real);
  if (column == affinity::real) return sqlite3_result_double(to, static_cast<double>(value.whole));
  if (!value.text.empty()) return give_text(to, value.text);
  const std::string digits = std::to_string(value.whole);
  sqlite3_result_text64(to, digits.data(), digits.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void give(sqlite3_context* to, const cell& value, affinity column) {
  switch (value.kind) {
  case cell_kind::missing:
  case cell_kind::null:
    return sqlite3_result_null(to);
  case cell_kind::boolean:
    if (column == affinity::text) return give_text(to, value.truth ? "true" : "false");
    return sqlite3_result_int(to, value.truth ? 1 : 0);
  case cell_kind::whole:
  case cell_kind::integer:
  case cell_kind::real:
    return give_number(to, value, column);
  case cell_kind::string:
  case cell_kind::nested:
    return give_text(to, value.text);
  }
}

int give_column(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int column) {
  return guarded([&] {
    const sqlite_feed& feed = feed_of(cursor);
    const auto at = static_cast<std::size_t>(column);
    give(to, feed.rows().cells()[at], feed.columns()[at]);
    return SQLITE_OK;
  });
}

// Without xCreate the table is there by its module's name alone: nothing of it is in the file.
const sqlite3_module k_module = [] {
  sqlite3_module module{};
  module.xConnect = connect_table;
  module.xBestIndex = plan_query;
  module.xDisconnect = disconnect_table;
  module.xOpen = open_cursor;
  module.xClose = close_cursor;
  module.xFilter = first_row;
  module.xNext = next_row;
  module.xEof = is_at_end;
  module.xColumn = give_column;
  module.xRowid = row_number;
  return module;
}();

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
void sqlite_statement::bind(int at, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), at, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
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

void sqlite_database::add_module(const char* name, const sqlite3_module& module, void* data) {
  if (sqlite3_create_module_v2(database_.get(), name, &module, data, nullptr) != SQLITE_OK) {
    fail(database_.get(), path_);
  }
}

bool sqlite_database::is_view(const std::string& name) {
  sqlite_statement ask = prepare("SELECT 1 FROM sqlite_master WHERE type = 'view' AND lower(name) = lower(?1)");
  ask.bind(1, name);
  return ask.step() == sqlite_statement::result::row;
}

bool sqlite_database::in_transaction() const noexcept { return sqlite3_get_autocommit(database_.get()) == 0; }
int sqlite_database::changes() const noexcept { return sqlite3_changes(database_.get()); }
std::string sqlite_database::last_words() const { return sqlite3_errmsg(database_.get()); }

bool fits(const cell& value, affinity column) noexcept {
  return value.kind != cell_kind::whole || (column != affinity::integer && column != affinity::numeric);
}

std::string sqlite_feed::connect(sqlite_database& to, std::vector<affinity> columns) {
  columns_ = std::move(columns);
  to.add_module(k_name, k_module, this);
  return quoted_name(k_name);
}

} // namespace weir::stages
