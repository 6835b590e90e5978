#pragma once
// A second reader of pipelines, written from the rules in pipeline_text.hpp and not from its code: it marks every
// character as quoted or not first, and then splits. Slow and plain.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::fuzz {

/// The text as a row of characters without their quotes.
struct mark {
  enum class sort { plain, quoted, nothing } what; ///< nothing: a pair of quotes, perhaps an empty word
  char c;
};

/// Nothing: the text is refused.
inline std::optional<std::vector<mark>> marks_of(std::string_view text) {
  std::vector<mark> marks;
  enum class where { outside, single, twice, comment } in = where::outside;
  const auto word_open = [&] {
    return !marks.empty() && (marks.back().what != mark::sort::plain ||
                              std::string_view(" \t\r\n|").find(marks.back().c) == std::string_view::npos);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool last = i + 1 == text.size();
    const char next = last ? '\0' : text[i + 1]; // NUL is refused anyway
    if (c == '\0') { return std::nullopt; }
    switch (in) {
    case where::comment:
      if (c == '\n') {
        in = where::outside;
        marks.push_back({mark::sort::plain, c});
      }
      break;
    case where::single:
      if (c == '\'') {
        in = where::outside;
      } else {
        marks.push_back({mark::sort::quoted, c});
      }
      break;
    case where::twice:
      if (c == '"') {
        in = where::outside;
      } else if (c == '\\' && next == '\n') {
        ++i;
      } else if (c == '\\' && !last && std::string_view("\\\"$`").find(next) != std::string_view::npos) {
        marks.push_back({mark::sort::quoted, next});
        ++i;
      } else {
        marks.push_back({mark::sort::quoted, c});
      }
      break;
    case where::outside:
      if (c == '\'' || c == '"') {
        in = c == '"' ? where::twice : where::single;
        marks.push_back({mark::sort::nothing, c});
      } else if (c == '\\') {
        if (next == '\0') { return std::nullopt; }
        if (next != '\n') { marks.push_back({mark::sort::quoted, next}); }
        ++i;
      } else if (c == '#' && !word_open()) {
        in = where::comment;
      } else {
        if (std::string_view("<>&;()$`").find(c) != std::string_view::npos) { return std::nullopt; }
        marks.push_back({mark::sort::plain, c});
      }
      break;
    }
  }
  if (in == where::single || in == where::twice) { return std::nullopt; }
  return marks;
}

/// The pipeline in a form with one mark for each thing: "(name arg {(...)})"; words as length:pattern, with a q when quoted.
/// Nothing: the text is refused.
class reference_reader {
 public:
  static std::optional<std::string> read(std::string_view text) {
    const auto marks = marks_of(text);
    if (!marks) { return std::nullopt; }
    reference_reader r;
    r.split(*marks);
    std::string out;
    if (!r.pipeline(out, 0) || r.at_ != r.words_.size()) { return std::nullopt; }
    return out;
  }

  static std::string written(const std::string& pattern, bool quoted) {
    return std::to_string(pattern.size()) + (quoted ? "q:" : ":") + pattern;
  }

 private:
  struct one {
    std::string pattern;
    bool quoted = false;
    bool bar = false;
    bool is(const char* brace) const { return !bar && !quoted && pattern == brace; }
    bool is_word() const { return !bar && !is("{") && !is("}"); }
  };

  void split(const std::vector<mark>& marks) {
    bool open = false;
    for (const mark& m : marks) {
      const bool plain = m.what == mark::sort::plain;
      if (plain && std::string_view(" \t\r\n|").find(m.c) != std::string_view::npos) {
        open = false;
        if (m.c == '|') { words_.push_back({"|", false, true}); }
        continue;
      }
      if (!open) { words_.emplace_back(); }
      open = true;
      one& w = words_.back();
      w.quoted = w.quoted || !plain;
      if (m.what == mark::sort::nothing) { continue; }
      if (!plain && std::string_view("*?[]\\").find(m.c) != std::string_view::npos) { w.pattern += '\\'; }
      w.pattern += m.c;
    }
  }

  bool pipeline(std::string& out, int depth) {
    out += '(';
    for (;;) {
      if (!stage(out, depth)) { return false; }
      if (at_ == words_.size() || !words_[at_].bar) { break; }
      ++at_;
      out += '|';
    }
    out += ')';
    return true;
  }

  bool stage(std::string& out, int depth) {
    if (at_ == words_.size() || !words_[at_].is_word()) { return false; }
    for (; at_ < words_.size() && words_[at_].is_word(); ++at_) {
      out += ' ' + written(words_[at_].pattern, words_[at_].quoted);
    }
    while (at_ < words_.size() && words_[at_].is("{")) {
      ++at_;
      if (depth == 64 || !pipeline(out, depth + 1)) { return false; }
      if (at_ == words_.size() || !words_[at_].is("}")) { return false; }
      ++at_;
    }
    return at_ == words_.size() || !words_[at_].is_word();
  }

  std::vector<one> words_;
  std::size_t at_ = 0;
};

} // namespace weir::fuzz
