// postgres: rows into a table by COPY, a batch and the positions of the inputs in one transaction.
//
// While a batch grows it is already on its way: the server works beside us. It is kept until its COMMIT is answered. A batch
// that the server refuses is sent again in pieces, between savepoints, down to the guilty record; one whose connection broke
// is sent again as a whole, unless the server, asked for the number of the transaction, says that it was committed.

#include <optional>
#include <utility>

#include "stages/db/copy_batch.hpp"
#include "stages/db/copy_pieces.hpp"
#include "stages/db/copy_text.hpp"
#include "stages/db/database_error.hpp"
#include "stages/db/db_stages.hpp"
#include "stages/db/postgres_connection.hpp"
#include "stages/db/postgres_link.hpp"
#include "stages/db/postgres_positions.hpp"
#include "stages/db/row_store.hpp"
#include "stages/db/table_shape.hpp"

namespace weir::stages {
namespace {

constexpr std::size_t k_batch = 16u << 20;    // bytes, of rows and the blocks they came in
constexpr std::size_t k_memory = 2 * k_batch; // a block may go over, and libpq has buffers

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
      : options_(std::move(options)), table_(quoted_table(options_.into.table)), link_(options_.url, options_.patience),
        positions_(options_.into.positions),
        intake_(options_.into.table, options_.into.on_error, options_.into.ledger) {}

  [[nodiscard]] stage_needs needs() const override { return {.context_bytes = k_memory}; }
  void open(stage_context& context) override;
  void take(const rows& in) override;
  [[nodiscard]] std::optional<clock::time_point> due() const override;
  void flush() override;
  void finish(bool whole) override;
  [[nodiscard]] std::uint64_t durable_rows() const override { return durable_; }

 private:
  void find_columns();
  void create_table(const rows& in);
  void add_rows(const rows& in);
  void add_row();
  void lay_out();
  void send_ahead();
  void begin();
  void store_batch();
  [[nodiscard]] bool was_committed();
  void done();

  postgres_options options_;
  std::string table_; // quoted
  postgres_link link_;
  postgres_positions positions_;
  row_intake intake_;
  stage_context* context_ = nullptr;
  std::vector<bool> as_json_; // of each column of the table; empty: the table is not there
  std::string copy_;          // the statement of the batch at hand
  copy_batch batch_;
  std::size_t ahead_ = 0;  // rows of it that are on their way, in a COPY that is open
  std::string committing_; // the number of a transaction whose COMMIT may have been sent
  bool open_ = false;      // something was taken that is not durable
  clock::time_point begun_{};
  std::uint64_t durable_ = 0;
};

// Without the table its rows are gone: whatever was stored before is to be stored again.
void postgres_store::open(stage_context& context) {
  context_ = &context;
  intake_.open(context.name());
  link_.open(context);
  batch_.reserve(k_batch);
  link_.with_server([this] {
    find_columns();
    positions_.find(link_.server(), context_->name(), options_.into.table, options_.into.again || as_json_.empty());
  });
}

void postgres_store::find_columns() {
  const postgres_connection::answer found =
      link_.server().ask("SELECT a.attname, t.typname, c.relkind, a.attgenerated FROM pg_attribute a "
                         "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid "
                         "WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                         {table_});
  as_json_.clear();
  std::vector<std::string> names;
  for (const std::vector<std::string>& column : found) {
    if (column[2] == "v" || column[2] == "m") {
      throw database_error(link_.address() + ": '" + options_.into.table + "' is a view; rows go into tables");
    }
    if (!column[3].empty()) continue; // made by the server
    names.push_back(column[0]);
    as_json_.push_back(column[1] == "json" || column[1] == "jsonb");
  }
  intake_.columns(std::move(names));
}

void postgres_store::take(const rows& in) {
  const block& data = in.data;
  if (positions_.has(data.source(), data.end_position())) return intake_.skip(in);
  if (!std::exchange(open_, true)) begun_ = context_->now();
  if (data.size() > 0) {
    if (as_json_.empty()) create_table(in);
    add_rows(in);
    send_ahead();
  }
  positions_.took(data.source(), data.end_position(), in.records);
}

// Before the first row, so that no transaction is open.
void postgres_store::create_table(const rows& in) {
  const std::vector<shaped_column> shape = shape_of(in);
  if (shape.empty()) return;
  std::string text;
  for (const shaped_column& column : shape) {
    text.append(text.empty() ? "" : ", ").append(quoted_column(column.name)).append(type_of(column.shape));
  }
  link_.with_server([&] {
    link_.server().make_table(options_.into.table, "CREATE TABLE IF NOT EXISTS " + table_ + " (" + text + ")");
    find_columns();
  });
}

void postgres_store::add_rows(const rows& in) {
  if (intake_.begin(in)) lay_out();
  batch_.begin(in);
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
  batch_.add(intake_.origin(), intake_.offset(), intake_.record().size());
}

// Whether it arrives is seen at the end of the batch. What may pass, as a deadlock with another transaction, is left to flush(),
// which sends all of it again.
void postgres_store::send_ahead() {
  if (!link_.connected() || ahead_ == batch_.size()) return;
  try {
    if (!link_.server().copying()) {
      begin();
      link_.server().begin_copy(copy_);
    }
    link_.server().put(batch_.text_of(ahead_, batch_.size()));
    ahead_ = batch_.size();
  } catch (const connection_lost&) { link_.drop(); } catch (const server_refusal& refusal) {
    if (!refusal.words().passing()) throw;
    link_.drop();
  }
}

std::optional<clock::time_point> postgres_store::due() const {
  if (!open_) return std::nullopt;
  return batch_.bytes() >= k_batch ? begun_ : begun_ + options_.into.commit_every;
}

void postgres_store::flush() {
  if (!open_) return;
  link_.with_server([this] {
    if (!committing_.empty() && was_committed()) return;
    store_batch();
    positions_.store(link_.server());
    committing_ = link_.server().ask("SELECT txid_current()").front().front();
    link_.server().ask("COMMIT");
  });
  done();
}

void postgres_store::begin() { link_.server().ask("BEGIN; SET CONSTRAINTS ALL IMMEDIATE" + positions_.lock()); }

void postgres_store::store_batch() {
  if (link_.server().copying()) {
    const std::optional<server_words> against = link_.server().end_copy();
    if (!against) return;
    if (!against->about_a_row()) throw server_refusal(link_.address(), *against);
    link_.server().ask("ROLLBACK");
  }
  begin();
  copy_in_pieces(link_.server(), copy_, batch_, intake_);
}

// The server may still be at the transaction of a connection that it does not know to be gone.
bool postgres_store::was_committed() {
  const std::string status = link_.server().ask("SELECT txid_status($1::bigint)", {committing_}).front().front();
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
  open_ = false;
  positions_.durable();
}

void postgres_store::finish(bool whole) {
  if (whole && positions_.kept()) {
    if (!std::exchange(open_, true)) begun_ = context_->now();
    positions_.took_all();
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
