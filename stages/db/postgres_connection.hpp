#pragma once
// A connection to a PostgreSQL server: never blocks longer than its patience, tells a server that has gone from one that says
// no, and shows no password. One thread at a time.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stages/db/database_error.hpp"
#include "stages/db/password_mask.hpp"

struct pg_conn;
struct pg_result;

namespace weir::stages {

/// The connection has broken, or could not be made though it may be later.
class connection_lost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the server says against a statement.
struct server_words {
  std::string state; ///< SQLSTATE, five characters
  std::string text;
  std::size_t line = 0; ///< of a COPY, from 1; 0: unknown

  /// It is about the data of a row, not about the table, the rights or the server.
  [[nodiscard]] bool about_a_row() const;
  /// The same may succeed when it is tried again.
  [[nodiscard]] bool passing() const;
};

/// A statement that the server refuses.
class server_refusal : public database_error {
 public:
  server_refusal(const std::string& address, server_words words)
      : database_error(address + ": " + words.text), words_(std::move(words)) {}
  [[nodiscard]] const server_words& words() const noexcept { return words_; }

 private:
  server_words words_;
};

/// As a name, or schema and name, in SQL: "a.b" is "a"."b".
[[nodiscard]] std::string quoted_table(std::string_view table);
/// As one name, whatever is in it.
[[nodiscard]] std::string quoted_column(std::string_view name);

class postgres_connection {
 public:
  using answer = std::vector<std::vector<std::string>>; ///< rows of texts; null is empty

  /// Where the URL (or "host=… dbname=…") leads, without user and password: "db.example:5432/logs". Throws
  /// std::invalid_argument when it is none.
  [[nodiscard]] static std::string address_of(const std::string& url);

  /// Connects, at most for `patience`. Throws connection_lost; database_error when trying again will not help (a wrong
  /// password, no such database). Whatever waits ends when `stopped` says so, as a connection_lost.
  postgres_connection(const std::string& url, std::chrono::milliseconds patience, std::function<bool()> stopped);

  // All of these throw connection_lost and server_refusal.
  /// Statements; the rows of the last one.
  answer ask(const std::string& statements);
  answer ask(const std::string& statement, const std::vector<std::string>& parameters);

  /// "COPY … FROM STDIN", then its data, then the end, with what the server says against them, if anything.
  void begin_copy(const std::string& statement);
  void put(std::string_view data);
  [[nodiscard]] std::optional<server_words> end_copy();
  /// Between the two.
  [[nodiscard]] bool copying() const noexcept { return copying_; }
  /// The statement, a CREATE TABLE IF NOT EXISTS, also while another connection makes the same one; the name is for errors.
  /// Outside of a transaction.
  void make_table(const std::string& name, const std::string& statement);

  [[nodiscard]] const std::string& address() const noexcept { return address_; }

 private:
  struct closer {
    void operator()(pg_conn* connection) const noexcept;
    void operator()(pg_result* result) const noexcept;
  };
  using result = std::unique_ptr<pg_result, closer>;

  void connect(std::chrono::milliseconds patience);
  void wait(short events, std::chrono::steady_clock::time_point until);
  void flush();
  result next();
  answer last_answer();
  [[nodiscard]] server_words words_of(const pg_result* said) const;
  [[nodiscard]] std::string last_words() const;
  [[noreturn]] void lost() const;

  std::function<bool()> stopped_;
  std::string address_;
  password_mask mask_;
  std::unique_ptr<pg_conn, closer> connection_;
  std::size_t put_ = 0; // bytes since the last flush
  bool copying_ = false;
};

} // namespace weir::stages
