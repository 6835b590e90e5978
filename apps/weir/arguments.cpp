#include "apps/weir/arguments.hpp"

#include "apps/weir/suggest.hpp"
#include "apps/weir/utf8.hpp"

#include <algorithm>
#include <charconv>

#include <CLI/CLI.hpp>

namespace weir::command {

namespace {

/// CLI11 sees a value as this mark and a number, never as its text: it would cut "[ab]" into a list and take
/// "-5" for an option, and the number leads back to the word that an error has to point at.
constexpr char k_value_mark = '\x1f';

constexpr std::size_t k_help_column = 30;

bool looks_like_option(const std::string& text) { return text.size() > 1 && text[0] == '-'; }

bool looks_like_level(const std::string& text) {
  return looks_like_option(text) && text.find_first_not_of("0123456789", 1) == std::string::npos;
}

/// The option that lacks its value, when one does: CLI11 takes any next word, so it can only be the last.
const word& last_option(std::span<const word> given) {
  std::size_t last = given.size() - 1;
  while (last > 0 && (!looks_like_option(given[last].text) || given[last].text == "--")) --last;
  return given[last];
}

/// CLI11's help text with our own usage line.
class help_form : public CLI::Formatter {
 public:
  explicit help_form(const arguments& of) : of_(of) { column_width(k_help_column); }
  std::string make_usage(const CLI::App*, std::string) const override { return "\nUsage: " + of_.usage() + "\n"; }

 private:
  const arguments& of_;
};

/// The words of one parse as CLI11 gets them, and the way back.
class token_list {
 public:
  token_list(const word& name, std::span<const word> given) : name_(name), given_(given) {}

  /// A token for a value that is `text`, all or a part of the word `whole`.
  std::string value(const word& whole, std::string text) {
    values_.push_back({whole, std::move(text)});
    return k_value_mark + std::to_string(values_.size() - 1);
  }

  /// The word that CLI11 speaks of: a marked value, or (options are passed as they are) the first word that
  /// reads so.
  [[nodiscard]] word find(const std::string& token) const {
    if (const std::size_t mark = token.find(k_value_mark); mark != std::string::npos) {
      std::size_t index = 0;
      std::from_chars(token.data() + mark + 1, token.data() + token.size(), index);
      word found = values_[index].whole;
      if (mark != 0) return found; // an option with its value, taken whole as the value of the option before it
      if (found.text != values_[index].text) found.pattern = found.text = values_[index].text;
      return found;
    }
    const auto same = std::ranges::find(given_, token, &word::text);
    if (same != given_.end()) return *same;
    // CLI11 takes "-Fx" apart and goes on with "-x"; "-n10" becomes "10".
    const auto holds = [&](const word& w) { return w.text.starts_with('-') && w.text.ends_with(token.substr(1)); };
    const auto near = std::ranges::find_if(given_, holds);
    return {token, token, true, near != given_.end() ? near->where : name_.where};
  }

 private:
  struct marked {
    const word& whole;
    std::string text;
  };

  const word& name_;
  std::span<const word> given_;
  std::vector<marked> values_;
};

} // namespace

struct arguments::parts {
  struct declared {
    CLI::Option* option;
    take receiver;
    bool required;
    bool many;
    std::string shown;
  };
  CLI::App app;
  std::string name;
  std::vector<declared> options;
  std::vector<declared> positionals;
  bool level = false;
  std::string usage_lines;
  std::string footer;

  parts(const arguments& of, std::string summary, std::string its_name)
      : app(std::move(summary)), name(std::move(its_name)) {
    app.allow_extras();
    app.set_help_flag("-h,--help", "show this text");
    app.formatter(std::make_shared<help_form>(of));
  }

  [[nodiscard]] std::vector<std::string> long_names() const {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
      for (const std::string& each : option->get_lnames()) names.push_back("--" + each);
    return names;
  }

  std::vector<std::string> tokens_for_cli11(token_list& list, std::span<const word> given) const;
  std::string token_for_option(token_list& list, const word& given) const;
  [[noreturn]] void refuse_extra(const word& extra) const;
  void hand_out(const declared& to, const token_list& list) const;
};

std::vector<std::string> arguments::parts::tokens_for_cli11(token_list& list, std::span<const word> given) const {
  std::vector<std::string> tokens;
  bool only_values = false;
  for (const word& each : given) {
    if (only_values || !looks_like_option(each.text)) {
      tokens.push_back(list.value(each, each.text));
    } else if (each.text == "--") {
      only_values = true;
    } else {
      tokens.push_back(token_for_option(list, each));
    }
  }
  std::ranges::reverse(tokens); // the order in which CLI11 wants them
  return tokens;
}

std::string arguments::parts::token_for_option(token_list& list, const word& given) const {
  if (level && looks_like_level(given.text)) return "--level=" + list.value(given, given.text.substr(1));
  const std::size_t equals = given.text.find('=');
  if (!given.text.starts_with("--") || equals == std::string::npos) return given.text;

  const std::string option_name = given.text.substr(0, equals);
  const CLI::Option* option = app.get_option_no_throw(option_name);
  if (option == nullptr) refuse_extra({option_name, option_name, true, given.where});
  if (option->get_items_expected_max() == 0)
    throw usage_error(name + ": " + option_name + " takes no value", given.where);
  return option_name + "=" + list.value(given, given.text.substr(equals + 1));
}

void arguments::parts::refuse_extra(const word& extra) const {
  if (!looks_like_option(extra.text)) {
    const std::string room = positionals.empty() ? "takes no word without a dash"
                                                 : "takes no further word after " + positionals.back().shown;
    throw usage_error(name + ": unexpected " + in_quotes(extra.text) + "; it " + room, extra.where);
  }
  const std::vector<std::string> known = long_names();
  std::string hint = extra.text.starts_with("--") ? did_you_mean(extra.text, known) : std::string();
  if (hint.empty()) {
    hint = "; --help shows what " + name + " takes";
    if (!positionals.empty()) hint += " (a word that begins with '-' but is no option goes after '--')";
  }
  throw usage_error(name + ": unknown option " + in_quotes(extra.text) + hint, extra.where);
}

void arguments::parts::hand_out(const declared& to, const token_list& list) const {
  const std::vector<std::string>& results = to.option->results();
  const std::size_t first = to.many || results.empty() ? 0 : results.size() - 1;
  for (std::size_t i = first; i < results.size(); ++i) {
    const word given = list.find(results[i]);
    try {
      to.receiver(given);
    } catch (const bad_value& wrong) { throw usage_error(name + ": " + to.shown + ": " + wrong.what(), given.where); }
  }
}

arguments::arguments(std::string name, std::string summary)
    : parts_(std::make_unique<parts>(*this, std::move(summary), std::move(name))) {}

arguments::~arguments() = default;

void arguments::flag(std::string_view names, bool& value, std::string_view help) {
  CLI::Option* option = parts_->app.add_flag(std::string(names))->description(std::string(help));
  parts_->options.push_back({option, [&value](const word&) { value = true; }, false, false, std::string(names)});
}

void arguments::level(int& value, int lowest, int highest, std::string_view help) {
  parts_->level = true;
  const auto range = "-" + std::to_string(lowest) + " to -" + std::to_string(highest);
  add_option("--level", "N", "or " + range + ": " + std::string(help), [=, &value](const word& given) {
    std::int64_t wanted = 0;
    from_word(given, wanted);
    if (wanted < lowest || wanted > highest)
      throw bad_value(in_quotes(given.text) + " is no level; they go from " + range);
    value = static_cast<int>(wanted);
  });
}

void arguments::add_option(std::string_view names, std::string_view value_name, std::string_view help, take receiver) {
  CLI::Option* option = parts_->app.add_option(std::string(names))->description(std::string(help));
  option->option_text(std::string(value_name))->take_last();
  parts_->options.push_back({option, std::move(receiver), false, false, option->get_name()});
}

void arguments::add_positional(std::string_view name, std::string_view help, need how, bool many, take receiver) {
  CLI::Option* option = parts_->app.add_option(std::string(name))->description(std::string(help));
  option->option_text(" ");
  if (help.empty()) option->group("");
  if (many) option->allow_extra_args()->take_all();
  const bool required = how == need::required;
  parts_->positionals.push_back({option, std::move(receiver), required, many, std::string(name)});
}

std::string arguments::joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string out;
  for (const std::string& text : texts) {
    if (!out.empty()) out += between;
    out += text;
  }
  return out;
}

std::size_t arguments::index_of(const word& given, const std::vector<std::string>& known) {
  const auto found = std::ranges::find(known, given.text);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  throw bad_value(in_quotes(given.text) + " is none of " + joined(known, ", ") + did_you_mean(given.text, known));
}

void arguments::parse(const word& name, std::span<const word> given) {
  token_list list(name, given);
  try {
    parts_->app.parse(parts_->tokens_for_cli11(list, given));
  } catch (const CLI::CallForHelp&) { throw help_request(help()); } catch (const CLI::ArgumentMismatch&) {
    throw usage_error(parts_->name + ": " + in_quotes(last_option(given).text) + " needs a value after it",
                      last_option(given).where);
  } catch (const CLI::ParseError& error) { throw usage_error(parts_->name + ": " + error.what(), name.where); }
  if (const std::vector<std::string> extras = parts_->app.remaining(); !extras.empty())
    parts_->refuse_extra(list.find(extras.front()));
  for (const parts::declared& each : parts_->positionals)
    if (each.required && each.option->count() == 0)
      throw usage_error(parts_->name + " needs " + each.shown + ": " + usage(), name.where);
  for (const parts::declared& each : parts_->options) parts_->hand_out(each, list);
  for (const parts::declared& each : parts_->positionals) parts_->hand_out(each, list);
}

bool arguments::given(const std::string& option) const {
  const CLI::Option* const known = parts_->app.get_option_no_throw(option);
  return known != nullptr && known->count() > 0;
}

void arguments::usage_lines(std::string lines) { parts_->usage_lines = std::move(lines); }

void arguments::footer(std::string text) { parts_->footer = std::move(text); }

std::string arguments::usage() const {
  if (!parts_->usage_lines.empty()) return parts_->usage_lines;
  std::string line = parts_->name;
  if (!parts_->options.empty()) line += " [OPTIONS]";
  for (const parts::declared& each : parts_->positionals) {
    const std::string shown = each.shown + (each.many ? "..." : "");
    line += each.required ? " " + shown : " [" + shown + "]";
  }
  return line;
}

std::string arguments::help() const {
  std::string text = parts_->app.help();
  while (text.ends_with("\n\n")) text.pop_back();
  if (!parts_->footer.empty()) text += "\n" + parts_->footer + "\n";
  return text;
}

} // namespace weir::command
