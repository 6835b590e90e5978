#pragma once

#include <string>
#include <string_view>

namespace weir::stages {

// What the text of a regular expression in RE2's syntax tells without compiling it.

/// Why the pattern has no meaning line by line; empty when it has one.
std::string_view not_line_by_line(std::string_view pattern);

/// A piece of text that stands in every match of the pattern, the longest that is easily seen: of
/// `"status":5[0-9]+` it is `"status":5`. Empty when none is seen. Only for patterns that heed the case.
std::string required_literal(std::string_view pattern);

} // namespace weir::stages
