#include "stages/db/sqlite_positions.hpp"

#include <utility>
#include <vector>

#include "stages/db/database_error.hpp"
#include "stages/db/positions_table.hpp"

namespace weir::stages {
namespace {

void run_whole(sqlite_database& in, sqlite_statement& statement, const std::string& file) {
  if (statement.step() == sqlite_statement::result::done) return;
  throw database_error(file + ": weir_positions: " + in.last_words());
}

} // namespace

void sqlite_positions::find(sqlite_database& from, const std::string& stage, const std::string& table, bool forget) {
  if (!kept_) return;
  sink_ = stage + " " + table;
  id_ = kept_->add_sink(stage);
  forget_ = forget;
  std::vector<saved_position> found;
  if (!forget_ && !from.columns_of("weir_positions").empty()) {
    sqlite_statement load = from.prepare(positions_table::k_load);
    load.bind(1, kept_->job());
    load.bind(2, sink_);
    while (load.step() == sqlite_statement::result::row) {
      positions_table::numbers_type numbers{};
      for (std::size_t i = 0; i < numbers.size(); ++i) { numbers[i] = load.integer(static_cast<int>(i) + 1); }
      found.push_back(positions_table::position_of(load.text(0), numbers));
    }
  }
  kept_->found(id_, std::move(found));
}

void sqlite_positions::store(sqlite_database& to, const std::string& file) {
  if (!kept_) return;
  to.execute(positions_table::k_create);
  if (std::exchange(forget_, false)) {
    sqlite_statement forget = to.prepare(positions_table::k_forget);
    forget.bind(1, kept_->job());
    forget.bind(2, sink_);
    run_whole(to, forget, file);
  }
  sqlite_statement store = to.prepare(positions_table::k_store);
  for (const saved_position& at : kept_->positions(id_)) {
    const std::string path = positions_table::stored_path(at.source.path);
    store.bind(1, kept_->job());
    store.bind(2, sink_);
    store.bind(3, path);
    const positions_table::numbers_type numbers = positions_table::numbers(at);
    for (std::size_t i = 0; i < numbers.size(); ++i) { store.bind(static_cast<int>(i) + 4, numbers[i]); }
    run_whole(to, store, file);
    store.reset();
  }
}

void sqlite_positions::durable() {
  if (kept_) kept_->durable(id_);
}

bool sqlite_positions::has(std::uint32_t source, std::uint64_t end) const {
  return kept_ && source != 0 && kept_->has(id_, source, end);
}

void sqlite_positions::took(std::uint32_t source, std::uint64_t end, std::uint64_t records) {
  if (kept_ && source != 0) kept_->took(id_, source, end, records);
}

} // namespace weir::stages
