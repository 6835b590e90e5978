// Passwords in a text: in the words that a shell would make of it, and in what is a text of words itself once its quotes are off
// (a pipeline on the command line has an address as a word, which has "password='…'" as one).
#include "apps/weir/secret_search.hpp"

#include "apps/weir/secret_urls.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace weir::command {

namespace {

constexpr std::string_view k_white = " \t\r\n";
constexpr std::string_view k_key = "password";
constexpr int k_deepest = 6; // quotes in quotes

bool is_white(char c) { return k_white.find(c) != std::string_view::npos; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool key_at(std::string_view text, std::size_t at) {
  const std::string_view there = text.substr(at, k_key.size());
  return std::ranges::equal(there, k_key, [](char a, char b) { return lower(a) == b; });
}

/// Where the '=' behind a key that begins at `key` stands; npos: there is none.
std::size_t sign_of(std::string_view text, std::size_t key) {
  const std::size_t sign = text.find_first_not_of(k_white, key + k_key.size());
  return sign != std::string_view::npos && text[sign] == '=' ? sign : std::string_view::npos;
}

/// Likewise the value behind that.
std::size_t value_of(std::string_view text, std::size_t key) {
  const std::size_t sign = sign_of(text, key);
  if (sign == std::string_view::npos) return sign;
  const std::size_t value = text.find_first_not_of(k_white, sign + 1);
  const bool next_stage = value != std::string_view::npos && text[value] == '|' && value > sign + 1;
  return next_stage ? std::string_view::npos : value;
}

/// The quote at `open` ends there, at its other one; npos: nowhere. With `escapes` a backslash takes the next one along.
std::size_t close_of(std::string_view text, std::size_t open, bool escapes) {
  for (std::size_t at = open + 1; at < text.size(); ++at) {
    if (escapes && text[at] == '\\') {
      ++at;
    } else if (text[at] == text[open]) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// Goes over one text. Several of them lie in each other; each knows where its bytes stand in the outermost.
class search {
 public:
  search(std::string_view text, const std::vector<std::size_t>& places, std::vector<bool>& hidden, int depth)
      : text_(text), places_(places), hidden_(hidden), depth_(depth) {}

  /// False: the quotes do not fit, and what may be a password has no end that is sure: all behind it is hidden, here, and
  /// must be in the text around this one.
  bool run() {
    for (const auto& [begin, end] : secrets_in_urls(text_)) hide(begin, end);
    while (at_ < text_.size()) {
      if (is_white(text_[at_]) || text_[at_] == '|') {
        end_word();
        ++at_;
      } else if (key_at(text_, at_) && value_of(text_, at_) != std::string_view::npos) {
        take_value(value_of(text_, at_));
      } else {
        take_piece();
      }
      if (unsure_) break;
    }
    if (!unsure_) end_word();
    return !unsure_;
  }

 private:
  std::string_view text_;
  const std::vector<std::size_t>& places_;
  std::vector<bool>& hidden_;
  int depth_;
  std::size_t at_ = 0;
  std::string word_; // at hand, without its quotes
  std::vector<std::size_t> word_places_;
  std::vector<std::size_t> word_at_; // the same in this text
  bool quoted_ = false;
  bool unsure_ = false;

  void hide(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < std::min(end, text_.size()); ++i) hidden_[places_[i]] = true;
  }
  void add(std::size_t at) {
    word_ += text_[at];
    word_places_.push_back(places_[at]);
    word_at_.push_back(at);
  }

  void end_word() {
    if (quoted_) look_into_word();
    word_.clear();
    word_places_.clear();
    word_at_.clear();
    quoted_ = false;
  }

  void look_into_word() {
    if (depth_ < k_deepest && search(word_, word_places_, hidden_, depth_ + 1).run()) return;
    doubt();
  }

  /// One character or one quoted part of a word.
  void take_piece() {
    const char c = text_[at_];
    if (c == '\\' && at_ + 1 < text_.size()) {
      quoted_ = true;
      add(at_ + 1);
      at_ += 2;
    } else if (c == '\'' || c == '"') {
      take_quoted();
    } else {
      add(at_++);
    }
  }

  void take_quoted() {
    quoted_ = true;
    const bool doubled = text_[at_] == '"';
    const std::size_t close = close_of(text_, at_, doubled);
    const std::size_t end = std::min(close, text_.size());
    for (std::size_t i = at_ + 1; i < end; ++i) {
      if (doubled && text_[i] == '\\' && i + 1 < end &&
          std::string_view("\\\"$`").find(text_[i + 1]) != std::string_view::npos)
        ++i;
      add(i);
    }
    at_ = std::min(end + 1, text_.size());
    if (close == std::string_view::npos || ends_at_sign(close)) doubt();
  }

  /// 'password=' and then more: whoever put these quotes around it did not see those within. 'password='\'' is well done.
  [[nodiscard]] bool ends_at_sign(std::size_t close) const {
    const std::size_t sign = word_.find_last_not_of(k_white);
    if (sign == std::string::npos || word_[sign] != '=' || close + 1 >= text_.size()) return false;
    const std::size_t key = word_.find_last_not_of(k_white, sign == 0 ? 0 : sign - 1);
    if (key == std::string::npos || key + 1 < k_key.size() || !key_at(word_, key + 1 - k_key.size())) return false;
    return !is_white(text_[close + 1]) && text_[close + 1] != '\\';
  }

  /// The word at hand may hold more of a password than it seems to.
  void doubt() {
    for (std::size_t key = 0; key < word_.size(); ++key) {
      if (!key_at(word_, key) || sign_of(word_, key) == std::string_view::npos) continue;
      unsure_ = true;
      return hide(text_.find_first_not_of(" \t\r\n=", word_at_[key] + k_key.size()), text_.size());
    }
  }

  /// What is a value by libpq's rules or by the shell's, whichever goes further.
  void take_value(std::size_t value) {
    const bool in_url = at_ > 0 && (text_[at_ - 1] == '?' || text_[at_ - 1] == '&');
    if (text_[value] == '\'' || text_[value] == '"') {
      const std::size_t close = close_of(text_, value, true);
      if (close < text_.size() && (close + 1 == text_.size() || is_white(text_[close + 1]))) {
        hide(value + 1, close);
        at_ = close + 1;
        return;
      }
    }
    std::size_t end = value;
    while (end < text_.size() && !is_white(text_[end]) && !(in_url && (text_[end] == '&' || text_[end] == '#'))) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '\'' || text_[end] == '"') {
        end = std::min(close_of(text_, end, text_[end] == '"'), text_.size());
      }
      ++end;
    }
    unsure_ = end > text_.size();
    hide(value, end);
    at_ = std::min(end, text_.size());
  }
};

} // namespace

std::vector<bool> secret_bytes(std::string_view text) {
  std::vector<bool> hidden(text.size());
  std::vector<std::size_t> places(text.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  search(text, places, hidden, 0).run();
  return hidden;
}

} // namespace weir::command
