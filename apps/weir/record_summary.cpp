#include "apps/weir/record_summary.hpp"

#include "apps/weir/secrets.hpp"
#include "apps/weir/units.hpp"
#include "apps/weir/utf8.hpp"

#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir::command {

namespace {

std::string line_of(const branch_balance& of, bool alone) {
  std::string text = fmt::format("records  {} read = {} {} + {} filtered + {} rejected", format_count(of.read),
                                 format_count(of.delivered), of.as_text ? "passed on as text" : "delivered",
                                 format_count(of.filtered), format_count(of.rejected));
  if (of.dropped > 0) text += fmt::format(" + {} dropped", format_count(of.dropped));
  if (!alone) text += fmt::format("  ({})", fmt::join(of.stages, " > "));
  return text + "\n";
}

void write(json_writer& to, const branch_balance& of) {
  to.begin_object();
  to.key("stages");
  to.begin_array();
  for (const std::string& each : of.stages) to.value(each);
  to.end_array();
  to.member("read", of.read);
  to.member(of.as_text ? "passed_on_as_text" : "delivered", of.delivered);
  to.member("filtered", of.filtered);
  to.member("rejected", of.rejected);
  to.member("dropped", of.dropped);
  to.member("balances", of.mismatch.empty());
  to.end_object();
}

void write(json_writer& to, const stages::error_group& of) {
  to.begin_object();
  to.member("stage", of.first.stage);
  to.member("class", stages::name_of(of.first.why));
  to.member("count", of.count);
  to.key("first");
  to.begin_object();
  to.member("message", without_secrets(of.first.message));
  to.member("file", of.first.file);
  to.member("line", of.first.line);
  to.member("column", of.first.column);
  to.member("byte", of.first.byte);
  to.member("exact", of.first.exact);
  to.member("sample", of.sample);
  to.end_object();
  to.member("last", of.last_place);
  to.end_object();
}

} // namespace

std::vector<record_count> counts_of(const stages::record_ledger& ledger) {
  std::vector<record_count> counts;
  for (const stages::record_account* each : ledger.accounts())
    counts.push_back({each->stage, each->in.get(), each->out.get(), each->filtered.get(), each->rejected.get()});
  return counts;
}

std::string text_of(const std::vector<stages::error_group>& errors) {
  std::string text;
  for (const stages::error_group& each : errors) {
    text += fmt::format("bad      {} {}: {}\n", format_count(each.count), each.first.stage,
                        stages::name_of(each.first.why));
    text += fmt::format("         first {}\n               {}\n",
                        printable(without_secrets(stages::text_of(each.first))), printable(each.sample));
    if (each.count > 1) text += fmt::format("         last  {}\n", printable(each.last_place));
  }
  return text;
}

std::string text_of(const record_summary& of) {
  std::string text;
  for (const branch_balance& each : of.branches) text += line_of(each, of.branches.size() == 1);
  return text + text_of(of.errors);
}

std::string mismatch_of(const record_summary& of) {
  std::string text;
  for (const branch_balance& each : of.branches)
    if (!each.mismatch.empty()) text += (text.empty() ? "" : "; ") + each.mismatch;
  return text.empty() ? text : "the records do not balance: " + text;
}

void write(json_writer& to, const record_summary& of) {
  to.key("records");
  to.begin_array();
  for (const branch_balance& each : of.branches) write(to, each);
  to.end_array();
  to.key("bad_records");
  to.begin_array();
  for (const stages::error_group& each : of.errors) write(to, each);
  to.end_array();
}

} // namespace weir::command
