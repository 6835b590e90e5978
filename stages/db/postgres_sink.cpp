// postgres: rows into a table by COPY, a batch and the positions of the inputs in one transaction.
//
// While a batch grows it is already on its way: the server works beside us. It is kept until its COMMIT is answered. A batch
// that the server refuses is sent again in halves, between savepoints, down to the guilty record; one whose connection broke
// is sent again as a whole, unless the server, asked for the number of the transaction, says that it was committed.

#include <algorithm>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "stages/db/copy_batch.hpp"
#include "stages/db/copy_text.hpp"
#include "stages/db/database_error.hpp"
#include "stages/db/db_stages.hpp"
#include "stages/db/positions_table.hpp"
#include "stages/db/postgres_connection.hpp"
#include "stages/db/row_store.hpp"
#include "stages/db/table_shape.hpp"
#include "stages/file/io_error.hpp"

namespace weir::stages {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t k_batch = 4u << 20;     // bytes, of rows and their raw texts
constexpr std::size_t k_memory = 4 * k_batch; // strings grow by doubling, a block may go over, and libpq's buffers
constexpr std::chrono::milliseconds k_first_pause{50};
constexpr std::chrono::milliseconds k_longest_pause{2000};

const char* type_of(column_shape shape) {
  switch (shape) {
  case column_shape::boolean:
    return " boolean";
  case column_shape::integer:
    return " bigint";
  case column_shape::real:
    return " double precision";
  case column_shape::whole:
    return " numeric";
  case column_shape::nested:
    return " jsonb";
  case column_shape::unknown:
  case column_shape::text:
    break;
  }
  return " text";
}

class postgres_store final : public row_store {
 public:
  explicit postgres_store(postgres_options options)
      : options_(std::move(options)), table_(quoted_table(options_.into.table)),
        address_(postgres_connection::address_of(options_.url)),
        intake_(options_.into.table, options_.into.on_error, options_.into.ledger) {}

  [[nodiscard]] stage_needs needs() const override { return {.context_bytes = k_memory}; }
  void open(stage_context& context) override;
  void take(const rows& in) override;
  [[nodiscard]] std::optional<clock::time_point> due() const override;
  void flush() override;
  void finish(bool whole) override;
  [[nodiscard]] std::uint64_t durable_rows() const override { return durable_; }

 private:
  template <class Work>
  void with_server(Work work);
  void pause(std::chrono::milliseconds about);

  void find_columns();
  void create_table(const rows& in);
  void find_positions();
  void add_rows(const rows& in);
  void add_row();
  void lay_out();
  void send_ahead();
  void store_batch();
  void store_in_pieces();
  [[nodiscard]] std::optional<server_words> copy(std::size_t first, std::size_t last);
  void store_positions();
  [[nodiscard]] bool was_committed();
  void done();

  postgres_options options_;
  std::string table_; // quoted
  std::string address_;
  std::string sink_; // what its positions are stored under
  std::string lock_; // a statement, where positions are kept
  row_intake intake_;
  stage_context* context_ = nullptr;
  std::optional<postgres_connection> server_; // none: to be connected
  std::vector<bool> as_json_;                 // of each column of the table; empty: the table is not there
  std::string copy_;                          // the statement of the batch at hand
  journal::sink_id id_ = 0;
  bool forget_ = false; // the positions that are stored
  copy_batch batch_;
  std::size_t ahead_ = 0;  // rows of it that are on their way
  bool copying_ = false;   // so that a transaction and a COPY are open
  std::string committing_; // the number of a transaction whose COMMIT may have been sent
  bool open_ = false;      // something was taken that is not durable
  clock::time_point begun_{};
  std::uint64_t durable_ = 0;
  std::minstd_rand jitter_{std::random_device()()};
};

void postgres_store::open(stage_context& context) {
  context_ = &context;
  sink_ = context.name() + " " + options_.into.table;
  intake_.open(context.name());
  with_server([this] {
    find_columns();
    if (options_.into.positions) find_positions();
  });
}

/// Does the work, over and over on new connections while they break, until the server has been away for too long.
template <class Work>
void postgres_store::with_server(Work work) {
  const auto until = std::chrono::steady_clock::now() + options_.patience;
  std::chrono::milliseconds next = k_first_pause;
  for (;;) {
    try {
      if (!server_) {
        copying_ = false;
        server_.emplace(options_.url, options_.patience, [this] { return context_->cancelled(); });
      }
      return work();
    } catch (const connection_lost& lost) {
      server_.reset();
      copying_ = false;
      if (context_->cancelled()) throw database_error(address_ + ": stopped");
      if (std::chrono::steady_clock::now() >= until) throw server_gone(address_, lost.what());
    } catch (const server_refusal& refusal) {
      server_.reset();
      copying_ = false;
      if (!refusal.words().passing() || std::chrono::steady_clock::now() >= until) throw;
    }
    pause(next);
    next = std::min(2 * next, k_longest_pause);
  }
}

// Half of it to all of it, so that many clients of a server that comes back do not come at once.
void postgres_store::pause(std::chrono::milliseconds about) {
  const auto until =
      std::chrono::steady_clock::now() +
      std::chrono::milliseconds(std::uniform_int_distribution<long>(about.count() / 2, about.count())(jitter_));
  while (std::chrono::steady_clock::now() < until && !context_->cancelled()) { std::this_thread::sleep_for(10ms); }
}

void postgres_store::find_columns() {
  const postgres_connection::answer found =
      server_->ask("SELECT a.attname, t.typname, c.relkind, a.attgenerated FROM pg_attribute a "
                   "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid "
                   "WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                   {table_});
  as_json_.clear();
  std::vector<std::string> names;
  for (const std::vector<std::string>& column : found) {
    if (column[2] == "v" || column[2] == "m") {
      throw database_error(address_ + ": '" + options_.into.table + "' is a view; rows go into tables");
    }
    if (!column[3].empty()) continue; // made by the server
    names.push_back(column[0]);
    as_json_.push_back(column[1] == "json" || column[1] == "jsonb");
  }
  intake_.columns(std::move(names));
}

// Without the table its rows are gone: whatever was stored before is to be stored again.
void postgres_store::find_positions() {
  journal& kept = *options_.into.positions;
  id_ = kept.add_sink(context_->name());
  std::vector<saved_position> found;
  forget_ = options_.into.again || as_json_.empty();
  // A run that was killed may have sent its COMMIT: the positions are read when its transaction has ended.
  const std::string number = server_->ask("SELECT hashtextextended($1, 0)", {kept.job() + " " + sink_}).front().front();
  lock_ = "; SELECT pg_advisory_xact_lock(" + number + ")";
  server_->ask("SELECT pg_advisory_lock(" + number + "); SELECT pg_advisory_unlock(" + number + ")");
  if (!forget_ && !server_->ask("SELECT to_regclass('weir_positions')").front().front().empty()) {
    for (const std::vector<std::string>& row : server_->ask(positions_table::k_load, {kept.job(), sink_})) {
      positions_table::numbers_type numbers{};
      for (std::size_t i = 0; i < numbers.size(); ++i) { numbers[i] = std::stoll(row[i + 1]); }
      found.push_back(positions_table::position_of(row[0], numbers));
    }
  }
  kept.found(id_, std::move(found));
}

void postgres_store::take(const rows& in) {
  journal* const kept = options_.into.positions.get();
  const block& data = in.data;
  if (kept != nullptr && data.source() != 0 && kept->has(id_, data.source(), data.end_position())) {
    return intake_.skip(in);
  }
  if (!std::exchange(open_, true)) begun_ = context_->now();
  if (data.size() > 0) {
    if (as_json_.empty()) create_table(in);
    add_rows(in);
    send_ahead();
  }
  if (kept != nullptr && data.source() != 0) { kept->took(id_, data.source(), data.end_position(), in.records); }
}

// Before the first row, so that no transaction is open.
void postgres_store::create_table(const rows& in) {
  const std::vector<shaped_column> shape = shape_of(in);
  if (shape.empty()) return;
  std::string text;
  for (const shaped_column& column : shape) {
    text.append(text.empty() ? "" : ", ").append(quoted_column(column.name)).append(type_of(column.shape));
  }
  with_server([&] {
    server_->ask("CREATE TABLE IF NOT EXISTS " + table_ + " (" + text + ")");
    find_columns();
  });
}

void postgres_store::add_rows(const rows& in) {
  if (intake_.begin(in)) lay_out();
  while (intake_.next()) {
    if (as_json_.empty()) {
      intake_.reject(reject_class::refused, "a record without fields, and the table is not there yet");
    } else {
      add_row();
    }
  }
}

// A COPY is for one list of columns: what was taken for another goes first.
void postgres_store::lay_out() {
  std::string names;
  for (const std::size_t at : intake_.layout()) {
    names.append(names.empty() ? "" : ", ").append(quoted_column(intake_.columns()[at]));
  }
  std::string statement = "COPY " + table_ + " (" + names + ") FROM STDIN";
  if (statement == copy_) return;
  if (batch_.size() > 0) flush(); // with the positions of the blocks before this one
  open_ = true;
  copy_ = std::move(statement);
}

void postgres_store::add_row() {
  std::string& to = batch_.text();
  std::size_t i = 0;
  for (const cell& value : intake_.cells()) {
    const std::size_t column = intake_.layout()[i];
    if (i++ > 0) to += '\t';
    if (!append_copy_text(to, value, as_json_[column])) {
      batch_.undo();
      return intake_.reject(reject_class::wrong_type,
                            "the column '" + intake_.columns()[column] + "' cannot keep the character U+0000");
    }
  }
  to += '\n';
  batch_.add(intake_.origin(), intake_.raw());
}

// Whether it arrives is seen at the end of the batch.
void postgres_store::send_ahead() {
  if (!server_ || ahead_ == batch_.size()) return;
  try {
    if (!copying_) {
      server_->ask("BEGIN; SET CONSTRAINTS ALL IMMEDIATE" + lock_);
      server_->begin_copy(copy_);
      copying_ = true;
    }
    server_->put(batch_.text_of(ahead_, batch_.size()));
    ahead_ = batch_.size();
  } catch (const connection_lost&) {
    server_.reset();
    copying_ = false;
  }
}

std::optional<clock::time_point> postgres_store::due() const {
  if (!open_) return std::nullopt;
  return batch_.bytes() >= k_batch ? begun_ : begun_ + options_.into.commit_every;
}

void postgres_store::flush() {
  if (!open_) return;
  with_server([this] {
    if (!committing_.empty() && was_committed()) return;
    store_batch();
    if (options_.into.positions) store_positions();
    committing_ = server_->ask("SELECT txid_current()").front().front();
    server_->ask("COMMIT");
  });
  done();
}

void postgres_store::store_batch() {
  const bool was_sent = std::exchange(copying_, false);
  if (was_sent) {
    const std::optional<server_words> against = server_->end_copy();
    if (!against) return;
    if (!against->about_a_row()) throw server_refusal(address_, *against);
    server_->ask("ROLLBACK");
  }
  server_->ask("BEGIN; SET CONSTRAINTS ALL IMMEDIATE" + lock_);
  store_in_pieces();
}

/// The rows of the batch but for those that the server refuses: pieces that shrink around a guilty row and grow behind it, so
/// that neither one among many good rows nor many in a row cost more than a few times their sending.
void postgres_store::store_in_pieces() {
  std::size_t most = batch_.size();
  for (std::size_t first = 0; first < batch_.size();) {
    if (batch_.at(first).refused) { // before a connection was lost
      ++first;
      continue;
    }
    std::size_t last = first + 1;
    while (last < batch_.size() && last - first < most && !batch_.at(last).refused) { ++last; }
    server_->ask("SAVEPOINT weir");
    const std::optional<server_words> against = copy(first, last);
    if (!against) {
      server_->ask("RELEASE SAVEPOINT weir");
      most = 2 * (last - first);
      first = last;
      continue;
    }
    if (!against->about_a_row()) throw server_refusal(address_, *against);
    server_->ask("ROLLBACK TO SAVEPOINT weir; RELEASE SAVEPOINT weir");
    if (last - first == 1) {
      batch_.at(first).refused = true;
      intake_.reject(batch_.at(first).origin, batch_.raw_of(first), reject_class::refused, against->text);
    } else if (against->line > 0 && against->line <= last - first) {
      most = std::max<std::size_t>(against->line - 1, 1); // what stands before the guilty row, or the row itself
    } else {
      most = (last - first) / 2;
    }
  }
}

std::optional<server_words> postgres_store::copy(std::size_t first, std::size_t last) {
  server_->begin_copy(copy_);
  server_->put(batch_.text_of(first, last));
  return server_->end_copy();
}

void postgres_store::store_positions() {
  journal& kept = *options_.into.positions;
  server_->ask(positions_table::k_create);
  if (forget_) server_->ask(positions_table::k_forget, {kept.job(), sink_});
  for (const saved_position& at : kept.positions(id_)) {
    std::vector<std::string> parameters{kept.job(), sink_, positions_table::stored_path(at.source.path)};
    for (const std::int64_t number : positions_table::numbers(at)) { parameters.push_back(std::to_string(number)); }
    server_->ask(positions_table::k_store, parameters);
  }
}

// The server may still be at the transaction of a connection that it does not know to be gone.
bool postgres_store::was_committed() {
  const std::string status = server_->ask("SELECT txid_status($1::bigint)", {committing_}).front().front();
  if (status == "in progress") throw connection_lost("a transaction of before is still open");
  committing_.clear();
  return status == "committed";
}

void postgres_store::done() {
  std::uint64_t stored = 0;
  for (std::size_t i = 0; i < batch_.size(); ++i) { stored += batch_.at(i).refused ? 0 : 1; }
  durable_ += stored;
  intake_.delivered(stored);
  batch_.clear();
  ahead_ = 0;
  committing_.clear();
  forget_ = false;
  open_ = false;
  if (options_.into.positions) options_.into.positions->durable(id_);
}

void postgres_store::finish(bool whole) {
  if (whole && options_.into.positions) {
    if (!std::exchange(open_, true)) begun_ = context_->now();
    options_.into.positions->took_all(id_);
  }
  flush();
}

} // namespace

pipe<rows, void> postgres(postgres_options options) {
  if (options.url.empty() || options.into.table.empty()) {
    throw std::invalid_argument("postgres needs the address of a database and the name of a table");
  }
  static_cast<void>(postgres_connection::address_of(options.url));
  return store_in("postgres", [options = std::move(options)] { return std::make_unique<postgres_store>(options); });
}

} // namespace weir::stages
