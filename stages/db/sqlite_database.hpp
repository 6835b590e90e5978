#pragma once
// An SQLite database: a connection, prepared statements, and records as the rows of a virtual table, so that one INSERT … SELECT
// takes a block of them: nearly half of what an INSERT for each row takes is its beginning and its end (decision 017). One thread
// at a time.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/cell.hpp"

struct sqlite3;
struct sqlite3_module;
struct sqlite3_stmt;

namespace weir::stages {

/// How a column turns what is stored in it, by its declared type (SQLite's datatype3, 3.1).
enum class affinity : std::uint8_t { integer, real, numeric, text, none };
[[nodiscard]] affinity affinity_of(std::string_view declared);

/// Quoted as a name in SQL: "a ""b""".
[[nodiscard]] std::string quoted_name(std::string_view name);

class sqlite_statement {
 public:
  /// Of one step.
  enum class result : std::uint8_t { done, row, refused };

  sqlite_statement() = default;
  sqlite_statement(sqlite3_stmt* statement, const std::string& path) : statement_(statement), path_(path) {}

  /// Parameters are numbered from 1. Text must stay until the statement has run.
  void bind(int at, std::int64_t number);
  void bind(int at, std::string_view text);

  /// Runs it, or goes on to the next row. refused: a constraint, or a value that the table's types forbid; the statement is
  /// undone, the transaction stays. Throws database_error on anything else.
  result step();
  /// Ready to run again; the parameters stay.
  void reset() noexcept;

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, finalizer> statement_;
  std::string path_;
};

struct sqlite_column {
  std::string name;
  affinity kind = affinity::none;
};

class sqlite_database {
 public:
  /// Opens or creates. Throws database_error. Whoever finds the database locked by another process waits for it, at most
  /// `patience` or until `stopped` says so.
  sqlite_database(const std::string& path, std::chrono::milliseconds patience, std::function<bool()> stopped);

  /// Runs statements without results. Throws database_error.
  void execute(const std::string& statements);
  [[nodiscard]] sqlite_statement prepare(const std::string& text);
  /// Those that can be inserted into; empty: there is no such table.
  [[nodiscard]] std::vector<sqlite_column> columns_of(const std::string& table);
  /// The virtual tables of that module (sqlite3_create_module); one of that name from before is gone. Throws database_error.
  void add_module(const char* name, const sqlite3_module& module, void* data);
  [[nodiscard]] bool is_view(const std::string& name);
  [[nodiscard]] bool in_transaction() const noexcept;
  /// Rows that the last INSERT has made.
  [[nodiscard]] int changes() const noexcept;
  /// Why the last step() was refused, in SQLite's words.
  [[nodiscard]] std::string last_words() const;

 private:
  struct closer {
    void operator()(sqlite3* database) const noexcept;
  };
  static int busy(void* self, int tries) noexcept;

  std::string path_;
  std::chrono::milliseconds patience_;
  std::function<bool()> stopped_;
  std::chrono::steady_clock::time_point since_{}; // when the wait for a lock began
  std::unique_ptr<sqlite3, closer> database_;
};

/// Whoever has the rows. Called by the statement that reads them, on its thread.
class row_feed {
 public:
  virtual ~row_feed() = default;
  /// Goes on to the next row, at first to the first one; false: there is none.
  [[nodiscard]] virtual bool next() = 0;
  /// Of the row at hand; its texts stay until next().
  [[nodiscard]] virtual std::span<const cell> cells() const noexcept = 0;
};

/// False: the column would not keep the value as it is, a number above 64 bits.
[[nodiscard]] bool fits(const cell& value, affinity column) noexcept;

/// One thread at a time.
class sqlite_feed {
 public:
  explicit sqlite_feed(row_feed& rows) : rows_(rows) {}
  sqlite_feed(const sqlite_feed&) = delete;
  sqlite_feed& operator=(const sqlite_feed&) = delete;

  /// Gives the name, quoted, of a table that only this connection sees; its columns are for those of the table that the rows go
  /// into. The one of before is gone; no statement with it may be left.
  [[nodiscard]] std::string connect(sqlite_database& to, std::vector<affinity> columns);

  /// For SQLite's callbacks.
  [[nodiscard]] row_feed& rows() const noexcept { return rows_; }
  [[nodiscard]] const std::vector<affinity>& columns() const noexcept { return columns_; }

 private:
  row_feed& rows_;
  std::vector<affinity> columns_;
};

} // namespace weir::stages
