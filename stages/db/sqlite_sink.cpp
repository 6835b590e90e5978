// sqlite: rows into a table, in big transactions.

#include <algorithm>
#include <optional>
#include <utility>

#include "stages/db/database_error.hpp"
#include "stages/db/db_stages.hpp"
#include "stages/db/positions_table.hpp"
#include "stages/db/row_intake.hpp"
#include "stages/db/row_store.hpp"
#include "stages/db/sqlite_database.hpp"
#include "stages/db/table_shape.hpp"

namespace weir::stages {
namespace {

/// What SQLite allocates: its page cache and what a large transaction remembers of the WAL.
constexpr std::size_t k_memory = 16u << 20;

const char* type_of(column_shape shape) {
  switch (shape) {
  case column_shape::boolean:
  case column_shape::integer:
    return " INTEGER";
  case column_shape::real:
    return " REAL";
  case column_shape::unknown:
    return ""; // Keeps whatever comes as it is.
  case column_shape::whole:
  case column_shape::text:
  case column_shape::nested:
    break;
  }
  return " TEXT";
}

class sqlite_store final : public row_store {
 public:
  explicit sqlite_store(sqlite_options options)
      : options_(std::move(options)), table_(quoted_name(options_.into.table)),
        intake_(options_.into.table, options_.into.on_error, options_.into.ledger) {}

  [[nodiscard]] stage_needs needs() const override { return {.context_bytes = k_memory}; }
  void open(stage_context& context) override;
  void take(const rows& in) override;
  [[nodiscard]] std::optional<clock::time_point> due() const override;
  void flush() override;
  void finish(bool whole) override;
  [[nodiscard]] std::uint64_t durable_rows() const override { return durable_; }

 private:
  void begin();
  void find_columns();
  void create_table(const rows& in);
  void take_without_table(const rows& in);
  void prepare_insert();
  void insert();
  void refuse(sqlite_statement& statement);
  void find_positions();
  void store_positions();
  void run_whole(sqlite_statement& statement);

  sqlite_options options_;
  std::string table_; // quoted
  std::string sink_;  // what its positions are stored under
  row_intake intake_;
  stage_context* context_ = nullptr;
  std::optional<sqlite_database> database_;
  std::vector<sqlite_column> columns_; // empty: the table is not there
  sqlite_statement insert_;
  journal::sink_id id_ = 0;
  bool forget_ = false;   // the positions that are stored
  bool open_ = false;     // a transaction
  std::size_t bytes_ = 0; // of the open transaction
  std::uint64_t rows_ = 0;
  clock::time_point begun_{};
  std::uint64_t durable_ = 0;
};

void sqlite_store::open(stage_context& context) {
  context_ = &context;
  sink_ = context.name() + " " + options_.into.table;
  intake_.open(context.name());
  database_.emplace(options_.file, options_.patience, [&context] { return context.cancelled(); });
  database_->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192");
  if (options_.max_pages > 0) database_->execute("PRAGMA max_page_count = " + std::to_string(options_.max_pages));
  if (database_->is_view(options_.into.table)) {
    throw database_error(options_.file + ": '" + options_.into.table + "' is a view; rows go into tables");
  }
  find_columns();
  if (options_.into.positions) find_positions();
}

void sqlite_store::find_columns() {
  columns_ = database_->columns_of(options_.into.table);
  std::vector<std::string> names;
  for (const sqlite_column& column : columns_) { names.push_back(column.name); }
  intake_.columns(std::move(names));
}

// Without the table its rows are gone: whatever was stored before is to be stored again.
void sqlite_store::find_positions() {
  journal& kept = *options_.into.positions;
  id_ = kept.add_sink(context_->name());
  std::vector<saved_position> found;
  forget_ = options_.into.again || columns_.empty();
  if (!forget_ && !database_->columns_of("weir_positions").empty()) {
    sqlite_statement load = database_->prepare(positions_table::k_load);
    load.bind(1, kept.job());
    load.bind(2, sink_);
    while (load.step() == sqlite_statement::result::row) {
      positions_table::numbers_type numbers{};
      for (std::size_t i = 0; i < numbers.size(); ++i) { numbers[i] = load.integer(static_cast<int>(i) + 1); }
      found.push_back(positions_table::position_of(load.text(0), numbers));
    }
  }
  kept.found(id_, std::move(found));
}

void sqlite_store::take(const rows& in) {
  journal* const kept = options_.into.positions.get();
  const block& data = in.data;
  if (kept != nullptr && data.source() != 0 && kept->has(id_, data.source(), data.end_position())) {
    return intake_.skip(in);
  }
  begin();
  if (data.size() > 0) {
    if (columns_.empty()) create_table(in);
    if (columns_.empty()) {
      take_without_table(in);
    } else {
      if (intake_.begin(in)) prepare_insert();
      while (intake_.next()) { insert(); }
    }
  }
  bytes_ += data.size();
  if (kept != nullptr && data.source() != 0) { kept->took(id_, data.source(), data.end_position(), in.records); }
}

void sqlite_store::begin() {
  if (open_) return;
  database_->execute("BEGIN IMMEDIATE");
  open_ = true;
  begun_ = context_->now();
}

void sqlite_store::create_table(const rows& in) {
  const std::vector<shaped_column> shape = shape_of(in);
  if (shape.empty()) return;
  std::string text;
  for (const shaped_column& column : shape) {
    text.append(text.empty() ? "" : ", ").append(quoted_name(column.name)).append(type_of(column.shape));
  }
  database_->execute("CREATE TABLE IF NOT EXISTS " + table_ + " (" + text + ")");
  find_columns();
}

// Nothing of the block says what the table should be.
void sqlite_store::take_without_table(const rows& in) {
  intake_.begin(in);
  while (intake_.next()) {
    intake_.reject(reject_class::refused, "a record without fields, and the table is not there yet");
  }
  intake_.columns({});
}

void sqlite_store::prepare_insert() {
  std::string names;
  std::string values;
  for (const std::size_t at : intake_.layout()) {
    names.append(names.empty() ? "" : ", ").append(quoted_name(columns_[at].name));
    values.append(values.empty() ? "?" : ", ?");
  }
  insert_ = database_->prepare("INSERT INTO " + table_ + " (" + names + ") VALUES (" + values + ")");
}

void sqlite_store::insert() {
  int at = 0;
  for (const cell& value : intake_.cells()) {
    const sqlite_column& column = columns_[intake_.layout()[static_cast<std::size_t>(at)]];
    if (!insert_.bind(++at, value, column.kind)) {
      return intake_.reject(reject_class::wrong_type, "the column '" + column.name + "' cannot keep all of the value");
    }
  }
  if (insert_.step() == sqlite_statement::result::refused) return refuse(insert_);
  const bool made = database_->changes() > 0;
  insert_.reset();
  if (!made) return intake_.reject(reject_class::refused, "the table ignores it");
  ++rows_;
}

void sqlite_store::refuse(sqlite_statement& statement) {
  const std::string words = database_->last_words();
  statement.reset();
  if (!database_->in_transaction()) {
    throw database_error(options_.file + ": " + words + ", and the table takes the whole transaction back then");
  }
  intake_.reject(reject_class::refused, words);
}

std::optional<clock::time_point> sqlite_store::due() const {
  if (!open_) return std::nullopt;
  return bytes_ >= options_.commit_bytes ? begun_ : begun_ + options_.into.commit_every;
}

void sqlite_store::flush() {
  if (!open_) return;
  if (options_.into.positions) store_positions();
  database_->execute("COMMIT");
  open_ = false;
  durable_ += rows_;
  intake_.delivered(std::exchange(rows_, 0));
  bytes_ = 0;
  if (options_.into.positions) options_.into.positions->durable(id_);
}

void sqlite_store::store_positions() {
  journal& kept = *options_.into.positions;
  database_->execute(positions_table::k_create);
  if (std::exchange(forget_, false)) {
    sqlite_statement forget = database_->prepare(positions_table::k_forget);
    forget.bind(1, kept.job());
    forget.bind(2, sink_);
    run_whole(forget);
  }
  sqlite_statement store = database_->prepare(positions_table::k_store);
  for (const saved_position& at : kept.positions(id_)) {
    const std::string path = positions_table::stored_path(at.source.path);
    store.bind(1, kept.job());
    store.bind(2, sink_);
    store.bind(3, path);
    const positions_table::numbers_type numbers = positions_table::numbers(at);
    for (std::size_t i = 0; i < numbers.size(); ++i) { store.bind(static_cast<int>(i) + 4, numbers[i]); }
    run_whole(store);
    store.reset();
  }
}

// Rows without their positions would be stored again: whoever refuses these has the transaction taken back.
void sqlite_store::run_whole(sqlite_statement& statement) {
  if (statement.step() == sqlite_statement::result::done) return;
  throw database_error(options_.file + ": weir_positions: " + database_->last_words());
}

void sqlite_store::finish(bool whole) {
  if (whole && options_.into.positions) {
    begin();
    options_.into.positions->took_all(id_);
  }
  flush();
}

} // namespace

pipe<rows, void> sqlite(sqlite_options options) {
  if (options.file.empty() || options.into.table.empty()) {
    throw std::invalid_argument("sqlite needs the names of a file and of a table");
  }
  return store_in("sqlite", [options = std::move(options)] { return std::make_unique<sqlite_store>(options); });
}

} // namespace weir::stages
