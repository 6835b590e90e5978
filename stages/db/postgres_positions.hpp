#pragma once
// postgres_positions: how far the inputs have come, in a PostgreSQL database (positions_table.hpp has the table).

#include <memory>
#include <string>
#include <utility>

#include "stages/db/postgres_connection.hpp"
#include "stages/journal/journal.hpp"

namespace weir::stages {

/// One thread at a time. Without a journal it does nothing.
class postgres_positions {
 public:
  explicit postgres_positions(std::shared_ptr<journal> kept) : kept_(std::move(kept)) {}

  /// Tells the journal what is stored for the sink of that name and table; `forget`: nothing of it counts any more. Makes the
  /// table where it is not there. Outside of a transaction.
  void find(postgres_connection& server, const std::string& stage, const std::string& table, bool forget);
  /// What begins a transaction that store() ends in.
  [[nodiscard]] const std::string& lock() const noexcept { return lock_; }
  /// In the transaction of the rows.
  void store(postgres_connection& server);
  /// It was committed.
  void durable();

  [[nodiscard]] bool has(std::uint32_t source, std::uint64_t end) const;
  void took(std::uint32_t source, std::uint64_t end, std::uint64_t records);
  [[nodiscard]] bool kept() const noexcept { return kept_ != nullptr; }
  void took_all() { kept_->took_all(id_); }

 private:
  std::shared_ptr<journal> kept_;
  std::string sink_; // what they are stored under
  std::string lock_; // a statement, where positions are kept
  journal::sink_id id_ = 0;
  bool forget_ = false; // what is stored
};

} // namespace weir::stages
