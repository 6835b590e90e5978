#include "stages/text/matcher.hpp"

#include "stages/text/line_ends.hpp"
#include "stages/text/literal_search.hpp"
#include "stages/text/pattern_syntax.hpp"
#include "stages/text/regex.hpp"

namespace weir::stages {
namespace {

class literal_matcher final : public matcher {
 public:
  explicit literal_matcher(const std::string& literal) : search_(literal) {}

  const char* find(const char* begin, const char* end) const override { return search_.find(begin, end); }
  std::size_t context_bytes() const override { return sizeof(*this) + search_.needle().size(); }

 private:
  literal_search search_;
};

class regex_matcher final : public matcher {
 public:
  regex_matcher(const std::string& pattern, bool ignore_case) : regex_(pattern, ignore_case) {}

  const char* find(const char* begin, const char* end) const override { return regex_.find(begin, end); }
  std::size_t context_bytes() const override { return sizeof(*this) + regex_.context_bytes(); }

 private:
  regex regex_;
};

/// Shows the expression only the lines in which a text stands that every match must have. On access logs that
/// makes `"status":5[0-9][0-9]` six times faster.
class prefiltered_matcher final : public matcher {
 public:
  prefiltered_matcher(const std::string& pattern, const std::string& required)
      : required_(required), regex_(pattern, false) {}

  const char* find(const char* begin, const char* end) const override {
    while (const char* hit = required_.find(begin, end)) {
      const char* first = line_begin(begin, hit);
      const char* next = line_end(hit, end);
      if (const char* match = regex_.find(first, next)) return match;
      begin = next;
    }
    return nullptr;
  }
  std::size_t context_bytes() const override { return sizeof(*this) + regex_.context_bytes(); }

 private:
  literal_search required_;
  regex regex_;
};

} // namespace

std::unique_ptr<matcher> make_matcher(const std::string& pattern, pattern_options options) {
  if (pattern.find('\n') != std::string::npos)
    throw bad_pattern(pattern, "a pattern is one line; for one of several write a|b");
  bool literal = options.literal || pattern.find_first_of("\\^$.*+?()[]{}|") == std::string::npos;
  if (literal && !options.ignore_case) return std::make_unique<literal_matcher>(pattern);
  std::string required = options.ignore_case ? std::string() : required_literal(pattern);
  if (required.size() > 1) return std::make_unique<prefiltered_matcher>(pattern, required);
  return std::make_unique<regex_matcher>(literal ? regex::quoted(pattern) : pattern, options.ignore_case);
}

} // namespace weir::stages
