#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

namespace weir::stages {

/// A pattern that makes no sense: "grep: a(b: missing ): a(b".
class bad_pattern : public std::invalid_argument {
 public:
  bad_pattern(const std::string& pattern, const std::string& reason)
      : std::invalid_argument("grep: " + pattern + ": " + reason), reason_(reason) {}

  /// Without the pattern before it.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::string reason_;
};

/// Something to be found in lines. One thread at a time, unless a class says otherwise.
class matcher {
 public:
  matcher() = default;
  matcher(const matcher&) = delete;
  matcher& operator=(const matcher&) = delete;
  virtual ~matcher() = default;

  /// Where the first match in [begin, end) begins, up to and including `end` for an empty match; nullptr when
  /// there is none. `begin` is the first byte of a line; no match goes beyond the end of its line.
  virtual const char* find(const char* begin, const char* end) const = 0;

  /// Upper bound, in bytes, of the memory that it may hold.
  virtual std::size_t context_bytes() const = 0;
};

struct pattern_options {
  bool literal = false;     ///< -F: the pattern is the text itself
  bool ignore_case = false; ///< -i
};

/// Makes the fastest matcher for a pattern. Regular expressions are RE2's, with the meaning that grep gives
/// them in lines: see regex. Throws bad_pattern, also for a pattern of several lines.
std::unique_ptr<matcher> make_matcher(const std::string& pattern, pattern_options options);

} // namespace weir::stages
