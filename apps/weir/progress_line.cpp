#include "apps/weir/progress_line.hpp"

#include "apps/weir/units.hpp"
#include "apps/weir/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace weir::command {

namespace {

constexpr std::string_view k_gap = "  ";
constexpr std::size_t k_shortest_bar = 10;
constexpr std::size_t k_longest_bar = 30;
constexpr std::size_t k_longest_stage_name = 12;

/// A piece of the line, and how early it is left out when room is short (the smallest first).
struct field {
  std::string text;
  int worth;
};

std::size_t whole_width(const std::vector<field>& fields) {
  std::size_t width = 0;
  for (const field& each : fields) width += character_count(each.text) + k_gap.size();
  return width == 0 ? 0 : width - k_gap.size();
}

std::string bytes_per_second(double value) { return format_rate({value, rate::unit::bytes}); }

std::string printable(std::string_view name) {
  std::string out;
  for (std::string_view rest = first_characters(name, k_longest_stage_name); !rest.empty();) {
    const utf8_character c = first_character(rest);
    const bool shown = c.valid && c.code >= 0x20 && (c.code < 0x7F || c.code >= 0xA0);
    out += shown ? rest.substr(0, c.length) : std::string_view("?");
    rest.remove_prefix(c.length);
  }
  return out;
}

double share_done(const progress_snapshot& at) {
  if (at.total_bytes.value_or(0) == 0) return at.total_bytes ? 1.0 : 0.0;
  return std::min(1.0, static_cast<double>(at.done_bytes) / static_cast<double>(*at.total_bytes));
}

/// "[=====>    ]", `width` characters with its brackets.
std::string bar(double share, std::size_t width) {
  const std::size_t inside = width - 2;
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(inside));
  std::string text(filled, '=');
  if (filled < inside) text += filled > 0 ? '>' : ' ';
  text.resize(inside, ' ');
  return "[" + text + "]";
}

std::vector<field> fields_of(const progress_snapshot& at) {
  std::vector<field> fields;
  if (at.stopping) fields.push_back({"stopping", 9});
  if (at.total_bytes) {
    fields.push_back({fmt::format("{:3.0f}%", std::floor(share_done(at) * 100)), 8});
    fields.push_back({fmt::format("{:>8} of {}", format_size(at.done_bytes), format_size(*at.total_bytes)), 2});
  } else {
    fields.push_back({fmt::format("{:>8}", format_size(at.done_bytes)), 8});
  }
  fields.push_back({fmt::format("in {:>10}", bytes_per_second(at.in_bytes_per_second)), 7});
  fields.push_back({fmt::format("out {:>10}", bytes_per_second(at.out_bytes_per_second)), 5});
  const std::string memory_limit = format_size_option(at.memory_limit_bytes);
  fields.push_back({fmt::format("mem {:>8}/{}", format_size(at.memory_used_bytes), memory_limit), 3});
  if (!at.bottleneck.empty()) fields.push_back({"slow " + printable(at.bottleneck), 4});
  if (at.eta_seconds) {
    fields.push_back({fmt::format("eta {:>6}", format_duration(*at.eta_seconds)), 6});
  } else {
    fields.push_back({fmt::format("{:>6}", format_duration(at.elapsed_seconds)), 6});
  }
  return fields;
}

} // namespace

std::string progress_line(const progress_snapshot& at, std::size_t width) {
  std::vector<field> fields = fields_of(at);
  while (!fields.empty() && whole_width(fields) > width)
    fields.erase(std::ranges::min_element(fields, {}, &field::worth));

  const std::size_t used = whole_width(fields) + k_gap.size();
  if (at.total_bytes && used + k_shortest_bar <= width) {
    const std::size_t after = at.stopping ? 2 : 1; // behind the percentage
    const std::size_t room = std::min(width - used, k_longest_bar);
    fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(after), {bar(share_done(at), room), 9});
  }
  std::string line;
  for (const field& each : fields) {
    if (!line.empty()) line += k_gap;
    line += each.text;
  }
  return line;
}

} // namespace weir::command
