#include "apps/weir/secrets.hpp"

#include "apps/weir/secret_search.hpp"

#include <cstddef>
#include <cstring>

namespace weir::command {

std::string without_secrets(std::string_view original) {
  std::string text(original);
  const std::vector<bool> hidden = secret_bytes(original);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (hidden[i] && text[i] != '\n') text[i] = '*'; // lines stay lines
  return text;
}

std::string with_marks(std::string_view original) {
  std::string text;
  const std::vector<bool> hidden = secret_bytes(original);
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (!hidden[i]) text += original[i];
    if (hidden[i] && (i == 0 || !hidden[i - 1])) text += '*';
  }
  return text;
}

void hide_secrets(int argc, const char* const* argv) noexcept {
  for (int i = 1; i < argc; ++i) {
    try {
      const std::string hidden = without_secrets(argv[i]);
      // The words lie in memory that the process may write; only the type of main's argument promises otherwise.
      if (hidden != argv[i]) std::memcpy(const_cast<char*>(argv[i]), hidden.data(), hidden.size());
    } catch (...) { return; }
  }
}

} // namespace weir::command
