#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace weir::stages {

/// A regular expression (RE2's syntax) that is searched in many lines at once as if in each alone: nothing in
/// it matches a newline, ^ and $ are the ends of a line. A pattern of ASCII characters alone works on bytes,
/// so that
/// `.` is any byte, as for grep in the C locale; in other patterns a character is a UTF-8 sequence and bytes
/// that are none match nothing. Any number of threads may search with one object, but they share a lock.
class regex {
 public:
  /// Throws bad_pattern with RE2's text, and for what has no meaning line by line: \A, \z, \C, (?-m).
  regex(const std::string& pattern, bool ignore_case);
  /// To be searched in one UTF-8 text at a time, with RE2's own meaning: ^ and $ are the text's ends, a character is a UTF-8
  /// sequence. Throws bad_pattern.
  static regex of_text(const std::string& pattern);
  ~regex();
  regex(regex&&) noexcept;
  regex& operator=(regex&&) noexcept;

  /// Where the leftmost match in [begin, end) begins; nullptr when there is none. `begin` is the first byte
  /// of a line.
  const char* find(const char* begin, const char* end) const;

  /// Is there a match in `text`, of which the expression sees nothing but these characters.
  bool matches(std::string_view text) const;

  /// The limit, in bytes, that the compiled expression and its tables keep.
  std::size_t context_bytes() const;

  /// A pattern that matches `literal` and nothing else.
  static std::string quoted(const std::string& literal);

 private:
  struct compiled;
  explicit regex(std::unique_ptr<compiled> made);
  std::unique_ptr<compiled> compiled_;
};

} // namespace weir::stages
