#include "stages/db/password_mask.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::stages {
namespace {

constexpr std::size_t k_told_apart = 4; // characters; a shorter one is found in any text
constexpr std::string_view k_by = "***";

} // namespace

password_mask::password_mask(std::string_view url) {
  constexpr std::string_view k_scheme_end = "://";
  const std::size_t scheme = url.find(k_scheme_end);
  if (scheme == std::string_view::npos) return;
  const std::string_view rest = url.substr(scheme + k_scheme_end.size());
  const std::string_view user = rest.substr(0, std::min(rest.find('@'), rest.size()));
  if (user.size() < rest.size() && user.find(':') != std::string_view::npos) add(user.substr(user.find(':') + 1));
  constexpr std::string_view k_key = "password="; // sslpassword= ends with it
  for (std::size_t at = rest.find(k_key); at != std::string_view::npos; at = rest.find(k_key, at + 1)) {
    const std::string_view value = rest.substr(at + k_key.size());
    add(value.substr(0, std::min(value.find('&'), value.size())));
  }
}

void password_mask::add(std::string_view password) {
  if (password.empty() || std::ranges::find(passwords_, password) != passwords_.end()) return;
  passwords_.emplace_back(password);
  std::ranges::stable_sort(passwords_, std::ranges::greater(), &std::string::size);
}

std::string password_mask::operator()(std::string text) const {
  for (const std::string& each : passwords_) {
    for (std::size_t at = text.find(each); at != std::string::npos; at = text.find(each, at)) {
      if (each.size() >= k_told_apart || (at > 0 && (text[at - 1] == '=' || text[at - 1] == ':'))) {
        text.replace(at, each.size(), k_by);
        at += k_by.size();
      } else {
        ++at;
      }
    }
  }
  return text;
}

} // namespace weir::stages
