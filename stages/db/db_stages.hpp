#pragma once
// sqlite, postgres: sinks of rows. Each keeps the positions of the run's inputs in the same transaction as the rows, so that a
// run that was killed and is started again stores every record exactly once.
//
//   read(…) | lines() | json() | select("ts, status, path") | sqlite({.file = "errors.db", .table = "errors"})

#include <weir/pipe.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "stages/record/record_policy.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

class journal;       // stages/journal/journal.hpp
class record_ledger; // stages/record/record_ledger.hpp

/// What both have in common. A table that is not there is made from the fields of the first block. Fields that the table has no
/// column for, values that its columns do not take and rows that its constraints refuse make a record bad: that record and
/// no other. The journal may be null: then nobody remembers how far the inputs have come.
struct table_options {
  std::string table;
  record_policy on_error{};
  std::shared_ptr<record_ledger> ledger{};
  std::shared_ptr<journal> positions{};
  /// Stores all of the input once more: the saved positions of this job are forgotten.
  bool again = false;
  /// A transaction is closed when it is that old, also while nothing comes.
  std::chrono::milliseconds commit_every{1000};
};

struct sqlite_options {
  std::string file;
  table_options into{};
  /// A transaction is closed when it has taken that many bytes of rows.
  std::size_t commit_bytes = 64 << 20;
  /// How long to wait for a database that another process has locked.
  std::chrono::milliseconds patience{30'000};
  /// The largest the database may become, in pages; 0: as large as SQLite allows.
  std::uint64_t max_pages = 0;
};
/// Rows into a table of an SQLite database, which is made when it is not there (docs/databases.md has the types). One
/// writer, WAL, synchronous=NORMAL. Its errors are database_error.
pipe<rows, void> sqlite(sqlite_options options);

struct postgres_options {
  /// postgresql://user@host/database, or "host=… dbname=…"; what it leaves out comes from PGPASSWORD and its kin, .pgpass
  /// and service files. No message shows its password.
  std::string url;
  table_options into{};
  /// How long a server that is not reached, or has gone, is tried again before the run fails with server_gone.
  std::chrono::milliseconds patience{30'000};
};
/// Rows into a table of a PostgreSQL database, by COPY, over one connection (docs/databases.md has the types). Its other
/// errors are database_error.
pipe<rows, void> postgres(postgres_options options);

} // namespace weir::stages
