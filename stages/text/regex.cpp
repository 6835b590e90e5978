#include "stages/text/regex.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "stages/text/matcher.hpp"
#include "stages/text/pattern_syntax.hpp"

namespace weir::stages {
namespace {

/// RE2's own default; it throws its tables away and starts anew when they grow beyond it.
constexpr std::size_t k_memory = std::size_t{8} << 20;

/// Put before every pattern: ^ and $ are the ends of lines.
constexpr std::string_view k_lines = "(?m)";

std::string in_line_mode(const std::string& pattern) { return std::string(k_lines).append(pattern); }

RE2::Options options_for(const std::string& pattern, bool ignore_case) {
  RE2::Options options;
  bool ascii = std::all_of(pattern.begin(), pattern.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
  options.set_encoding(ascii ? RE2::Options::EncodingLatin1 : RE2::Options::EncodingUTF8);
  options.set_case_sensitive(!ignore_case);
  options.set_never_nl(true);
  options.set_never_capture(true);
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(k_memory));
  return options;
}

RE2::Options options_for_text() {
  RE2::Options options;
  options.set_never_capture(true);
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(k_memory));
  return options;
}

} // namespace

struct regex::compiled {
  compiled(const std::string& pattern, const RE2::Options& options) : expression(pattern, options) {}
  compiled(const std::string& pattern, bool ignore_case)
      : expression(in_line_mode(pattern), options_for(pattern, ignore_case)) {}
  RE2 expression;
};

regex::regex(const std::string& pattern, bool ignore_case) {
  if (std::string_view reason = not_line_by_line(pattern); !reason.empty())
    throw bad_pattern(pattern, std::string(reason));
  compiled_ = std::make_unique<compiled>(pattern, ignore_case);
  if (compiled_->expression.ok()) return;
  std::string reason = compiled_->expression.error();
  if (std::size_t ours = reason.find(in_line_mode(pattern)); ours != reason.npos) reason.erase(ours, k_lines.size());
  throw bad_pattern(pattern, reason);
}

regex::regex(std::unique_ptr<compiled> made) : compiled_(std::move(made)) {}

regex regex::of_text(const std::string& pattern) {
  auto made = std::make_unique<compiled>(pattern, options_for_text());
  if (!made->expression.ok()) throw bad_pattern(pattern, made->expression.error());
  return regex(std::move(made));
}

regex::~regex() = default;
regex::regex(regex&&) noexcept = default;
regex& regex::operator=(regex&&) noexcept = default;

const char* regex::find(const char* begin, const char* end) const {
  re2::StringPiece text(begin, static_cast<std::size_t>(end - begin));
  re2::StringPiece match;
  bool found = compiled_->expression.Match(text, 0, text.size(), RE2::UNANCHORED, &match, 1);
  return found ? match.data() : nullptr;
}

bool regex::matches(std::string_view text) const {
  const re2::StringPiece all(text.data(), text.size());
  return compiled_->expression.Match(all, 0, all.size(), RE2::UNANCHORED, nullptr, 0);
}

std::size_t regex::context_bytes() const { return k_memory; }

std::string regex::quoted(const std::string& literal) { return RE2::QuoteMeta(literal); }

} // namespace weir::stages
