// sqlite: rows into a table, in big transactions.
//
// A block is one statement (row_feed). Does the table refuse or ignore a row of it, or has it a bad record, then that statement
// is taken back and the block goes in row by row, to see which; so does the next one, until a block is without such.

#include <algorithm>
#include <optional>
#include <utility>

#include "stages/db/database_error.hpp"
#include "stages/db/db_stages.hpp"
#include "stages/db/row_intake.hpp"
#include "stages/db/row_store.hpp"
#include "stages/db/sqlite_database.hpp"
#include "stages/db/sqlite_positions.hpp"
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

class sqlite_store final : public row_store, private row_feed {
 public:
  explicit sqlite_store(sqlite_options options)
      : options_(std::move(options)), table_(quoted_name(options_.into.table)), positions_(options_.into.positions),
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
  void add_rows(const rows& in);
  [[nodiscard]] bool insert_block();
  void insert_row();
  [[nodiscard]] const sqlite_column* unfit() const;
  void check_transaction(const std::string& words) const;
  [[nodiscard]] bool next() override;
  [[nodiscard]] std::span<const cell> cells() const noexcept override { return intake_.cells(); }

  sqlite_options options_;
  std::string table_; // quoted
  sqlite_positions positions_;
  row_intake intake_;
  stage_context* context_ = nullptr;
  std::optional<sqlite_database> database_;
  std::vector<sqlite_column> columns_; // empty: the table is not there
  sqlite_feed feed_{*this};
  sqlite_statement insert_;
  bool whole_blocks_ = true; // insert_ takes all of a block, not one row
  std::uint64_t given_ = 0;  // rows to insert_
  bool stuck_ = false;       // at one that insert_ cannot take
  bool open_ = false;        // a transaction
  std::size_t bytes_ = 0;    // of the open transaction
  std::uint64_t rows_ = 0;
  clock::time_point begun_{};
  std::uint64_t durable_ = 0;
};

void sqlite_store::open(stage_context& context) {
  context_ = &context;
  intake_.open(context.name());
  database_.emplace(options_.file, options_.patience, [&context] { return context.cancelled(); });
  database_->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192");
  if (options_.max_pages > 0) database_->execute("PRAGMA max_page_count = " + std::to_string(options_.max_pages));
  if (database_->is_view(options_.into.table)) {
    throw database_error(options_.file + ": '" + options_.into.table + "' is a view; rows go into tables");
  }
  find_columns();
  // Without the table its rows are gone: whatever was stored before is to be stored again.
  positions_.find(*database_, context.name(), options_.into.table, options_.into.again || columns_.empty());
}

void sqlite_store::find_columns() {
  columns_ = database_->columns_of(options_.into.table);
  std::vector<std::string> names;
  for (const sqlite_column& column : columns_) { names.push_back(column.name); }
  intake_.columns(std::move(names));
}

void sqlite_store::take(const rows& in) {
  const block& data = in.data;
  if (positions_.has(data.source(), data.end_position())) return intake_.skip(in);
  begin();
  if (data.size() > 0) {
    if (columns_.empty()) create_table(in);
    if (columns_.empty()) {
      take_without_table(in);
    } else {
      add_rows(in);
    }
  }
  bytes_ += data.size();
  positions_.took(data.source(), data.end_position(), in.records);
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
  std::vector<affinity> kinds;
  for (const std::size_t at : intake_.layout()) {
    names.append(names.empty() ? "" : ", ").append(quoted_name(columns_[at].name));
    kinds.push_back(columns_[at].kind);
  }
  insert_ = {};
  const std::string from = feed_.connect(*database_, std::move(kinds));
  insert_ = database_->prepare("INSERT INTO " + table_ + " (" + names + ") SELECT * FROM " + from);
}

void sqlite_store::add_rows(const rows& in) {
  if (intake_.begin(in)) prepare_insert();
  if (whole_blocks_ && insert_block()) return;
  if (whole_blocks_) intake_.begin(in);
  whole_blocks_ = false;
  const std::uint64_t rejected = intake_.rejected();
  while (intake_.next()) { insert_row(); }
  whole_blocks_ = intake_.rejected() == rejected;
}

// False: nothing of it was inserted.
bool sqlite_store::insert_block() {
  database_->execute("SAVEPOINT weir_block");
  given_ = 0;
  stuck_ = false;
  const bool taken = insert_.step() != sqlite_statement::result::refused && !stuck_ &&
                     static_cast<std::uint64_t>(database_->changes()) == given_;
  const std::string words = database_->last_words();
  insert_.reset();
  check_transaction(words);
  database_->execute(taken ? "RELEASE weir_block" : "ROLLBACK TO weir_block; RELEASE weir_block");
  if (!taken) return false;
  intake_.took(given_);
  rows_ += given_;
  return true;
}

// What insert_ asks for: the rest of the block, or the record at hand alone.
bool sqlite_store::next() {
  if (!whole_blocks_) return given_++ == 0;
  const record_reader::found what = intake_.look();
  stuck_ = what == record_reader::found::bad || (what == record_reader::found::record && unfit() != nullptr);
  if (stuck_ || what == record_reader::found::end) return false;
  ++given_;
  return true;
}

// The column that cannot keep the record at hand.
const sqlite_column* sqlite_store::unfit() const {
  const std::span<const cell> cells = intake_.cells();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const sqlite_column& column = columns_[intake_.layout()[i]];
    if (!fits(cells[i], column.kind)) return &column;
  }
  return nullptr;
}

void sqlite_store::insert_row() {
  if (const sqlite_column* const column = unfit()) {
    return intake_.reject(reject_class::wrong_type, "the column '" + column->name + "' cannot keep all of the value");
  }
  given_ = 0;
  const bool refused = insert_.step() == sqlite_statement::result::refused;
  const std::string words = refused ? database_->last_words() : "the table ignores it";
  insert_.reset();
  check_transaction(words);
  if (refused || database_->changes() == 0) return intake_.reject(reject_class::refused, words);
  ++rows_;
}

void sqlite_store::check_transaction(const std::string& words) const {
  if (database_->in_transaction()) return;
  throw database_error(options_.file + ": " + words + ", and the table takes the whole transaction back then");
}

std::optional<clock::time_point> sqlite_store::due() const {
  if (!open_) return std::nullopt;
  return bytes_ >= options_.commit_bytes ? begun_ : begun_ + options_.into.commit_every;
}

void sqlite_store::flush() {
  if (!open_) return;
  positions_.store(*database_, options_.file);
  database_->execute("COMMIT");
  open_ = false;
  durable_ += rows_;
  intake_.delivered(std::exchange(rows_, 0));
  bytes_ = 0;
  positions_.durable();
}

void sqlite_store::finish(bool whole) {
  if (whole && positions_.kept()) {
    begin();
    positions_.took_all();
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
