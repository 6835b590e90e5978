#include "stages/text/pattern_syntax.hpp"

#include <algorithm>
#include <cctype>

namespace weir::stages {
namespace {

/// The end of the character class that begins at `at`.
std::size_t after_class(std::string_view pattern, std::size_t at) {
  ++at;
  if (at < pattern.size() && pattern[at] == '^') ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at; // a bracket in the first place stands for itself
  while (at < pattern.size() && pattern[at] != ']') {
    std::size_t named = pattern.substr(at, 2) == "[:" ? pattern.find(":]", at + 2) : std::string_view::npos;
    if (named != std::string_view::npos)
      at = named + 2;
    else
      at += pattern[at] == '\\' ? 2 : 1;
  }
  return at + 1;
}

/// The end of the repetition {n}, {n,} or {n,m} that begins at `at`; `at` when it is none: RE2 then takes the
/// brace for itself.
std::size_t after_repetition(std::string_view pattern, std::size_t at) {
  std::size_t end = pattern.find('}', at);
  if (end == std::string_view::npos) return at;
  std::string_view counts = pattern.substr(at + 1, end - at - 1);
  bool digits = !counts.empty() && counts[0] != ',' && counts.find_first_not_of("0123456789,") == counts.npos;
  return digits && std::count(counts.begin(), counts.end(), ',') <= 1 ? end + 1 : at;
}

/// Group flags such as (?i-m: that switch off the mode in which ^ and $ mean lines.
bool leaves_line_mode(std::string_view group) {
  if (!group.starts_with("(?")) return false;
  std::string_view flags = group.substr(2);
  flags = flags.substr(0, flags.find_first_of(":)<"));
  std::size_t off = flags.find('-');
  return off != std::string_view::npos && flags.find('m', off) != std::string_view::npos;
}

/// Runs of plain characters as a pattern is walked through; remembers the longest.
class plain_runs {
 public:
  void add(char byte) { run_.push_back(byte); }
  void end_run() {
    if (run_.size() > longest_.size()) longest_ = run_;
    run_.clear();
  }
  /// The last character, which may have several bytes in UTF-8, need not be there.
  void end_run_before_last() {
    while (!run_.empty() && (static_cast<unsigned char>(run_.back()) & 0xc0) == 0x80) run_.pop_back();
    if (!run_.empty()) run_.pop_back();
    end_run();
  }
  const std::string& longest() const { return longest_; }

 private:
  std::string run_;
  std::string longest_;
};

} // namespace

std::string_view not_line_by_line(std::string_view pattern) {
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '[') {
      at = after_class(pattern, at);
    } else if (pattern.substr(at, 2) == "\\Q") {
      at = std::min(pattern.find("\\E", at), pattern.size() - 2) + 2;
    } else if (pattern[at] == '\\') {
      char escaped = at + 1 < pattern.size() ? pattern[at + 1] : '\0';
      if (escaped == 'A' || escaped == 'z') return "\\A and \\z mean the whole file; lines begin at ^ and end at $";
      if (escaped == 'C') return "\\C is not supported";
      at += 2;
    } else {
      if (leaves_line_mode(pattern.substr(at))) return "(?-m) is not supported; ^ and $ always mean lines";
      ++at;
    }
  }
  return {};
}

std::string required_literal(std::string_view pattern) {
  plain_runs runs;
  int depth = 0;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    char byte = pattern[at];
    if (byte == '[') {
      runs.end_run();
      at = after_class(pattern, at) - 1;
    } else if (byte == '\\') {
      if (++at == pattern.size()) return {};
      // Escapes of letters and digits other than these go on after the letter, or change what follows.
      bool is_class = std::string_view("dDsSwWbB").find(pattern[at]) != std::string_view::npos;
      bool alphanumeric = std::isalnum(static_cast<unsigned char>(pattern[at])) != 0;
      if (alphanumeric && !is_class) return {};
      if (is_class)
        runs.end_run();
      else if (depth == 0)
        runs.add(pattern[at]);
    } else if (byte == '(') {
      bool flags = pattern.substr(at, 2) == "(?" && pattern.substr(at, 3) != "(?:" && pattern.substr(at, 3) != "(?P";
      if (flags) return {};
      runs.end_run();
      ++depth;
    } else if (byte == ')') {
      if (--depth < 0) return {};
    } else if (byte == '|') {
      if (depth == 0) return {};
    } else if (byte == '*' || byte == '?') {
      runs.end_run_before_last();
    } else if (std::size_t end = byte == '{' ? after_repetition(pattern, at) : at; end != at) {
      runs.end_run_before_last();
      at = end - 1;
    } else if (byte == '.' || byte == '^' || byte == '$' || byte == '+') {
      runs.end_run();
    } else if (depth == 0) {
      runs.add(byte);
    }
  }
  runs.end_run();
  return runs.longest();
}

} // namespace weir::stages
