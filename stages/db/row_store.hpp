#pragma once
// row_store: what a database does with blocks of rows. store_node calls it; sqlite_store and postgres_store are such.

#include <weir/clock.hpp>
#include <weir/pipe.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "stages/record/rows.hpp"

namespace weir::stages {

/// One thread at a time; all but open() on threads that may block. What it throws ends the run; the one who destroys it then
/// has what is not durable taken back.
class row_store {
 public:
  virtual ~row_store() = default;

  [[nodiscard]] virtual stage_needs needs() const = 0;
  /// Opens what is there, reads the saved positions. On the thread that starts the run; may wait.
  virtual void open(stage_context& context) = 0;
  /// Takes all records of a block in: the store needs nothing of it any more.
  virtual void take(const rows& in) = 0;
  /// When flush() is due, also when nothing comes; none: all is durable.
  [[nodiscard]] virtual std::optional<clock::time_point> due() const = 0;
  /// All that was taken in is durable when this returns.
  virtual void flush() = 0;
  /// The input has ended: as flush(). `whole`: nothing of it is missing.
  virtual void finish(bool whole) = 0;
  /// Rows that this run has made durable.
  [[nodiscard]] virtual std::uint64_t durable_rows() const = 0;
};

/// The sink of that name; each run gets a store of its own.
[[nodiscard]] pipe<rows, void> store_in(std::string name, std::function<std::unique_ptr<row_store>()> make);

} // namespace weir::stages
