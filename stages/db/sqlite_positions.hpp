#pragma once
// sqlite_positions: how far each input has got, stored with the rows.

#include <cstdint>
#include <memory>
#include <string>

#include "stages/db/sqlite_database.hpp"
#include "stages/journal/journal.hpp"

namespace weir::stages {

/// One thread at a time. Without a journal nothing is kept.
class sqlite_positions {
 public:
  explicit sqlite_positions(std::shared_ptr<journal> kept) : kept_(std::move(kept)) {}

  [[nodiscard]] bool kept() const noexcept { return kept_ != nullptr; }
  /// Reads what is stored for the stage and the table. `forget`: it counts no more, and goes with the next store().
  void find(sqlite_database& from, const std::string& stage, const std::string& table, bool forget);
  /// In the transaction of the rows. Rows without their positions would be stored again: whoever refuses these has the
  /// transaction taken back, by what is thrown.
  void store(sqlite_database& to, const std::string& file);
  /// The transaction is committed.
  void durable();

  [[nodiscard]] bool has(std::uint32_t source, std::uint64_t end) const;
  void took(std::uint32_t source, std::uint64_t end, std::uint64_t records);
  void took_all() { kept_->took_all(id_); }

 private:
  std::shared_ptr<journal> kept_;
  journal::sink_id id_ = 0;
  std::string sink_; // what they are stored under
  bool forget_ = false;
};

} // namespace weir::stages
