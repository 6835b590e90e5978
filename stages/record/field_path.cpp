#include <algorithm>

#include "stages/record/record_reader.hpp"

namespace weir::stages {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' || c == '$' ||
         static_cast<unsigned char>(c) > 0x7f;
}
bool is_rest(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

/// A word that means something else where a field begins.
bool is_keyword(std::string_view name) {
  constexpr std::string_view k_words[] = {"and", "or", "not", "in", "has", "true", "false", "null"};
  return std::find(std::begin(k_words), std::end(k_words), name) != std::end(k_words);
}

} // namespace

std::string text_of(const field_path& path) {
  std::string made;
  for (const std::string& name : path.names) {
    const bool first = &name == path.names.data();
    if (!first) { made += '.'; }
    const bool plain = !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_rest);
    if (plain && !(first && path.names.size() == 1 && is_keyword(name))) {
      made += name;
      continue;
    }
    made += '`';
    for (const char c : name) { made.append(c == '`' ? 2 : 1, c); }
    made += '`';
  }
  return made;
}

} // namespace weir::stages
