#pragma once

#include <cstddef>
#include <span>

namespace weir::stages {

/// How many bytes are this one. Runs at memory speed.
std::size_t count_byte(std::span<const std::byte> bytes, std::byte wanted);

/// How many newlines (LF) there are.
inline std::size_t count_newlines(std::span<const std::byte> bytes) { return count_byte(bytes, std::byte{'\n'}); }

/// How many lines there are in a text that starts with a line; one without its newline at the end counts.
inline std::size_t count_lines(std::span<const std::byte> text) {
  bool open_end = !text.empty() && text.back() != std::byte{'\n'};
  return count_newlines(text) + (open_end ? 1 : 0);
}

} // namespace weir::stages
