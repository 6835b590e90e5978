#include "stages/record/nested_field.hpp"

#include <cstring>

#include "stages/record/json_scalar.hpp"
#include "stages/record/number_text.hpp"

namespace weir::stages {
namespace {

/// Goes through JSON that is right.
class nested_text {
 public:
  nested_text(std::string_view text, char*& room) : at_(text.data()), end_(at_ + text.size()), room_(&room) {}

  /// Goes to the value of the object's first field of that name; false: there is none.
  bool enter(std::string_view name) {
    if (at_ == end_ || *at_ != '{') return false;
    next();
    while (at_ != end_ && *at_ == '"') {
      const bool found = is(string(), name);
      next(); // the colon
      if (found) return true;
      skip();
      blanks();
      if (at_ != end_ && *at_ == ',') next();
    }
    return false;
  }

  cell value() {
    cell made;
    const char* const begin = at_;
    if (*begin == '"') {
      made.kind = cell_kind::string;
      made.text = unescaped(string());
      return made;
    }
    skip();
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    if (*begin == '{' || *begin == '[') {
      made.kind = cell_kind::nested;
      made.text = text;
    } else if (text == "true" || text == "false") {
      made.kind = cell_kind::boolean;
      made.truth = text == "true";
    } else if (!read_number(text, made)) {
      made.kind = cell_kind::null;
    }
    return made;
  }

 private:
  void blanks() {
    while (at_ != end_ && is_blank(*at_)) { ++at_; }
  }
  /// Over a byte and the blanks around it.
  void next() {
    blanks();
    if (at_ != end_) ++at_;
    blanks();
  }
  /// Behind its closing quote; gives what is between.
  std::string_view string() {
    const char* const begin = ++at_;
    while (at_ != end_ && *at_ != '"') { at_ += *at_ == '\\' && end_ - at_ > 1 ? 2 : 1; }
    const std::string_view inside(begin, static_cast<std::size_t>(at_ - begin));
    if (at_ != end_) ++at_;
    return inside;
  }
  void skip() {
    std::size_t depth = 0;
    do {
      if (at_ == end_) return;
      if (*at_ == '"') {
        (void)string();
        continue;
      }
      if (*at_ == '{' || *at_ == '[') ++depth;
      if (*at_ == '}' || *at_ == ']') --depth;
      if (depth > 0 || *at_ == '}' || *at_ == ']') {
        ++at_;
        continue;
      }
      while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && !is_blank(*at_)) { ++at_; }
    } while (depth != 0);
  }
  std::string_view unescaped(std::string_view inside) {
    if (inside.find('\\') == std::string_view::npos) return inside;
    const char* const begin = *room_;
    if (char* const end = unescape(inside, *room_); end != nullptr) *room_ = end;
    return {begin, static_cast<std::size_t>(*room_ - begin)};
  }
  bool is(std::string_view inside, std::string_view name) {
    char* const kept = *room_;
    const bool same = unescaped(inside) == name;
    *room_ = kept;
    return same;
  }

  const char* at_;
  const char* end_;
  char** room_;
};

} // namespace

cell nested_field(const cell& object, std::span<const std::string> names, char*& room) noexcept {
  if (object.kind != cell_kind::nested) return {};
  nested_text text(object.text, room);
  for (const std::string& name : names) {
    if (!text.enter(name)) return {};
  }
  return text.value();
}

} // namespace weir::stages
