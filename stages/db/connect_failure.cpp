#include "stages/db/connect_failure.hpp"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace weir::stages {
namespace {

constexpr std::size_t k_state = 5; // characters of an SQLSTATE
constexpr std::string_view k_before_state = ":  ";
constexpr std::string_view k_behind_state = ": ";

bool is_state(std::string_view text) {
  return text.size() == k_state &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

// Starting, stopping, recovering; too many connections.
bool is_passing(std::string_view state) { return state.starts_with("57P0") || state == "53300"; }

// Of the system: libpq and we ask the same C library for the words, so they are in one language.
bool nobody_there(const std::string& text) {
  for (const int error : {ECONNREFUSED, ETIMEDOUT, ECONNRESET, EHOSTUNREACH, ENETUNREACH, EPIPE, EAGAIN}) {
    if (text.find(std::strerror(error)) != std::string::npos) return true;
  }
  for (const int error : {EAI_AGAIN, EAI_NONAME}) { // a name may come with its host
    if (text.find(::gai_strerror(error)) != std::string::npos) return true;
  }
  const bool no_socket = text.find(".s.PGSQL.") != std::string::npos; // else a file of keys is missing
  return no_socket && text.find(std::strerror(ENOENT)) != std::string::npos;
}

// Where neither has a code for it.
bool sounds_passing(const std::string& text) {
  for (const char* words : {"server closed the connection", "timeout expired", "could not fork"}) {
    if (text.find(words) != std::string::npos) return true;
  }
  return false;
}

// "LOCATION:  InitPostgres, postinit.c:1003", whatever the first word.
bool is_place_in_source(std::string_view line) {
  const std::size_t number = line.find_last_not_of("0123456789");
  return number != std::string_view::npos && number + 1 < line.size() && line.substr(0, number + 1).ends_with(".c:");
}

} // namespace

connect_failure connect_failure_of(std::string_view words) {
  connect_failure made;
  bool coded = false;
  while (!words.empty()) {
    std::string line(words.substr(0, words.find('\n')));
    words.remove_prefix(std::min(words.size(), line.size() + 1));
    if (is_place_in_source(line)) continue;
    for (std::size_t at = 0; (at = line.find(k_before_state, at)) != std::string::npos; at += k_before_state.size()) {
      const std::size_t state = at + k_before_state.size();
      if (line.compare(std::min(state + k_state, line.size()), k_behind_state.size(), k_behind_state) != 0) continue;
      if (!is_state(std::string_view(line).substr(state, k_state))) continue;
      coded = true;
      made.passing = made.passing || is_passing(std::string_view(line).substr(state, k_state));
      line.erase(state - 1, 1 + k_state + k_behind_state.size()); // "FATAL: no such database"
    }
    line.erase(0, line.find_first_not_of(" \t"));
    if (!line.empty()) made.text.append(made.text.empty() ? "" : " ").append(line);
  }
  if (!coded) made.passing = nobody_there(made.text) || sounds_passing(made.text);
  return made;
}

} // namespace weir::stages
