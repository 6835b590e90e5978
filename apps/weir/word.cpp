#include "apps/weir/word.hpp"

#include "apps/weir/secrets.hpp"

#include <algorithm>
#include <string_view>

namespace weir::command {

namespace {

/// The word in the form in which a shell would read it back.
std::string for_shell(std::string_view text) {
  constexpr std::string_view k_plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./,:@%";
  if (!text.empty() && text.find_first_not_of(k_plain) == std::string_view::npos) return std::string(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\'";
    out += c == '\n' ? ' ' : c;
  }
  return out + "'";
}

} // namespace

std::vector<word> words_of_command_line(std::span<const char* const> arguments) {
  const auto source = std::make_shared<source_text>(source_text{"", "weir"});
  std::vector<word> words;
  for (const char* argument : arguments) {
    source->text += ' ';
    const std::size_t offset = source->text.size();
    const std::string shown = for_shell(without_secrets(argument)); // before quotes hide them from us too
    source->text += shown;
    words.push_back({argument, argument, true, {source, offset, shown.size()}});
  }
  return words;
}

} // namespace weir::command
