// The parser of pipelines against a second reader: both refuse, or both see the same stages and words; what was parsed and
// is printed again parses to the same; errors point into the text.

#include "apps/weir/pipeline_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/fuzz/reference_words.hpp"

#include <algorithm>

namespace {

using namespace weir::command;
using weir::fuzz::found;
using weir::fuzz::must;
using weir::fuzz::reference_reader;

// In the reference reader's form.
std::string seen(const std::vector<stage_text>& stages) {
  std::string out = "(";
  for (const stage_text& s : stages) {
    out += (&s == stages.data() ? " " : "| ") + reference_reader::written(s.name.pattern, s.name.quoted);
    for (const word& w : s.arguments) { out += ' ' + reference_reader::written(w.pattern, w.quoted); }
    for (const branch_text& b : s.branches) { out += seen(b.stages); }
  }
  return out + ")";
}

// In the form that the parser reads, each word with the quotes that it needs.
std::string printed(const word& w) {
  std::string out;
  bool quotes = false;
  for (std::size_t i = 0; i < w.pattern.size(); ++i) {
    char c = w.pattern[i];
    const bool escaped = c == '\\' && w.quoted;
    if (escaped) { c = w.pattern[++i]; }
    const bool glob = std::string_view("*?[]").find(c) != std::string_view::npos;
    const bool safe = std::string_view(" \t\r\n|<>&;()$`'\"\\#{}").find(c) == std::string_view::npos;
    if (!w.quoted || (!escaped && (glob || safe))) {
      out += c;
      continue;
    }
    out += c == '\'' ? std::string("\\'") : std::string("'") + c + "'";
    quotes = true;
  }
  return w.quoted && !quotes ? out + "\"\"" : out;
}

std::string printed(const std::vector<stage_text>& stages) {
  std::string out;
  for (const stage_text& s : stages) {
    out += (out.empty() ? "" : " | ") + printed(s.name);
    for (const word& w : s.arguments) { out += ' ' + printed(w); }
    for (const branch_text& b : s.branches) { out += " { " + printed(b.stages) + " }"; }
  }
  return out;
}

void check_place(const place& where, std::string_view text) {
  if (where.source == nullptr) { return; }
  must(where.source->text == text, "a place in another text");
  must(where.offset + where.length <= text.size(), "a place behind the end of the text");
  const std::size_t line = where.line();
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  must(line >= 1 && line <= lines, "a line that is not there");
  must(where.column() >= 1 && where.column() <= text.size() + 1, "a column that is not there");
  (void)where.picture();
  (void)where.name();
}

void check_places(const std::vector<stage_text>& stages, std::string_view text) {
  for (const stage_text& s : stages) {
    check_place(s.name.where, text);
    for (const word& w : s.arguments) {
      check_place(w.where, text);
      must(w.where.length > 0, "a word without a place");
    }
    for (const branch_text& b : s.branches) {
      must(text.substr(b.open.offset, 1) == "{", "a branch that does not begin with its brace");
      check_places(b.stages, text);
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::optional<std::string> wanted = reference_reader::read(text);
  std::vector<stage_text> stages;
  try {
    stages = parse_pipeline(text);
  } catch (const usage_error& error) {
    if (wanted) { found("refused (" + error.reason() + "), but it reads as " + *wanted); }
    must(!error.reason().empty() && std::string_view(error.what()).find(error.reason()) != std::string_view::npos,
         "an error without its reason");
    check_place(error.where(), text);
    return 0;
  }
  if (!wanted) { found("taken as " + seen(stages) + ", but it must be refused"); }
  if (seen(stages) != *wanted) { found("taken as " + seen(stages) + ", but it reads as " + *wanted); }
  check_places(stages, text);
  const std::string again = printed(stages);
  if (seen(parse_pipeline(again)) != *wanted) { found("printed as " + again + " it is something else"); }
  return 0;
}
