#pragma once

#include <optional>
#include <string>

#include "stages/checkpoint/checkpoint_text.hpp"

namespace weir::stages {

/// A file that holds a checkpoint, the last one or the one before it, whatever happens to the process or the machine.
class checkpoint_file {
 public:
  /// Throws io_error where no file can be made there.
  explicit checkpoint_file(std::string path);

  /// What it holds; nothing where there is no file. Throws io_error, and bad_checkpoint with the path where it holds
  /// anything else than a whole checkpoint.
  [[nodiscard]] std::optional<checkpoint> load() const;
  /// On the disk when this returns, in place of the old one. Throws io_error: then the old one is still there.
  void store(const checkpoint& what) const;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

} // namespace weir::stages
