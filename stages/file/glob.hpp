#pragma once

#include <string>
#include <vector>

namespace weir::stages {

/// The files that a word of the command line means, sorted: itself when it is "-", names an existing file or
/// has no *, ? or [; otherwise all files that match it. Throws std::runtime_error when none does, or a
/// directory on the way cannot be read.
std::vector<std::string> expand_glob(const std::string& pattern);

} // namespace weir::stages
