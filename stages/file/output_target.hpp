#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace weir::stages {

/// Where the bytes written to a path will lie, found before anything is opened.
struct output_target {
  /// To be written where it is: a device, a pipe, a terminal. Otherwise the file is made anew beside `path`.
  bool in_place = false;
  bool append = false;   ///< in place, and a regular file: standard output by its name /dev/stdout
  std::string path;      ///< with symbolic links followed; may not exist yet
  std::string directory; ///< of `path`, without a slash at its end unless it is "/"
  std::string name;      ///< last part of `path`

  struct attributes {
    mode_t mode;
    uid_t owner;
    gid_t group;
  };
  std::optional<attributes> existing; ///< of the regular file that will be replaced

  /// The path of another file in the same directory.
  std::string sibling(std::string_view other) const;
};

/// Follows symbolic links, also one that leads to a file which does not exist yet. Throws io_error: for a
/// directory, for an existing file that we may not write, for a loop of links.
output_target find_output_target(const std::string& path);

} // namespace weir::stages
