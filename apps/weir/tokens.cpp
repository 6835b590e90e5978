#include "apps/weir/tokens.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_white = " \t\r\n";
constexpr std::string_view k_forbidden = "<>&;()$`";
constexpr std::string_view k_glob_special = "*?[]\\";
constexpr std::string_view k_escaped_in_double_quotes = "\\\"$`";

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// What a shell would do with the character, for the message that says weir does not.
std::string_view shell_meaning(char c) {
  switch (c) {
  case '<':
    return "weir reads files with the stage 'read'";
  case '>':
    return "weir writes files with the stage 'write'";
  case '$':
  case '`':
    return "weir expands nothing";
  case '&':
  case ';':
    return "weir runs one pipeline at a time";
  default:
    return "weir groups stages with { and }";
  }
}

/// Reads words and marks from left to right.
class reader {
 public:
  explicit reader(std::shared_ptr<const source_text> source) : source_(std::move(source)), text_(source_->text) {}

  /// Passes over white space, comments and joined lines; afterwards the reader is at a word, a mark or the
  /// end.
  void skip_white() {
    while (at_ < text_.size()) {
      if (is_one_of(text_[at_], k_white)) {
        ++at_;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_, 2) == "\\\n") {
        at_ += 2;
      } else {
        return;
      }
    }
  }

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

  /// Takes what the reader is at; it is not at white space.
  token take_token() {
    if (at_end()) return {token_kind::end, {"", "", false, here()}};
    if (text_[at_] == '|') {
      const place bar = here();
      ++at_;
      return {token_kind::bar, {"|", "|", false, bar}};
    }
    word taken = take_word();
    return {kind_of(taken), std::move(taken)};
  }

 private:
  std::shared_ptr<const source_text> source_;
  std::string_view text_;
  std::size_t at_ = 0;

  static token_kind kind_of(const word& taken) {
    if (taken.quoted) return token_kind::word;
    if (taken.text == "{") return token_kind::open_brace;
    return taken.text == "}" ? token_kind::close_brace : token_kind::word;
  }

  [[nodiscard]] place here() const { return {source_, at_, 1}; }

  word take_word() {
    word result;
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '|' && !is_one_of(text_[at_], k_white)) take_piece(result);
    result.where = {source_, begin, at_ - begin};
    return result;
  }

  static void add(word& to, char c, bool quoted) {
    to.text += c;
    if (quoted && is_one_of(c, k_glob_special)) to.pattern += '\\';
    to.pattern += c;
    to.quoted |= quoted;
  }

  /// Takes one character or one quoted part of a word.
  void take_piece(word& to) {
    const char c = text_[at_];
    if (c == '\'' || c == '"') {
      to.quoted = true;
      c == '"' ? take_double_quoted(to) : take_single_quoted(to);
    } else if (c == '\\') {
      take_backslash(to);
    } else if (is_one_of(c, k_forbidden)) {
      throw usage_error(
          fmt::format("'{0}' must be quoted: {1} (write '\\{0}' or put the word in quotes)", c, shell_meaning(c)),
          here());
    } else {
      add(to, c, false);
      ++at_;
    }
  }

  void take_backslash(word& to) {
    if (at_ + 1 == text_.size())
      throw usage_error("the pipeline ends with a backslash: a character must follow it", here());
    if (text_[at_ + 1] != '\n') add(to, text_[at_ + 1], true);
    at_ += 2;
  }

  void take_single_quoted(word& to) {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) throw usage_error("this quote ' is never closed", here());
    for (++at_; at_ < end; ++at_) add(to, text_[at_], true);
    ++at_;
  }

  void take_double_quoted(word& to) {
    const place open = here();
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (text_[at_] == '\\' && next == '\n') {
        ++at_;
        continue;
      }
      if (text_[at_] == '\\' && next != '\0' && is_one_of(next, k_escaped_in_double_quotes)) ++at_;
      add(to, text_[at_], true);
    }
    if (at_end()) throw usage_error("this quote \" is never closed", open);
    ++at_;
  }
};

} // namespace

std::vector<token> tokens_of(std::shared_ptr<const source_text> source) {
  if (const std::size_t nul = source->text.find('\0'); nul != std::string::npos)
    throw usage_error("there is a NUL byte in the text", {source, nul, 1});
  reader from(std::move(source));
  std::vector<token> all;
  do {
    from.skip_white();
    all.push_back(from.take_token());
  } while (all.back().kind != token_kind::end);
  return all;
}

} // namespace weir::command
