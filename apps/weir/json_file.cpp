#include "apps/weir/json_file.hpp"

#include <span>
#include <stdexcept>
#include <utility>

namespace weir::command {

json_file::json_file(std::string what, const std::string& path) : what_(std::move(what)) {
  if (path.empty()) return;
  try {
    file_.emplace(path);
  } catch (const std::exception& error) { throw std::runtime_error(what_ + ": " + error.what()); }
}

void json_file::write(const std::string& text) {
  if (!file_) return;
  try {
    file_->write(std::as_bytes(std::span(text)));
    file_->commit(false);
  } catch (const std::exception& error) { throw std::runtime_error(what_ + ": " + error.what()); }
}

} // namespace weir::command
