#pragma once

#include <cstring>

namespace weir::stages {

/// The first byte of the line that `inside` lies in; `floor` is the first byte of a line at or before it.
inline const char* line_begin(const char* floor, const char* inside) {
  const void* newline = ::memrchr(floor, '\n', static_cast<std::size_t>(inside - floor));
  return newline == nullptr ? floor : static_cast<const char*>(newline) + 1;
}

/// The end of the line that `inside` lies in, behind its newline; `ceiling` when it has none before that.
inline const char* line_end(const char* inside, const char* ceiling) {
  const void* newline = std::memchr(inside, '\n', static_cast<std::size_t>(ceiling - inside));
  return newline == nullptr ? ceiling : static_cast<const char*>(newline) + 1;
}

} // namespace weir::stages
