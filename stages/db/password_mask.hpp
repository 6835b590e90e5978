#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::stages {

/// Puts *** in the place of passwords in what others say. One of fewer than four characters is only looked for behind '=' and
/// ':', where an address has it: anywhere else it would be a part of the words themselves.
class password_mask {
 public:
  /// Knows those that a PostgreSQL address has in it as they are written there, %40 and all.
  explicit password_mask(std::string_view url);
  void add(std::string_view password);
  [[nodiscard]] std::string operator()(std::string text) const;

 private:
  std::vector<std::string> passwords_; // the longest first: one may be a part of another
};

} // namespace weir::stages
