#include <string>
#include <string_view>

#include "stages/record/record_policy.hpp"

namespace weir::stages {
namespace {

std::string place(const bad_record_report& bad, bool with_column) {
  std::string text = bad.file.empty() ? "input" : bad.file;
  if (bad.line != 0) text.append(":").append(std::to_string(bad.line));
  if (bad.line != 0 && with_column && bad.column != 0) text.append(":").append(std::to_string(bad.column));
  return text.append(bad.exact ? " (byte " : " (in the block from byte ").append(std::to_string(bad.byte)).append(")");
}

} // namespace

std::string_view name_of(raw_form what) noexcept {
  if (what == raw_form::record) return "record";
  return what == raw_form::columns ? "columns" : "beginning";
}

std::string place_of(const bad_record_report& bad) { return place(bad, false); }

std::string text_of(const bad_record_report& bad) {
  std::string text = place(bad, true);
  text.append(": ").append(bad.stage).append(": ");
  return text.append(bad.message.empty() ? name_of(bad.why) : std::string_view(bad.message));
}

} // namespace weir::stages
