#include "apps/weir/secrets.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace weir::command {

namespace {

constexpr std::string_view k_scheme_end = "://";
constexpr std::string_view k_white = " \t\r\n";
/// Schemes of which a password with blanks or slashes in it is searched for further on.
constexpr std::array<std::string_view, 2> k_database_schemes = {"postgres", "postgresql"};
constexpr std::string_view k_key = "password";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.end() - static_cast<std::ptrdiff_t>(word.size()),
                    [](char a, char b) { return a == lower(b); });
}

void hide(std::string& text, std::size_t begin, std::size_t end) {
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin), text.begin() + static_cast<std::ptrdiff_t>(end), '*');
}

/// Between the first ':' behind "://" and the last '@' of the word.
void hide_in_url(std::string& text, std::size_t scheme_end) {
  const std::size_t begin = scheme_end + k_scheme_end.size();
  const std::string_view scheme = std::string_view(text).substr(0, scheme_end);
  const auto is_scheme = [scheme](std::string_view each) { return ends_with_word(scheme, each); };
  const bool database = std::any_of(k_database_schemes.begin(), k_database_schemes.end(), is_scheme);

  const std::size_t word_end = std::min(text.find_first_of(k_white, begin), text.size());
  const std::size_t colon = text.find(':', begin);
  if (colon == std::string::npos || colon >= word_end) return;
  std::size_t at = text.rfind('@', word_end - 1);
  const bool in_word = at != std::string::npos && at > colon;
  if (!in_word && database) at = text.rfind('@', std::min(text.find('\n', begin), text.size()));
  if (at != std::string::npos && at > colon) hide(text, colon + 1, at);
}

/// Behind "password", '=' and perhaps blanks: a quoted value, or up to what ends one in a URL or between words.
void hide_value(std::string& text, std::size_t key_end) {
  std::size_t at = std::min(text.find_first_not_of(k_white, key_end), text.size());
  if (at == text.size() || text[at] != '=') return;
  const std::size_t behind = at + 1;
  at = std::min(text.find_first_not_of(k_white, behind), text.size());
  if (at == text.size()) return;
  std::size_t end = at;
  if (text[at] == '\'' || text[at] == '"') {
    const char quote = text[at];
    for (end = ++at; end < text.size() && text[end] != quote; ++end)
      if (text[end] == '\\') ++end;
  } else {
    end = text.find_first_of("&# \t\r\n", at);
  }
  hide(text, at, std::min(end, text.size()));
}

} // namespace

std::string without_secrets(std::string_view original) {
  std::string text(original);
  for (std::size_t at = 0; (at = text.find(k_scheme_end, at)) != std::string::npos; at += k_scheme_end.size())
    hide_in_url(text, at);
  for (std::size_t end = k_key.size(); end <= text.size(); ++end)
    if (ends_with_word(std::string_view(text).substr(0, end), k_key)) hide_value(text, end);
  return text;
}

void hide_secrets(int argc, const char* const* argv) noexcept {
  for (int i = 1; i < argc; ++i) {
    try {
      const std::string hidden = without_secrets(argv[i]);
      // The words lie in memory that the process may write; only the type of main's argument promises otherwise.
      if (hidden != argv[i]) std::memcpy(const_cast<char*>(argv[i]), hidden.data(), hidden.size());
    } catch (...) { return; }
  }
}

} // namespace weir::command
