#include "stages/file/output_target.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "stages/file/io_error.hpp"

namespace weir::stages {
namespace {

constexpr int k_most_links = 40; // as the kernel's own limit

void split(output_target& target) {
  std::size_t slash = target.path.rfind('/');
  bool bare = slash == std::string::npos;
  target.directory = bare ? std::string(1, '.') : target.path.substr(0, slash == 0 ? 1 : slash);
  target.name = bare ? target.path : target.path.substr(slash + 1);
}

/// Follows the last part of the path, which may lead to nothing. Directories on the way are the kernel's
/// business.
void follow_links(output_target& target, const std::string& shown) {
  for (int links = 0; links <= k_most_links; ++links) {
    split(target);
    std::array<char, PATH_MAX> link{};
    ssize_t size = ::readlink(target.path.c_str(), link.data(), link.size());
    if (size < 0) return;
    std::string to(link.data(), static_cast<std::size_t>(size));
    // A link in /proc stands for an open file, whose name may be gone: it is written where it is.
    if (target.directory.starts_with("/proc/")) {
      target.in_place = target.append = true;
      return;
    }
    target.path = to.starts_with('/') ? std::move(to) : target.sibling(to);
  }
  throw io_error("open", shown, ELOOP);
}

} // namespace

std::string output_target::sibling(std::string_view other) const {
  std::string path_of_other;
  if (path.find('/') != std::string::npos) path_of_other.append(directory).append("/");
  return path_of_other.append(other);
}

output_target find_output_target(const std::string& path) {
  if (path.empty()) throw io_error("open", "''", ENOENT);
  output_target target;
  target.path = path;
  struct stat now {};
  bool exists = ::stat(path.c_str(), &now) == 0;
  if (!exists && errno != ENOENT) throw io_error("open", path, errno);
  if (exists && S_ISDIR(now.st_mode)) throw io_error("open", path, EISDIR);
  if (exists && !S_ISREG(now.st_mode)) {
    target.in_place = true;
    return target;
  }
  follow_links(target, path);
  if (target.in_place) {
    target.path = path;
    return target;
  }
  if (target.name.empty()) throw io_error("open", path, EISDIR);
  if (!exists) return target;
  if (::faccessat(AT_FDCWD, target.path.c_str(), W_OK, AT_EACCESS) != 0) throw io_error("open", path, errno);
  target.existing = {now.st_mode & 07777U, now.st_uid, now.st_gid};
  return target;
}

} // namespace weir::stages
