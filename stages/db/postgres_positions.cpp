#include "stages/db/postgres_positions.hpp"

#include <vector>

#include "stages/db/positions_table.hpp"

namespace weir::stages {
namespace {

// Once and not in each transaction: it takes a right that a user of an existing table needs not have.
void make_table(postgres_connection& server) {
  if (!server.ask("SELECT to_regclass('weir_positions')").front().front().empty()) return;
  server.make_table("weir_positions, where the run's progress is kept", positions_table::k_create);
}

} // namespace

// A run that was killed may have sent its COMMIT: the positions are read when its transaction has ended.
void postgres_positions::find(postgres_connection& server, const std::string& stage, const std::string& table,
                              bool forget) {
  if (!kept_) return;
  if (sink_.empty()) id_ = kept_->add_sink(stage); // else the connection broke the last time
  sink_ = stage + " " + table;
  forget_ = forget;
  const std::string number = server.ask("SELECT hashtextextended($1, 0)", {kept_->job() + " " + sink_}).front().front();
  lock_ = "; SELECT pg_advisory_xact_lock(" + number + ")";
  server.ask("SELECT pg_advisory_lock(" + number + "); SELECT pg_advisory_unlock(" + number + ")");
  make_table(server);
  std::vector<saved_position> found;
  if (!forget_) {
    for (const std::vector<std::string>& row : server.ask(positions_table::k_load, {kept_->job(), sink_})) {
      positions_table::numbers_type numbers{};
      for (std::size_t i = 0; i < numbers.size(); ++i) { numbers[i] = std::stoll(row[i + 1]); }
      found.push_back(positions_table::position_of(row[0], numbers));
    }
  }
  kept_->found(id_, std::move(found));
}

void postgres_positions::store(postgres_connection& server) {
  if (!kept_) return;
  if (forget_) server.ask(positions_table::k_forget, {kept_->job(), sink_});
  for (const saved_position& at : kept_->positions(id_)) {
    std::vector<std::string> parameters{kept_->job(), sink_, positions_table::stored_path(at.source.path)};
    for (const std::int64_t number : positions_table::numbers(at)) { parameters.push_back(std::to_string(number)); }
    server.ask(positions_table::k_store, parameters);
  }
}

void postgres_positions::durable() {
  forget_ = false;
  if (kept_) kept_->durable(id_);
}

bool postgres_positions::has(std::uint32_t source, std::uint64_t end) const {
  return kept_ && source != 0 && kept_->has(id_, source, end);
}

void postgres_positions::took(std::uint32_t source, std::uint64_t end, std::uint64_t records) {
  if (kept_ && source != 0) kept_->took(id_, source, end, records);
}

} // namespace weir::stages
