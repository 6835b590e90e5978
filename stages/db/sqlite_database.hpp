#pragma once
// An SQLite database: a connection and prepared statements. One thread at a time.

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
  /// False: the column would not keep the value as it is: a number above 64 bits, a text of gigabytes.
  [[nodiscard]] bool bind(int at, const cell& value, affinity column);

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

} // namespace weir::stages
