#include "apps/weir/builtin_stages.hpp"

#include "apps/weir/policy_words.hpp"
#include "stages/stages.hpp"

namespace weir::command {

#if WEIR_STAGES_SQLITE || WEIR_STAGES_POSTGRES

namespace {

struct table_line {
  std::string where;
  std::string table;
  std::optional<stages::record_policy> on_error;
  bool again = false;
};

std::shared_ptr<table_line> declare_table(arguments& line, const char* where, const char* where_help) {
  const auto of = std::make_shared<table_line>();
  line.flag("--again", of->again, "store all of the input once more: forget how far it has come");
  line.option("--on-error", of->on_error, "POLICY",
              "what becomes of records that the table does not take: stop, skip, or dead-letter:FILE");
  line.positional(where, of->where, where_help);
  line.positional("TABLE", of->table, "made from the records' fields when it is not there");
  return of;
}

stages::table_options into(const table_line& given, session& of) {
  return {.table = given.table,
          .on_error = of.policy(given.on_error),
          .ledger = of.ledger,
          .positions = of.journal,
          .again = given.again,
          .commit_every = of.keep_every};
}

} // namespace

#endif

#if WEIR_STAGES_SQLITE
static void add_sqlite(stage_registry& to, session& of) {
  to.add("sqlite", "stores records in a table of an SQLite database", [&of](arguments& line) {
    const auto given = declare_table(line, "FILE", "the database; made when it is not there");
    return [given, &of] { return stages::sqlite({.file = given->where, .into = into(*given, of)}); };
  });
}
#else
static void add_sqlite(stage_registry&, session&) {}
#endif

#if WEIR_STAGES_POSTGRES
static void add_postgres(stage_registry& to, session& of) {
  to.add("postgres", "stores records in a table of a PostgreSQL database", [&of](arguments& line) {
    const auto given = declare_table(line, "URL", "postgresql://user@host/database, or \"host=… dbname=…\"");
    return [given, &of] { return stages::postgres({.url = given->where, .into = into(*given, of)}); };
  });
}
#else
static void add_postgres(stage_registry&, session&) {}
#endif

void add_database_stages(stage_registry& to, session& of) {
  add_sqlite(to, of);
  add_postgres(to, of);
}

} // namespace weir::command
