// A file that a run's figures go to.
#pragma once

#include "stages/file/output_file.hpp"

#include <optional>
#include <string>

namespace weir::command {

/// Opened before the run: hours of work shall not end at a folder that is not there. `what` stands in front of errors,
/// which are std::runtime_error; an empty path is no file at all.
class json_file {
 public:
  json_file(std::string what, const std::string& path);

  /// Writes all of it and gives the file its name. Once.
  void write(const std::string& text);

 private:
  std::string what_;
  std::optional<stages::output_file> file_;
};

} // namespace weir::command
