#include "stages/record/json_fault.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>

#include "stages/record/json_scalar.hpp"
#include "stages/record/json_walk.hpp"
#include "stages/text/utf8.hpp"

namespace weir::stages {
namespace {

/// A strict reader of RFC 8259 that keeps nothing but its place.
class strict_reader {
 public:
  explicit strict_reader(std::string_view text)
      : text_(text.substr(0, valid_utf8_prefix(text))), cut_(text_.size() != text.size()) {}

  bool record() {
    blanks();
    if (here() != '{') return fail(at_ == text_.size() ? reject_class::malformed : reject_class::not_an_object);
    if (!value()) return false;
    blanks();
    return (at_ == text_.size() && !cut_) || fail(reject_class::extra_text);
  }
  [[nodiscard]] record_reader::trouble fault() const noexcept { return fault_; }

 private:
  [[nodiscard]] char here() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() noexcept {
    while (at_ < text_.size() && is_blank(text_[at_])) { ++at_; }
  }
  bool fail(reject_class why) noexcept {
    if (cut_ && at_ >= text_.size()) why = reject_class::bad_utf8;
    fault_ = {why, static_cast<std::uint32_t>(at_), {}};
    return false;
  }
  bool value() {
    std::bitset<k_json_depth> in_object;
    std::size_t depth = 0;
    for (;;) {
      blanks();
      const char c = here();
      if (c == '{' || c == '[') {
        if (depth + 1 == k_json_depth) return fail(reject_class::malformed);
        in_object[depth++] = c == '{';
        ++at_;
        blanks();
        if (here() != (c == '{' ? '}' : ']')) {
          if (c == '{' && !key()) return false;
          continue;
        }
      } else if (!scalar()) {
        return false;
      }
      for (;;) {
        if (depth == 0) return true;
        const bool object = in_object[depth - 1];
        blanks();
        if (here() == (object ? '}' : ']')) {
          ++at_;
          --depth;
          continue;
        }
        if (here() != ',') return fail(reject_class::malformed);
        ++at_;
        if (object && !key()) return false;
        break;
      }
    }
  }

  bool key() {
    blanks();
    if (here() != '"') return fail(reject_class::malformed);
    if (!string()) return false;
    blanks();
    if (here() != ':') return fail(reject_class::malformed);
    ++at_;
    return true;
  }

  bool string() {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c < 0x20) return fail(reject_class::control_byte);
      if (c == '\\' && at_ + 1 < text_.size()) ++at_;
      ++at_;
    }
    if (at_ >= text_.size()) {
      at_ = cut_ ? text_.size() : begin - 1;
      return fail(reject_class::unclosed_string);
    }
    const std::size_t bad = bad_escape(text_.substr(begin, at_ - begin));
    if (bad != std::string_view::npos) {
      at_ = begin + bad;
      return fail(reject_class::malformed);
    }
    ++at_;
    return true;
  }

  bool scalar() {
    const char c = here();
    if (c == '"') return string();
    if (at_ == text_.size() || c == ',' || c == ':' || c == '}' || c == ']') return fail(reject_class::missing_value);
    std::size_t end = at_;
    while (end < text_.size() && !is_blank(text_[end]) &&
           std::string_view(",:{}[]").find(text_[end]) == std::string_view::npos) {
      ++end;
    }
    return word(text_.substr(at_, end - at_));
  }

  bool word(std::string_view word) {
    if (cut_ && at_ + word.size() == text_.size()) {
      at_ = text_.size();
      return fail(reject_class::bad_utf8);
    }
    const bool number = word.front() == '-' || is_digit(word.front());
    if (number ? !is_json_number(word) : word != "null" && word != "true" && word != "false") {
      return fail(number ? reject_class::bad_number : reject_class::malformed);
    }
    at_ += word.size();
    return true;
  }

  std::string_view text_; ///< up to the first byte that is not UTF-8
  bool cut_;              ///< there is one
  std::size_t at_ = 0;
  record_reader::trouble fault_{};
};

} // namespace

bool find_fault(std::string_view record, record_reader::trouble& fault) {
  strict_reader reader(record);
  if (reader.record()) return false;
  fault = reader.fault();
  return true;
}

} // namespace weir::stages
