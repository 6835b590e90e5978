// What a stage (or the program) accepts on its line, and the reading of that line.
// CLI11 does the reading; its header is named in arguments.cpp only.
#pragma once

#include "apps/weir/values.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::command {

/// `--help` was among the words; what() is the help text. Not an error: it is printed to stdout and the exit
/// is 0.
class help_request : public std::exception {
 public:
  explicit help_request(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

/// Declares flags, options and positionals, each bound to a variable that must outlive parse(); then parses,
/// once. Names are written "-i,--ignore-case" (short and long, either may be left out); every set has --help.
/// Of an option given twice the last counts. Short flags combine (-Fi); `--` ends the options.
class arguments {
 public:
  enum class need { optional, required };

  explicit arguments(std::string name, std::string summary = {});
  ~arguments();
  arguments(const arguments&) = delete;
  arguments& operator=(const arguments&) = delete;

  /// Replaces the usage line, where one line does not tell the forms there are; several lines are allowed.
  void usage_lines(std::string lines);

  /// What stands at the end of the help: examples, for one.
  void footer(std::string text);

  /// True when given.
  void flag(std::string_view names, bool& value, std::string_view help);

  /// An option with a value of any type that has a from_word (values.hpp); `value_name` stands for it in the
  /// help.
  template <class Value>
  void option(std::string_view names, Value& value, std::string_view value_name, std::string_view help) {
    add_option(names, value_name, help, [&value](const word& given) { from_word(given, value); });
  }

  /// An option whose value is a size in bytes ("64M").
  template <class Size>
  void size(std::string_view names, Size& bytes, std::string_view help) {
    add_option(names, "SIZE", help, [&bytes](const word& given) { bytes = parse_size(given.text); });
  }

  /// An option whose value is one of a few words.
  template <class Value>
  void choice(std::string_view names, Value& value, std::vector<std::pair<std::string, Value>> known,
              std::string_view help) {
    std::vector<std::string> names_of_values;
    for (const auto& [text, meaning] : known) names_of_values.push_back(text);
    add_option(names, joined(names_of_values, "|"), help,
               [&value, known = std::move(known), names_of_values](const word& given) {
                 value = known[index_of(given, names_of_values)].second;
               });
  }

  /// A level in the manner of gzip: -1 … -19, or --level 19.
  void level(int& value, int lowest, int highest, std::string_view help);

  /// A word without a dash; positionals are filled in the order in which they are declared. Without a help
  /// text it is not listed in the help.
  template <class Value>
  void positional(std::string_view name, Value& value, std::string_view help, need how = need::required) {
    add_positional(name, help, how, false, [&value](const word& given) { from_word(given, value); });
  }

  /// All words without a dash that are left; the last positional to be declared. Value may be `word` to see
  /// the quoting.
  template <class Value>
  void positionals(std::string_view name, std::vector<Value>& values, std::string_view help,
                   need how = need::required) {
    add_positional(name, help, how, true, [&values](const word& given) {
      Value value{};
      from_word(given, value);
      values.push_back(std::move(value));
    });
  }

  /// Reads the words that follow `name` into the bound variables. Throws usage_error with the place of the
  /// guilty word (unknown option, missing value, extra word, a value that is none), help_request for --help.
  void parse(const word& name, std::span<const word> given);

  /// After parse(): the option (by its long name) was among the words.
  [[nodiscard]] bool given(const std::string& option) const;

  /// One line: the name and what may follow it, "grep [OPTIONS] PATTERN".
  [[nodiscard]] std::string usage() const;

  /// The whole help text, as --help shows it; ends with a newline.
  [[nodiscard]] std::string help() const;

 private:
  using take = std::function<void(const word&)>;
  struct parts;

  void add_option(std::string_view names, std::string_view value_name, std::string_view help, take receiver);
  void add_positional(std::string_view name, std::string_view help, need how, bool many, take receiver);
  static std::string joined(const std::vector<std::string>& texts, std::string_view between);
  static std::size_t index_of(const word& given, const std::vector<std::string>& known);

  std::unique_ptr<parts> parts_;
};

} // namespace weir::command
