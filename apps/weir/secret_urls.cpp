#include "apps/weir/secret_urls.hpp"

#include <algorithm>
#include <array>

namespace weir::command {

namespace {

using range = std::pair<std::size_t, std::size_t>;
constexpr range k_none{0, 0};

constexpr std::string_view k_scheme_end = "://";
constexpr std::string_view k_white = " \t\r\n";
constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view k_in_user = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-";
/// Schemes of which a password with blanks or slashes in it is searched for further on, and whose users are no secret.
constexpr std::array<std::string_view, 2> k_database_schemes = {"postgres", "postgresql"};

bool ends_with_word(std::string_view text, std::string_view word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return text.size() >= word.size() && std::ranges::equal(text.substr(text.size() - word.size()), word,
                                                          [&](char a, char b) { return lower(a) == b; });
}

std::size_t end_of_word(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(k_white, at), text.size());
}

/// Between the first ':' behind "://" and the last '@' of the word. Of other services than databases the user may be the
/// secret.
range in_url(std::string_view text, std::size_t scheme_end) {
  const std::size_t begin = scheme_end + k_scheme_end.size();
  const std::string_view scheme = text.substr(0, scheme_end);
  const bool database =
      std::ranges::any_of(k_database_schemes, [&](std::string_view each) { return ends_with_word(scheme, each); });
  const std::size_t word_end = end_of_word(text, begin);
  std::size_t at = text.substr(0, word_end).rfind('@');
  if (!database) {
    at = text.substr(0, std::min(text.find('/', begin), word_end)).rfind('@');
    return at != std::string_view::npos && at > begin ? range{begin, at} : k_none;
  }
  const std::size_t colon = text.find(':', begin);
  if (colon >= word_end) return k_none;
  if (at == std::string_view::npos || at < colon) at = text.substr(0, text.find('\n', begin)).rfind('@');
  return at != std::string_view::npos && at > colon ? range{colon + 1, at} : k_none;
}

/// USER:PASSWORD@HOST, whose scheme was forgotten.
range without_scheme(std::string_view text, std::size_t colon) {
  if (text.substr(colon).starts_with(k_scheme_end)) return k_none;
  const std::size_t before = text.find_last_not_of(k_in_user, colon == 0 ? 0 : colon - 1);
  const std::size_t user = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t at = text.substr(0, end_of_word(text, colon)).rfind('@');
  if (user >= colon || at == std::string_view::npos || at <= colon + 1 || at + 1 >= text.size()) return k_none;
  const bool host = k_letters.find(text[at + 1]) != std::string_view::npos || text[at + 1] == '[';
  return host ? range{colon + 1, at} : k_none;
}

} // namespace

std::vector<range> secrets_in_urls(std::string_view text) {
  std::vector<range> found;
  const auto add = [&found](range secret) {
    if (secret.first < secret.second) found.push_back(secret);
  };
  for (std::size_t at = 0; (at = text.find(k_scheme_end, at)) != std::string_view::npos; at += k_scheme_end.size())
    add(in_url(text, at));
  for (std::size_t at = 0; (at = text.find(':', at)) != std::string_view::npos; ++at) add(without_scheme(text, at));
  return found;
}

} // namespace weir::command
