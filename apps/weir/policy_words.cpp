#include "apps/weir/policy_words.hpp"

#include "apps/weir/suggest.hpp"
#include "apps/weir/units.hpp"
#include "apps/weir/utf8.hpp"
#include "apps/weir/values.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_dead_letter = "dead-letter";

} // namespace

void from_word(const word& from, stages::record_policy& to) {
  const std::size_t colon = from.text.find(':');
  const std::string action = from.text.substr(0, colon);
  if (action == k_dead_letter) {
    to = {stages::bad_record::dead_letter, colon == std::string::npos ? std::string() : from.text.substr(colon + 1)};
    if (to.path.empty()) throw bad_value(fmt::format("{} names no file: write dead-letter:FILE", in_quotes(from.text)));
    return;
  }
  if (from.text == "stop") {
    to = {stages::bad_record::stop, {}};
  } else if (from.text == "skip") {
    to = {stages::bad_record::skip, {}};
  } else {
    const std::vector<std::string> known = {"stop", "skip", std::string(k_dead_letter)};
    const std::string near = did_you_mean(action, known);
    throw bad_value(fmt::format("{} is none of stop, skip, dead-letter:FILE{}", in_quotes(from.text), near));
  }
}

void from_word(const word& from, bad_share& to) {
  word number = from;
  const bool percent = number.text.ends_with('%');
  if (percent) number.text.pop_back();
  double value = 0;
  try {
    from_word(number, value);
  } catch (const bad_value&) { throw bad_value(fmt::format("{} is not a share such as 1%", in_quotes(from.text))); }
  to.share = percent ? value / 100 : value;
  if (to.share < 0 || to.share > 1) throw bad_value(fmt::format("{} is not between 0 and 100%", in_quotes(from.text)));
}

} // namespace weir::command
