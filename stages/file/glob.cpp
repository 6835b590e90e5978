#include "stages/file/glob.hpp"

#include <glob.h>
#include <sys/stat.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

namespace weir::stages {
namespace {

struct matches {
  glob_t found{};

  matches() = default;
  matches(const matches&) = delete;
  matches& operator=(const matches&) = delete;
  ~matches() { ::globfree(&found); }
};

bool exists(const std::string& path) {
  struct stat ignored {};
  return ::lstat(path.c_str(), &ignored) == 0;
}

} // namespace

std::vector<std::string> expand_glob(const std::string& pattern) {
  if (pattern == "-" || pattern.find_first_of("*?[") == std::string::npos || exists(pattern)) return {pattern};
  matches all;
  errno = 0;
  switch (::glob(pattern.c_str(), GLOB_ERR, nullptr, &all.found)) {
  case 0:
    return {all.found.gl_pathv, all.found.gl_pathv + all.found.gl_pathc};
  case GLOB_NOMATCH:
    throw std::runtime_error("read: " + pattern + ": no file matches");
  case GLOB_NOSPACE:
    throw std::bad_alloc();
  default:
    throw std::runtime_error("read: " + pattern + ": " + std::generic_category().message(errno));
  }
}

} // namespace weir::stages
