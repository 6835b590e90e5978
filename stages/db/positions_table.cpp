#include "stages/db/positions_table.hpp"

#include <charconv>

namespace weir::stages::positions_table {
namespace {

std::string path_of(std::string_view stored) {
  std::string path;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    int value = 0;
    if (stored[i] == '%' && i + 2 < stored.size() &&
        std::from_chars(&stored[i + 1], &stored[i + 1] + 2, value, 16).ptr == &stored[i + 1] + 2) {
      path += static_cast<char>(value);
      i += 2;
    } else {
      path += stored[i];
    }
  }
  return path;
}

} // namespace

numbers_type numbers(const saved_position& at) {
  const auto stored = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  return {stored(at.source.device), stored(at.source.inode), stored(at.position),
          stored(at.head_bytes),    stored(at.head_hash),    stored(at.tail_hash),
          stored(at.tail_end),      stored(at.records),      at.finished ? 1 : 0};
}

saved_position position_of(std::string_view path, const numbers_type& numbers) {
  const auto loaded = [&](std::size_t i) { return static_cast<std::uint64_t>(numbers[i]); };
  return {.source = {path_of(path), loaded(0), loaded(1)},
          .position = loaded(2),
          .head_bytes = loaded(3),
          .head_hash = loaded(4),
          .tail_hash = loaded(5),
          .tail_end = loaded(6),
          .records = loaded(7),
          .finished = numbers[8] != 0};
}

std::string stored_path(std::string_view path) {
  constexpr char k_digits[] = "0123456789ABCDEF";
  std::string stored;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '%') {
      stored += c;
    } else {
      stored += {'%', k_digits[byte >> 4], k_digits[byte & 15]};
    }
  }
  return stored;
}

} // namespace weir::stages::positions_table
