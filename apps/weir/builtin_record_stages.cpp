#include "apps/weir/builtin_stages.hpp"

#include "apps/weir/policy_words.hpp"
#include "apps/weir/utf8.hpp"
#include "stages/stages.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace weir::command {

#if WEIR_STAGES_RECORD

namespace {

constexpr std::string_view k_policy_help =
    "what becomes of records that are none: stop, skip, or dead-letter:FILE (what --on-error of the run says; stop)";

using own_policy = std::optional<stages::record_policy>;

void declare_policy(arguments& line, own_policy& policy) { line.option("--on-error", policy, "POLICY", k_policy_help); }

/// The words of a line as they would stand there without quotes around the whole.
std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& each : words) {
    if (!text.empty()) text += ' ';
    text += each;
  }
  return text;
}

auto declare_json(arguments& line, session& of) {
  struct given {
    stages::validation check = stages::validation::touched;
    own_policy on_error;
  };
  const auto what = std::make_shared<given>();
  line.choice<stages::validation>("--validate", what->check,
                                  {{"touched", stages::validation::touched}, {"full", stages::validation::full}},
                                  "how much of a record is looked at: up to the last field that is wanted, or all");
  declare_policy(line, what->on_error);
  return [what, &of] {
    return stages::json({.check = what->check, .on_error = of.policy(what->on_error), .ledger = of.ledger});
  };
}

/// "a,b,c"
std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end == begin) throw bad_value(fmt::format("--columns: there is an empty name in {}", in_quotes(text)));
    names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

auto declare_csv(arguments& line, session& of) {
  struct given {
    std::string columns;
    std::string delimiter = ",";
    bool tabs = false;
    bool quoted_newlines = false;
    own_policy on_error;
  };
  const auto what = std::make_shared<given>();
  line.option("--columns", what->columns, "A,B,…", "the names, where no header gives them");
  line.option("--delimiter", what->delimiter, "C", "what stands between fields (,)");
  line.flag("--tsv", what->tabs, "fields between tabs");
  line.flag("--quoted-newlines", what->quoted_newlines, "a field in quotes may hold line ends");
  declare_policy(line, what->on_error);
  return [what, &of] {
    stages::csv_options options{
        .quoted_newlines = what->quoted_newlines, .on_error = of.policy(what->on_error), .ledger = of.ledger};
    if (what->delimiter.size() != 1)
      throw bad_value(fmt::format("--delimiter: {} is not one character", in_quotes(what->delimiter)));
    options.delimiter = what->tabs ? '\t' : what->delimiter.front();
    if (!what->columns.empty()) options.columns = split_at_commas(what->columns);
    return stages::csv(std::move(options));
  };
}

auto declare_where(arguments& line, session& of) {
  struct given {
    std::vector<std::string> words;
    own_policy on_error;
  };
  const auto what = std::make_shared<given>();
  declare_policy(line, what->on_error);
  line.positionals("EXPR", what->words, "what holds for the records that stay: 'status >= 500 and path =~ \"^/api\"'");
  return [what, &of] {
    return stages::where(
        {.expression = joined(what->words), .on_error = of.policy(what->on_error), .ledger = of.ledger});
  };
}

auto declare_select(arguments& line, session& of) {
  struct given {
    std::vector<std::string> words;
    own_policy on_error;
  };
  const auto what = std::make_shared<given>();
  declare_policy(line, what->on_error);
  line.positionals("COLUMN", what->words, "fields, with commas between, and their new names: ts, user.id as user");
  return [what, &of] {
    return stages::select({.columns = joined(what->words), .on_error = of.policy(what->on_error), .ledger = of.ledger});
  };
}

auto declare_letters(arguments& line, session& of) {
  struct given {
    std::string path;
    std::string stage;
    bool refuses_columns = false;
  };
  const auto what = std::make_shared<given>();
  line.option("--stage", what->stage, "NAME", "only letters of the stage of that name");
  line.flag(
      "--no-columns", what->refuses_columns,
      "letters that hold what a select made, in place of the record, end the run: for pipelines that select anew");
  line.positional("FILE", what->path, "what --on-error dead-letter:FILE has written");
  return [what, &of] {
    of.replays(what->path);
    return stages::letters({.path = what->path,
                            .stage = what->stage,
                            .refuses_columns = what->refuses_columns,
                            .ledger = of.ledger,
                            .resume = of.journal});
  };
}

auto declare_to(arguments& line, session& of) {
  struct given {
    std::string form;
    own_policy on_error;
  };
  const auto what = std::make_shared<given>();
  declare_policy(line, what->on_error);
  line.positional("FORM", what->form, "json or csv; as they came, if it is left out", arguments::need::optional);
  return [what, &of] {
    stages::to_options options{.on_error = of.policy(what->on_error), .ledger = of.ledger};
    if (what->form == "json") {
      options.form = stages::text_form::json;
    } else if (what->form == "csv") {
      options.form = stages::text_form::csv;
    } else if (!what->form.empty()) {
      throw bad_value(fmt::format("{} is neither json nor csv", in_quotes(what->form)));
    }
    return stages::to(std::move(options));
  };
}

} // namespace

void add_record_stages(stage_registry& to, session& of) {
  to.add(
      "letters", "reads the records of a dead-letter file",
      [&of](arguments& line) { return declare_letters(line, of); }, record_flow::made);
  to.add(
      "json", "reads lines as JSON records", [&of](arguments& line) { return declare_json(line, of); },
      record_flow::made, input_need::whole_records);
  to.add(
      "csv", "reads CSV or TSV records", [&of](arguments& line) { return declare_csv(line, of); }, record_flow::made);
  to.add(
      "where", "keeps the records for which an expression holds",
      [&of](arguments& line) { return declare_where(line, of); }, record_flow::kept);
  to.add(
      "select", "keeps fields of records, and renames them",
      [&of](arguments& line) { return declare_select(line, of); }, record_flow::made);
  to.add(
      "to", "makes text of records", [&of](arguments& line) { return declare_to(line, of); }, record_flow::made);
}

#else
void add_record_stages(stage_registry&, session&) {}
#endif

} // namespace weir::command
